package dev.mmureplay.importer.ftrace;

import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.SystemCall;
import dev.mmureplay.importer.tracepoint.CallValues;
import dev.mmureplay.importer.tracepoint.TracepointTask;

/**
 * Arguments and results of system calls; every number is hexadecimal, with {@code 0x} or without:
 *
 * <pre>
 * sys_mprotect(start: 7f3367521000, len: 4000, prot: 1)
 * sys_enter_mprotect:   start: 0x7f3367521000, len: 0x00004000, prot: 0x00000001
 * sys_enter_mprotect:   __syscall_nr=10 start=0x7f3367521000 len=0x00004000 prot=0x00000001
 * sys_mprotect -&gt; 0x0
 * sys_exit_mprotect:    0x0
 * sys_exit_mprotect:    __syscall_nr=10 ret=0x0
 * </pre>
 */
final class FtraceValues implements CallValues {
  private static final String NUMBER = "__syscall_nr=";

  private final LineScanner line;
  private final FtraceLine columns;

  FtraceValues(LineScanner line, FtraceLine columns) {
    this.line = line;
    this.columns = columns;
  }

  @Override
  public boolean readArguments(TracepointTask task) {
    skipNumber();
    while (task.argumentCount < SystemCall.MAX_ARGUMENTS && !line.atEnd() && line.peek() != ')') {
      if (!skipName()) {
        return false;
      }
      long value = hex(line);
      if (value == NONE) {
        return false;
      }
      task.arguments[task.argumentCount++] = value;
      line.skip(',');
      line.skipBlanks();
    }
    return line.terminated() && (columns.shape() != FtraceLine.Shape.CALL || line.peek() == ')');
  }

  @Override
  public long readResult() {
    if (skipNumber() && !line.skip("ret=")) {
      return NONE;
    }
    return hex(line);
  }

  private boolean skipNumber() {
    line.skipBlanks();
    if (!line.skip(NUMBER)) {
      return false;
    }
    line.decimal();
    line.skipBlanks();
    return true;
  }

  private boolean skipName() {
    while (LineScanner.isWordByte(line.peek())) {
      line.advance();
    }
    return line.skip(": ") || line.skip('=');
  }

  /** Reads a hexadecimal number, with {@code 0x} or without. */
  static long hex(LineScanner line) {
    int at = line.position();
    line.skip("0x");
    long value = line.hex();
    if (value == NONE) {
      line.position(at);
    }
    return value;
  }
}
