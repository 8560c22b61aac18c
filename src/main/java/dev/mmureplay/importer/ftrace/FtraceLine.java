package dev.mmureplay.importer.ftrace;

import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;
import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.event.EventSchema;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.tracepoint.Backwards;
import dev.mmureplay.importer.tracepoint.ReadColumns;

/**
 * The columns in front of an event, and its name:
 *
 * <pre>
 *           demo-11501   (  11501) [001] d....  1042.418881: page_fault_user: address=…
 *            smp-123     [000] ...1.    22.403454: sys_mprotect(start: 200000000000, …)
 * capx:     mv-11907 [001]  1071.141366: sys_exit_mmap:       0x7f20
 * tcr: demo_sma-25733   1.....  3862.396915: sys_enter_munmap: addr: 0x7fd1be95a000, …
 * </pre>
 *
 * <p>The thread's name may hold blanks and hyphens, so the time is looked for first: digits, a
 * point, digits and a colon, with a CPU in front and, in front of that, a hyphen and a task.
 */
final class FtraceLine extends ReadColumns {
  /** Names are aligned to the right, so that one with a blank at its end is told from perf's. */
  private static final int NAME_WIDTH = 16;

  private static final int MIN_FLAGS = 4;
  private static final int MAX_FLAGS = 8;

  /** What stands behind the name of an event. */
  enum Shape {
    /** {@code name: …} */
    COLON,
    /** {@code name(…)}, the beginning of a system call. */
    CALL,
    /** {@code name -> …}, the end of a system call. */
    RETURN,
    /** Anything else. */
    OTHER
  }

  private Shape shape = Shape.OTHER;
  private int nameFrom;
  private int nameTo;

  /** Reads the columns and the event's name; moves behind the name and what ends it. */
  boolean read(LineScanner line) {
    int length = line.length();
    for (int at = line.position() + 1; at < length; at++) {
      if (line.byteAt(at) == ':'
          && Backwards.isDigit(line.byteAt(at - 1))
          && line.byteAt(at + 1) == ' '
          && readAround(line, at)) {
        return true;
      }
    }
    return false;
  }

  private boolean readAround(LineScanner line, int colon) {
    int point = Backwards.digits(line, colon) - 1;
    int timeFrom = Backwards.digits(line, point);
    int before = Backwards.blanks(line, timeFrom);
    if (line.byteAt(point) != '.' || timeFrom == point || before == timeFrom) {
      return false;
    }
    int at = readCpu(line, before);
    if (at < 0 || !readTask(line, readGroup(line, Backwards.blanks(line, at)))) {
      return false;
    }
    line.position(timeFrom);
    time = line.nanos();
    if (time == NONE) {
      return false;
    }
    line.position(colon + 1);
    line.skipBlanks();
    readName(line);
    return true;
  }

  /** Reads {@code [001]}, {@code [001] d..1.} or {@code 1d..1.}; returns where it begins or -1. */
  private int readCpu(LineScanner line, int end) {
    if (line.byteAt(end - 1) == ']') {
      return readBracketed(line, end);
    }
    int flags = Backwards.word(line, end);
    int before = Backwards.blanks(line, flags);
    if (line.byteAt(before - 1) == ']') {
      return before < flags ? readBracketed(line, before) : -1;
    }
    line.position(flags);
    long number = line.decimal();
    int rest = end - line.position();
    if (number < 0 || number > EventSchema.MAX_CPU || rest < MIN_FLAGS || rest > MAX_FLAGS) {
      return -1;
    }
    cpu = (int) number;
    return flags;
  }

  private int readBracketed(LineScanner line, int end) {
    int from = Backwards.digits(line, end - 1);
    if (from == end - 1 || line.byteAt(from - 1) != '[') {
      return -1;
    }
    cpu = Backwards.cpuAt(line, from);
    return cpu == Backwards.TOO_LARGE ? -1 : from - 1;
  }

  /** Reads {@code ( 11501)} or {@code (-------)} if it is there; returns where it begins. */
  private int readGroup(LineScanner line, int end) {
    pid = UNKNOWN_INT;
    if (line.byteAt(end - 1) != ')') {
      return end;
    }
    int from = Backwards.digits(line, end - 1);
    int at = Backwards.blanks(line, from);
    if (from < end - 1) {
      pid = Backwards.taskAt(line, from);
    }
    while (line.byteAt(at - 1) == '-') {
      at--;
    }
    boolean group = line.byteAt(at - 1) == '(' && pid != Backwards.TOO_LARGE;
    return group ? Backwards.blanks(line, at - 1) : -1;
  }

  private boolean readTask(LineScanner line, int end) {
    int from = Backwards.digits(line, end);
    if (end < 0
        || from == end
        || line.byteAt(from - 1) != '-'
        || from < 2
        || (line.byteAt(from - 2) == ' ' && from - 1 != NAME_WIDTH)) {
      return false;
    }
    tid = Backwards.taskAt(line, from);
    return tid != Backwards.TOO_LARGE;
  }

  private void readName(LineScanner line) {
    nameFrom = line.position();
    int at = nameFrom;
    while (LineScanner.isWordByte(line.byteAt(at))) {
      at++;
    }
    nameTo = at;
    line.position(at);
    if (line.skip(':')) {
      shape = Shape.COLON;
    } else if (line.skip('(')) {
      shape = Shape.CALL;
    } else if (line.skip(" -> ")) {
      shape = Shape.RETURN;
    } else {
      shape = Shape.OTHER;
    }
  }

  /** Returns the hash of the event's name, with the byte behind it if that is not a colon. */
  long event(LineScanner line) {
    return switch (shape) {
      case COLON -> line.hash(nameFrom, nameTo);
      case CALL, RETURN -> line.hash(nameFrom, nameTo + 1);
      case OTHER -> NONE;
    };
  }

  /** Returns what stands behind the event's name. */
  Shape shape() {
    return shape;
  }

  /** Returns whether the event's name begins with the given ASCII text. */
  boolean isNamed(LineScanner line, String prefix) {
    int at = line.position();
    line.position(nameFrom);
    boolean is = line.looksAt(prefix);
    line.position(at);
    return is;
  }
}
