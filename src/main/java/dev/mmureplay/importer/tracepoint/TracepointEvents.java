package dev.mmureplay.importer.tracepoint;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.importer.LineScanner;
import java.io.IOException;

/** The tracepoints that become an event each: faults, flushes, signals, switches, losses. */
public final class TracepointEvents {
  /** The reason for a line whose event is known and whose values cannot be read. */
  public static final String UNREADABLE = "unreadable event";

  private static final int SIGSEGV = 11;

  /** Bits of the x86 page fault error code. */
  private static final long FAULT_WRITE = 2;

  private static final long FAULT_FETCH = 0x10;
  private static final long FAULT_BITS = 0xffff;

  private final TracepointTrace trace;
  private final TracepointCalls calls;
  private final LineScanner line;
  private boolean faults;
  private boolean kernelFaults;
  private long lost;

  /** Makes events of the lines of a trace. */
  public TracepointEvents(TracepointTrace trace, TracepointCalls calls) {
    this.trace = trace;
    this.calls = calls;
    this.line = trace.line;
  }

  /**
   * Takes {@code address=0x7f20b50b8000 ip=0x5581d4434310 error_code=0x4}.
   *
   * @param mode 0, or {@link EventSchema#KERNEL_MODE}
   * @return the address if the line became an event, else {@link LineScanner#NONE}
   */
  public long fault(long mode) throws IOException {
    if (!line.skipTo("address=")) {
      trace.reject(UNREADABLE);
      return NONE;
    }
    if (!line.looksAt("0x")) {
      trace.ignore("fault-at-symbol");
      return NONE;
    }
    long address = line.number();
    long code = trace.numberAfter("error_code=");
    if (address == NONE || code == NONE || !line.terminated()) {
      trace.reject(UNREADABLE);
      return NONE;
    }
    faults = true;
    kernelFaults |= mode != 0;
    if (address < 0) {
      trace.ignore("fault-at-kernel-address");
      return NONE;
    }
    TracepointTask task = trace.task(trace.columns.tid());
    task.faulting = address;
    if (mode == 0) {
      task.loading = false;
      task.lastFault = address;
    }
    EventRow row =
        trace.row(
            (code & FAULT_FETCH) != 0
                ? EventKind.FETCH
                : (code & FAULT_WRITE) != 0 ? EventKind.WRITE : EventKind.READ);
    row.address = address;
    row.flags = EventSchema.FROM_FAULT | mode | (code & FAULT_BITS);
    trace.append(row);
    return address;
  }

  /** Takes {@code pages:8 reason:local MM shootdown (3)}, with {@code :} or {@code =}. */
  public void flush() throws IOException {
    line.skipBlanks();
    long pages = valueAfter("pages");
    int at = line.indexOf("(");
    line.position(Math.max(at + 1, line.position()));
    long reason = at < 0 ? NONE : line.decimal();
    if (pages == NONE || reason == NONE) {
      trace.reject(UNREADABLE);
    } else if (reason == 0) {
      trace.ignore("flush-on-task-switch");
    } else {
      EventRow row = trace.row(EventKind.OBSERVED_TLB_FLUSH);
      row.length = pages < 0 ? UNKNOWN : pages * EventSchema.PAGE_SIZE;
      row.flags = reason;
      trace.append(row);
    }
  }

  /** Takes {@code sig=11 errno=0 code=2 sa_handler=…}. */
  public void signal() throws IOException {
    long number = trace.numberAfter("sig=");
    long code = trace.numberAfter(" code=");
    if (number == NONE) {
      trace.reject(UNREADABLE);
      return;
    }
    TracepointTask task = trace.task(trace.columns.tid());
    EventRow row = trace.row(EventKind.SIGNAL);
    row.flags = number;
    if (number == SIGSEGV && code > 0) {
      row.address = task.lastFault;
      task.lastFault = UNKNOWN;
    }
    trace.append(row);
  }

  /** Takes {@code … ==> next_comm=sh next_pid=112 next_prio=120}, or {@code … ==> sh:112 [120]}. */
  public void taskSwitch() throws IOException {
    long next = nextTask();
    if (next < 0 || next > Integer.MAX_VALUE) {
      trace.reject(UNREADABLE);
      return;
    }
    EventRow row = trace.row(EventKind.SCHED_SWITCH);
    row.tid = (int) next;
    // Most tasks switched to are the kernel's own: none of them is the child of a clone under way.
    row.pid = trace.tasks.isNew(row.tid) ? row.tid : trace.tasks.pid(row.tid);
    trace.append(row);
  }

  private long nextTask() {
    int at = line.lastIndexOf("next_pid=");
    if (at >= 0) {
      line.position(at);
      return trace.numberAfter("next_pid=");
    }
    at = line.lastIndexOf(" ==> ");
    if (at < 0) {
      return NONE;
    }
    line.position(at);
    line.position(Math.max(at, line.lastIndexOf(":") + 1));
    return line.decimal();
  }

  /** Moves behind the name and a colon or equals sign, and reads a number there. */
  private long valueAfter(String name) {
    if (!line.skipTo(name) || !(line.skip(':') || line.skip('='))) {
      return NONE;
    }
    return trace.signed();
  }

  /** Takes {@code PERF_RECORD_LOST lost 1222}, which stands where the gap ended. */
  public void lost() throws IOException {
    long count = trace.numberAfter("lost ");
    if (count < 0) {
      trace.reject("unreadable record");
      return;
    }
    trace.append(lost(trace.row(EventKind.LOST), count));
  }

  /**
   * Makes a row the loss of so many events; every call under way is given up.
   *
   * @param count 0 if the tool does not say
   */
  public EventRow lost(EventRow row, long count) throws IOException {
    calls.forgetOpenCalls();
    lost = (count == 0 || lost < 0) ? -1 : lost + count;
    row.count = (int) Math.min(count, Integer.MAX_VALUE);
    return row;
  }

  /** Returns what this trace can know, from what it has been seen to hold. */
  public Fidelity fidelity(boolean cpus, boolean fromStart) {
    return new Fidelity(
        faults ? Fidelity.Accesses.FIRST_TOUCH : Fidelity.Accesses.NONE,
        true,
        true,
        true,
        cpus,
        fromStart,
        kernelFaults,
        lost);
  }
}
