package dev.mmureplay.importer.perftrace;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.importer.LineScanner;

/**
 * The columns of a line: {@code 2.002 ( 0.036 ms): demo/10190 }, and what kind of record follows.
 */
final class PerfTraceLine {
  private static final String FRAME = " ".repeat(30);

  /** What stands behind the columns. */
  enum Kind {
    CALL,
    CONTINUED,
    FAULT,
    EVENT
  }

  /** The only task of a trace that names none. */
  private static final int SOLE_TASK = 1;

  private static final String CONTINUED = " ... [continued]: ";

  /** Milliseconds read as seconds, in ns, are so many times too large. */
  private static final long SECONDS_PER_MILLI = 1_000;

  private long time;
  private long duration;
  private int tid;
  private Kind kind = Kind.EVENT;

  /** Reads the columns and moves to the record's name; false if the line has none. */
  boolean read(LineScanner line) {
    line.skipBlanks();
    time = line.skip('?') ? UNKNOWN : millis(line);
    line.skipBlanks();
    if (time == NONE || !line.skip('(')) {
      return false;
    }
    line.skipBlanks();
    // A duration that perf has computed from times of two calls is larger than can be read.
    duration = line.peek() == ')' ? UNKNOWN : millis(line);
    if (duration == NONE) {
      duration = UNKNOWN;
    }
    return line.skipTo("): ") && readTask(line);
  }

  private static long millis(LineScanner line) {
    long value = line.nanos();
    return value == NONE ? NONE : value / SECONDS_PER_MILLI;
  }

  /** Moves over {@code comm/tid }, {@code tid } or nothing: a name may hold anything. */
  private boolean readTask(LineScanner line) {
    int from = line.position();
    tid = SOLE_TASK;
    if (readNumberedTask(line)) {
      return true;
    }
    for (int at = line.indexOf("/"); at >= 0; at = line.indexOf("/")) {
      line.position(at + 1);
      if (readNumberedTask(line)) {
        return true;
      }
      line.position(at + 1);
    }
    line.position(from);
    return readKind(line);
  }

  private boolean readNumberedTask(LineScanner line) {
    long number = line.decimal();
    if (number < 0 || number > Integer.MAX_VALUE || !line.skip(' ')) {
      return false;
    }
    tid = (int) number;
    return readKind(line);
  }

  private boolean readKind(LineScanner line) {
    int from = line.position();
    if (line.skip(CONTINUED)) {
      kind = Kind.CONTINUED;
      return true;
    }
    if (line.looksAt("minfault [") || line.looksAt("majfault [")) {
      kind = Kind.FAULT;
      return true;
    }
    while (LineScanner.isWordByte(line.peek())) {
      line.advance();
    }
    boolean named = line.position() > from;
    kind = line.peek() == '(' ? Kind.CALL : Kind.EVENT;
    boolean known = named && (line.peek() == '(' || line.peek() == ':');
    line.position(from);
    return known;
  }

  /** Returns when the call began, ns, or unknown. */
  long time() {
    return time;
  }

  /** Returns how long it took, ns, or unknown. */
  long duration() {
    return duration;
  }

  int tid() {
    return tid;
  }

  Kind kind() {
    return kind;
  }

  /** Returns whether a line is a frame, which stands below the calls. */
  static boolean isStackFrame(LineScanner line) {
    return line.looksAt(FRAME);
  }
}
