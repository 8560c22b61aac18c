package dev.mmureplay.importer.strace;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.importer.LineScanner;

/**
 * What stands in front of the call in a line of strace: the task ({@code -f}, with or without
 * {@code -o}, {@code -Y}), the time ({@code -t}, {@code -tt}, {@code -ttt}, {@code -r}), the system
 * call's number ({@code -n}) and the instruction pointer ({@code -i}). Any of them may be missing.
 *
 * <pre>
 * 8738  1795359909.000144 mmap(…          -f -ttt -o FILE
 * [pid  9610] 15:05:46.014297 mmap(…      -f -tt, on standard error
 * 9581&lt;demo&gt; 1795359946 mmap(…           -f -Y, whole seconds
 *      0.000123 [  10] mprotect(…         -r -n, one task
 * 15:05:46 (+     0.000123) mprotect(…    -t -r
 * </pre>
 */
final class StracePrefix {
  /** No task is named. */
  static final int NO_TID = -1;

  /** Numbers from here on are seconds since 1970, not tasks (at most 2^22) or time passed. */
  private static final long LEAST_UNIX_TIME = 100_000_000;

  private static final long SECOND = 1_000_000_000L;
  private static final long DAY = 86_400 * SECOND;

  private int tid;
  private boolean bracketed;
  private long time;
  private long lastTimeOfDay = NONE;
  private long midnights;
  private long passed;
  private boolean fine;
  private boolean coarse;

  /** Reads the prefix of a line and moves to what follows it. */
  void read(LineScanner line) {
    tid = NO_TID;
    bracketed = false;
    time = UNKNOWN;
    line.skipBlanks();
    readTask(line);
    line.skipBlanks();
    readTime(line);
    line.skipBlanks();
    while (skipMark(line)) {
      line.skipBlanks();
    }
  }

  private void readTask(LineScanner line) {
    int before = line.position();
    if (line.skip("[pid ")) {
      line.skipBlanks();
      bracketed = true;
    }
    long number = line.decimal();
    if (number >= 0 && number < LEAST_UNIX_TIME && endsTask(line)) {
      tid = (int) number;
      return;
    }
    bracketed = false;
    line.position(before);
  }

  /** Moves over the task's name (-Y) and the bracket; returns whether a task can end so. */
  private boolean endsTask(LineScanner line) {
    if (line.skip('<')) {
      int end = line.indexOf(bracketed ? ">] " : "> ");
      if (end < 0) {
        return false;
      }
      line.position(end + 1);
    }
    return bracketed ? line.skip(']') : line.peek() == ' ';
  }

  private void readTime(LineScanner line) {
    int before = line.position();
    boolean plus = line.skip('+');
    long number = line.nanos();
    if (number == NONE) {
      line.position(before);
      return;
    }
    boolean fraction = hasPoint(line, before);
    if (!plus && !fraction && line.peek() == ':') {
      line.position(before);
      readTimeOfDay(line, before);
    } else if (line.peek() != ' ') {
      line.position(before);
    } else if (number / SECOND >= LEAST_UNIX_TIME) {
      setTime(number, fraction);
    } else if (fraction) {
      passed += number;
      setTime(passed, true);
    } else {
      line.position(before);
    }
    skipDelta(line);
  }

  private static boolean hasPoint(LineScanner line, int from) {
    for (int at = from; at < line.position(); at++) {
      if (line.byteAt(at) == '.') {
        return true;
      }
    }
    return false;
  }

  private void readTimeOfDay(LineScanner line, int before) {
    long hours = line.decimal();
    boolean first = line.skip(':');
    long minutes = line.decimal();
    boolean second = line.skip(':');
    int secondsAt = line.position();
    long nanos = line.nanos();
    if (!first || !second || hours > 23 || minutes < 0 || minutes > 59 || nanos == NONE) {
      line.position(before);
      return;
    }
    long timeOfDay = (hours * 60 + minutes) * 60 * SECOND + nanos;
    if (lastTimeOfDay != NONE && timeOfDay < lastTimeOfDay - DAY / 2) {
      midnights++;
    }
    lastTimeOfDay = timeOfDay;
    setTime(midnights * DAY + timeOfDay, hasPoint(line, secondsAt));
  }

  private void setTime(long newTime, boolean fraction) {
    time = newTime;
    if (fraction) {
      fine = true;
    } else {
      coarse = true;
    }
  }

  /** Moves over the time passed that -r adds to another time. */
  private static void skipDelta(LineScanner line) {
    int before = line.position();
    line.skipBlanks();
    if (line.skip("(+")) {
      line.skipBlanks();
      if (line.nanos() != NONE && line.skip(')')) {
        return;
      }
    }
    line.position(before);
  }

  /** Moves over {@code [ 10]} or {@code [00007feefa2d3a37]} or the like. */
  private static boolean skipMark(LineScanner line) {
    int before = line.position();
    if (!line.skip('[')) {
      return false;
    }
    line.skipBlanks();
    int from = line.position();
    while (line.peek() == '?' || line.hex() != NONE) {
      if (line.peek() == '?') {
        line.advance();
      }
    }
    if (line.position() > from && line.skip(']')) {
      return true;
    }
    line.position(before);
    return false;
  }

  /** Returns the task, or {@link #NO_TID}. */
  int tid() {
    return tid;
  }

  /** Returns whether the task stood in brackets, as on standard error. */
  boolean bracketed() {
    return bracketed;
  }

  /** Returns the time in ns, or unknown. */
  long time() {
    return time;
  }

  /** Returns whether all times so far were finer than seconds, so that they tell an order. */
  boolean clock() {
    return fine && !coarse;
  }
}
