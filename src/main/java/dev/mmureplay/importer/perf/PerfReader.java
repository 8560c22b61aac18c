package dev.mmureplay.importer.perf;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;
import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.EventSink;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.importer.Account;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.SystemCall;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads the output of one {@code perf script}, line by line. */
final class PerfReader {
  private static final int SIGSEGV = 11;

  /** Bits of the x86 page fault error code. */
  private static final long FAULT_WRITE = 2;

  private static final long FAULT_FETCH = 0x10;
  private static final long FAULT_BITS = 0xffff;

  private static final String COMMAND_LINE = "# cmdline : ";
  private static final SystemCall[] CALLS = SystemCall.values();

  private final LineScanner line;
  private final PerfTrace trace;
  private final PerfTasks tasks;
  private final PerfCalls calls;
  private final PerfMaps maps;

  private @Nullable String commandLine;
  private boolean faults;
  private boolean kernelFaults;
  private boolean cpuMissing;
  private boolean eventSeen;
  private long lost;

  PerfReader(LineScanner line, EventSink sink) {
    this.line = line;
    this.trace = new PerfTrace(line, sink);
    this.tasks = new PerfTasks(trace);
    this.calls = new PerfCalls(trace, tasks);
    this.maps = new PerfMaps(trace);
  }

  ImportReport read() throws IOException {
    while (line.nextLine()) {
      trace.account.ledger().line();
      readLine();
    }
    tasks.finish();
    trace.events.finish();
    trace.account.ledger().check("perf script");
    Fidelity fidelity =
        new Fidelity(
            faults ? Fidelity.Accesses.FIRST_TOUCH : Fidelity.Accesses.NONE,
            true,
            true,
            true,
            eventSeen && !cpuMissing,
            tasks.fromStart(),
            kernelFaults,
            lost);
    String command = commandLine == null ? tasks.command() : commandLine;
    return new ImportReport(trace.account.ledger(), fidelity, command);
  }

  private void readLine() throws IOException {
    if (line.tooLong()) {
      trace.reject(Account.TOO_LONG);
    } else if (line.atEnd()) {
      trace.ignore(Account.BLANK);
    } else if (line.peek() == '\t') {
      trace.ignore(Account.STACK_FRAME);
    } else if (line.peek() == '#') {
      readHeader();
    } else if (trace.columns.read(line)) {
      readEvent(PerfEvent.code(trace.columns));
    } else {
      trace.reject(Account.UNRECOGNISED);
    }
  }

  /** Reads a comment of --header; the command line recorded is what follows perf's own options. */
  private void readHeader() {
    if (line.skip(COMMAND_LINE) && line.peek() != '(') {
      line.skipTo(" -- ");
      commandLine = line.rest().strip();
    }
    trace.ignore("header");
  }

  private void readEvent(int code) throws IOException {
    if (!trace.columns.isInitial()) {
      eventSeen = true;
      cpuMissing |= trace.columns.cpu() == UNKNOWN_INT;
      tasks.beforeLine(isExec(code), isKernelWork(code));
      PerfTask task = trace.task(trace.columns.tid());
      if (task.fork != null && code != PerfEvent.NEWTASK.ordinal()) {
        tasks.settle(task);
      }
    }
    if (code >= PerfEvent.EXIT) {
      calls.exit(CALLS[code - PerfEvent.EXIT]);
    } else if (code >= PerfEvent.ENTER) {
      calls.enter(CALLS[code - PerfEvent.ENTER]);
    } else {
      readEvent(PerfEvent.of(code));
    }
  }

  private boolean isExec(int code) {
    return code == PerfEvent.PROCESS_EXEC.ordinal()
        || (code == PerfEvent.RECORD_COMM.ordinal() && line.looksAt(" exec: "))
        || code == PerfEvent.EXIT + SystemCall.EXECVE.ordinal()
        || code == PerfEvent.EXIT + SystemCall.EXECVEAT.ordinal();
  }

  private static boolean isKernelWork(int code) {
    return code == PerfEvent.PAGE_FAULT_KERNEL.ordinal()
        || code == PerfEvent.TLB_FLUSH.ordinal()
        || code == PerfEvent.RECORD_MMAP2.ordinal();
  }

