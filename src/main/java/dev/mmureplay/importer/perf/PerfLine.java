package dev.mmureplay.importer.perf;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;
import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.tracepoint.Backwards;
import dev.mmureplay.importer.tracepoint.ReadColumns;

/**
 * The columns in front of an event in the output of {@code perf script}. Whatever the order in its
 * option {@code -F}, they come in this one:
 *
 * <pre>
 *  G1 Conc#0  9883/9885  [000]  2199.116637406:    syscalls:sys_enter_brk: brk: 0x00000000
 *       demo  9816 [000]   894.013232:             syscalls:sys_exit_brk: 0x56121fedf000
 * 25492  3835.358862:                              tlb:tlb_flush: pages:1 reason:…
 *         wl 15548/15548 [001]                     tlb:tlb_flush: pages:1 reason:…
 *         wl 15548 [001] K     2026-11-26 05:39:31.366534  2248.660308:   1  tlb:tlb_flush: …
 * </pre>
 *
 * <p>The thread's name may hold blanks, colons and digits, so the time is looked for first: digits,
 * a point, digits and a colon, with a task in front and an event behind. Without times, it is the
 * event's name, with a colon in it, that has a task in front.
 */
final class PerfLine extends ReadColumns {
  private static final String RECORD = "PERF_RECORD_";

  /** A period and the blanks in front of it are at least so wide; a task behind a name is not. */
  private static final int PERIOD_WIDTH = 11;

  /** How wide the letters of {@code misc} are, as K, UM or KSp. */
  private static final int MISC_WIDTH = 6;

  private static final String DATE = "0000-00-00";
  private static final String TIME_OF_DAY = "00:00:00.000000";

  private long event;
  private boolean record;
  private boolean twoNames;
  private boolean initial;
  private long eventWithoutTask = NONE;

  /** Whether a line with a time, or one without, has been read; it can be both. */
  private boolean timed;

  private boolean untimed;

  /** Takes times for none, because they do not count from one moment. */
  void ignoreTimes() {
    untimed = true;
  }

  /** Reads the columns and the event's name; moves behind the name and its colon. */
  boolean read(LineScanner line) {
    eventWithoutTask = NONE;
    int length = line.length();
    for (int at = 1; at < length; at++) {
      if (line.byteAt(at) == ':'
          && Backwards.isDigit(line.byteAt(at - 1))
          && line.byteAt(at + 1) == ' '
          && readAroundTime(line, at)) {
        timed = true;
        return true;
      }
    }
    for (int at = 0; at < length && !timed; at++) {
      if ((at == 0 || line.byteAt(at - 1) == ' ') && readAroundEvent(line, at)) {
        untimed = true;
        return true;
      }
    }
    return false;
  }

  private boolean readAroundTime(LineScanner line, int colon) {
    int point = Backwards.digits(line, colon) - 1;
    int from = Backwards.digits(line, point);
    int before = Backwards.blanks(line, from);
    if (line.byteAt(point) != '.' || from == point || (before == from && from > 0)) {
      return false;
    }
    line.position(from);
    long nanos = line.nanos();
    boolean task = readTask(line, before);
    line.position(colon + 1);
    line.skipBlanks();
    if (nanos == NONE || !readEvent(line)) {
      return false;
    }
    noteTask(task);
    time = untimed ? UNKNOWN : nanos;
    initial = nanos == 0 && tid <= 0;
    return task;
  }

  private boolean readAroundEvent(LineScanner line, int from) {
    line.position(from);
    if (Backwards.isDigit(line.peek()) || !readEvent(line) || !(record || twoNames)) {
      return false;
    }
    int behind = line.position();
    int before = Backwards.blanks(line, from);
    int period = Backwards.digits(line, before);
    if (period < before && before - Backwards.blanks(line, period) >= PERIOD_WIDTH) {
      int at = Backwards.blanks(line, period);
      before = at > 0 ? at : before;
    }
    boolean task = readTask(line, before);
    noteTask(task);
    line.position(behind);
    time = UNKNOWN;
    initial = record && tid <= 0;
    return task;
  }

  private void noteTask(boolean found) {
    if (!found && twoNames) {
      eventWithoutTask = event;
    }
  }

