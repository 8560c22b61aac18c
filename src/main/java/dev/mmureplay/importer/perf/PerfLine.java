package dev.mmureplay.importer.perf;

import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;
import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.tracepoint.Backwards;
import dev.mmureplay.importer.tracepoint.Columns;

/**
 * The columns in front of an event in the output of {@code perf script}:
 *
 * <pre>
 *  G1 Conc#0  9883/9885  [000]  2199.116637406:    syscalls:sys_enter_brk: brk: 0x00000000
 *       demo  9816 [000]   894.013232:             syscalls:sys_exit_brk: 0x56121fedf000
 * 25492  3835.358862:                              tlb:tlb_flush: pages:1 reason:…
 * </pre>
 *
 * <p>The thread's name may hold blanks, colons and digits, so the time is looked for first: digits,
 * a point, digits and a colon, with a task in front and an event behind.
 */
final class PerfLine implements Columns {
  private int pid;
  private int tid;
  private int cpu;
  private long time;
  private long event;
  private boolean record;

  /** Reads the columns and the event's name; moves behind the name and its colon. */
  boolean read(LineScanner line) {
    int length = line.length();
    for (int at = 1; at < length; at++) {
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
    int at = Backwards.digits(line, colon);
    if (line.byteAt(at - 1) != '.') {
      return false;
    }
    int timeFrom = Backwards.digits(line, at - 1);
    int before = Backwards.blanks(line, timeFrom);
    if (timeFrom == at - 1 || before == timeFrom) {
      return false;
    }
    cpu = UNKNOWN_INT;
    if (line.byteAt(before - 1) == ']') {
      int cpuFrom = Backwards.digits(line, before - 1);
      if (cpuFrom < 1 || cpuFrom == before - 1 || line.byteAt(cpuFrom - 1) != '[') {
        return false;
      }
      cpu = Backwards.cpuAt(line, cpuFrom);
      before = Backwards.blanks(line, cpuFrom - 1);
    }
    if (cpu == Backwards.TOO_LARGE || !readTask(line, before)) {
      return false;
    }
    line.position(timeFrom);
    time = line.nanos();
    line.position(colon + 1);
    line.skipBlanks();
    return time != NONE && readEvent(line);
  }

  private boolean readTask(LineScanner line, int end) {
    int from = id(line, end);
    if (from == end) {
      return false;
    }
    tid = Backwards.taskAt(line, from);
    pid = UNKNOWN_INT;
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

  /** Reads the name of an event, which has one colon in it or none, and a colon behind it. */
  private boolean readEvent(LineScanner line) {
    record = line.skip("PERF_RECORD_");
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

  @Override
  public int pid() {
    return pid;
  }

  @Override
  public int tid() {
    return tid;
  }

  @Override
  public int cpu() {
    return cpu;
  }

  @Override
  public long time() {
    return time;
  }

  /** Returns the hash of the event's name, without PERF_RECORD_. */
  long event() {
    return event;
  }

  /** Returns whether this is one of perf's own records. */
  boolean isRecord() {
    return record;
  }

  @Override
  public boolean isInitial() {
    return time == 0 && tid <= 0;
  }
}
