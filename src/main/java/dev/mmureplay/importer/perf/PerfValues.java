package dev.mmureplay.importer.perf;

import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.SystemCall;
import dev.mmureplay.importer.tracepoint.CallValues;
import dev.mmureplay.importer.tracepoint.TracepointTask;
import dev.mmureplay.importer.tracepoint.TracepointTrace;

/** Arguments and results as perf writes them. */
final class PerfValues implements CallValues {
  private final TracepointTrace trace;

  PerfValues(TracepointTrace trace) {
    this.trace = trace;
  }

  /** Reads {@code start: 0x7f…, len: 0x00010000, prot: 0x00000001}. */
  @Override
  public boolean readArguments(TracepointTask task) {
    LineScanner line = trace.line;
    while (task.argumentCount < SystemCall.MAX_ARGUMENTS && line.skipTo(": ")) {
      long value = trace.signed();
      if (value == NONE) {
        return false;
      }
      task.arguments[task.argumentCount++] = value;
      if (line.peek() != ',' && !line.atEnd()) {
        break;
      }
    }
    return line.terminated();
  }

  @Override
  public long readResult() {
    return trace.signed();
  }
}