  private void readEvent(PerfEvent event) throws IOException {
    switch (event) {
      case PAGE_FAULT_USER -> fault(0);
      case PAGE_FAULT_KERNEL -> fault(EventSchema.KERNEL_MODE);
      case PAGE_FAULTS -> trace.ignore("fault-without-access-type");
      case TLB_FLUSH -> flush();
      case NEWTASK -> tasks.newTask();
      case PROCESS_FORK -> trace.ignore(PerfTrace.TOLD);
      case PROCESS_EXEC -> tasks.processExec();
      case PROCESS_EXIT, RECORD_EXIT -> tasks.gone();
      case SWITCH -> taskSwitch();
      case SIGNAL_DELIVER -> signal();
      case MMAP_LOCK, MMAP_LOCK_RELEASED, MMAP_LOCK_START -> trace.ignore("mmap-lock");
      case RECORD_MMAP ->
          trace.ignore(kernelLayout() ? "kernel-layout" : "mmap-without-protection");
      case RECORD_MMAP2 -> maps.mapping();
      case RECORD_COMM -> tasks.comm();
      case RECORD_FORK -> tasks.fork();
      case RECORD_LOST -> lost();
      case RECORD_OTHER -> trace.ignore("other-record");
      case OTHER -> other();
    }
  }

  private boolean kernelLayout() {
    line.skipBlanks();
    return line.peek() == '-';
  }

  private void other() throws IOException {
    PerfTask task = trace.task(trace.columns.tid());
    int at = line.position();
    line.position(0);
    boolean enter = line.indexOf(" syscalls:sys_enter_") >= 0;
    boolean call = enter || line.indexOf(" syscalls:sys_exit_") >= 0;
    line.position(at);
    if (enter) {
      trace.abandon(task);
      task.loading = false;
      task.lastFault = UNKNOWN;
    }
    trace.ignore(call ? Account.NOT_ABOUT_MEMORY : "other-event");
  }

  /** Takes {@code address=0x7f20b50b8000 ip=0x5581d4434310 error_code=0x4}. */
  private void fault(long mode) throws IOException {
    if (!line.skipTo("address=")) {
      trace.reject("unreadable event");
      return;
    }
    if (!line.looksAt("0x")) {
      trace.ignore("fault-at-symbol");
      return;
    }
    long address = line.number();
    long code = trace.numberAfter("error_code=");
    if (address == NONE || code == NONE || !line.terminated()) {
      trace.reject("unreadable event");
      return;
    }
    faults = true;
    kernelFaults |= mode != 0;
    if (address < 0) {
      trace.ignore("fault-at-kernel-address");
      return;
    }
    PerfTask task = trace.task(trace.columns.tid());
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
  }

  /** Takes {@code pages:8 reason:local MM shootdown (3)}. */
  private void flush() throws IOException {
    long pages = trace.numberAfter("pages:");
    int at = line.lastIndexOf("(");
    line.position(Math.max(at + 1, line.position()));
    long reason = line.decimal();
    if (pages == NONE || at < 0 || reason == NONE) {
      trace.reject("unreadable event");
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
  private void signal() throws IOException {
    long number = trace.numberAfter("sig=");
    long code = trace.numberAfter(" code=");
    if (number == NONE) {
      trace.reject("unreadable event");
      return;
    }
    PerfTask task = trace.task(trace.columns.tid());
    EventRow row = trace.row(EventKind.SIGNAL);
    row.flags = number;
    if (number == SIGSEGV && code > 0) {
      row.address = task.lastFault;
      task.lastFault = UNKNOWN;
    }
    trace.append(row);
  }

  private void taskSwitch() throws IOException {
    int at = line.lastIndexOf("next_pid=");
    if (at >= 0) {
      line.position(at);
    }
    long next = trace.numberAfter("next_pid=");
    if (next == NONE) {
      trace.reject("unreadable event");
      return;
    }
    EventRow row = trace.row(EventKind.SCHED_SWITCH);
    row.tid = (int) next;
    row.pid = trace.tasks.pid(row.tid);
    trace.append(row);
  }

  /** Takes {@code PERF_RECORD_LOST lost 1222}, which stands where the gap ended. */
  private void lost() throws IOException {
    long count = trace.numberAfter("lost ");
    if (count == NONE) {
      trace.reject("unreadable record");
      return;
    }
    calls.forgetOpenCalls();
    lost += count;
    EventRow row = trace.row(EventKind.LOST);
    row.count = (int) Math.min(count, Integer.MAX_VALUE);
    trace.append(row);
  }
}