  /** Reads what stands in front of the time, or of the event: a task, and perhaps its CPU. */
  private boolean readTask(LineScanner line, int end) {
    int before = skipMisc(line, skipDay(line, end));
    pid = UNKNOWN_INT;
    tid = UNKNOWN_INT;
    cpu = UNKNOWN_INT;
    if (line.byteAt(before - 1) == ']') {
      int from = Backwards.digits(line, before - 1);
      if (from < 1 || from == before - 1 || line.byteAt(from - 1) != '[') {
        return false;
      }
      cpu = Backwards.cpuAt(line, from);
      before = Backwards.blanks(line, from - 1);
    }
    return cpu != Backwards.TOO_LARGE && readIds(line, before);
  }

  private boolean readIds(LineScanner line, int end) {
    int from = id(line, end);
    if (from == end) {
      return false;
    }
    tid = Backwards.taskAt(line, from);
    if (from > 0 && line.byteAt(from - 1) == '/') {
      int pidFrom = id(line, from - 1);
      if (pidFrom == from - 1) {
        return false;
      }
      pid = Backwards.taskAt(line, pidFrom);
      from = pidFrom;
    }
    boolean possible = tid != Backwards.TOO_LARGE && pid != Backwards.TOO_LARGE;
    return possible && (from == 0 || line.byteAt(from - 1) == ' ');
  }

  /** Skips {@code 2026-11-26 05:39:31.366534} backwards. */
  private static int skipDay(LineScanner line, int end) {
    int clock = Backwards.word(line, end);
    int dateEnd = Backwards.blanks(line, clock);
    int date = Backwards.word(line, dateEnd);
    boolean day = isLike(line, clock, end, TIME_OF_DAY) && isLike(line, date, dateEnd, DATE);
    return day ? Backwards.blanks(line, date) : end;
  }

  /** Returns whether a word has digits where the pattern has zeros, and may go on with digits. */
  private static boolean isLike(LineScanner line, int from, int to, String pattern) {
    if (to - from < pattern.length()) {
      return false;
    }
    for (int at = from; at < to; at++) {
      int expected = at - from < pattern.length() ? pattern.charAt(at - from) : '0';
      int found = line.byteAt(at);
      if (expected == '0' ? !Backwards.isDigit(found) : found != expected) {
        return false;
      }
    }
    return true;
  }

  /** Skips the letters that {@code -F +misc} puts behind the CPU, or behind the task. */
  private static int skipMisc(LineScanner line, int end) {
    int from = Backwards.word(line, end);
    if (from == end || from == 0 || end - from > MISC_WIDTH) {
      return end;
    }
    for (int at = from; at < end; at++) {
      int letter = line.byteAt(at) | 0x20;
      if (letter < 'a' || letter > 'z') {
        return end;
      }
    }
    return Backwards.blanks(line, from);
  }

  /** Reads the name of an event, which has one colon in it or none, and a colon behind it. */
  private boolean readEvent(LineScanner line) {
    record = line.skip(RECORD);
    twoNames = false;
    int from = line.position();
    if (record) {
      int end = nameEnd(line, from);
      event = line.hash(from, end);
      line.position(end);
      return end > from;
    }
    if (Backwards.isDigit(line.peek())) {
      int period = line.position();
      line.decimal();
      if (line.peek() == ' ') {
        line.skipBlanks();
        from = line.position();
      } else {
        line.position(period);
      }
    }
    int end = nameEnd(line, from);
    if (end == from || line.byteAt(end) != ':') {
      return false;
    }
    int second = nameEnd(line, end + 1);
    if (second > end + 1 && line.byteAt(second) == ':') {
      end = second;
      twoNames = true;
    }
    event = line.hash(from, end);
    line.position(end + 1);
    return true;
  }

  private static int nameEnd(LineScanner line, int from) {
    int at = from;
    while (isNameByte(line.byteAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean isNameByte(int b) {
    return LineScanner.isWordByte(b) || b == '-';
  }

  private static int id(LineScanner line, int end) {
    int from = Backwards.digits(line, end);
    return from < end && from > 0 && line.byteAt(from - 1) == '-' ? from - 1 : from;
  }

  /** Returns the hash of the event's name, without PERF_RECORD_. */
  long event() {
    return event;
  }

  /** Returns whether this is one of perf's own records. */
  boolean isRecord() {
    return record;
  }

  /** Returns the hash of the event in a line that could not be read for want of a task, or none. */
  long eventWithoutTask() {
    return eventWithoutTask;
  }

  /** Returns whether the lines read so far have times that compare. */
  boolean hasClock() {
    return !untimed;
  }

  @Override
  public boolean isInitial() {
    return initial;
  }
}
