package dev.mmureplay.importer.perf;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.EventSink;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.importer.Account;
import dev.mmureplay.importer.CallSites;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.SystemCall;
import dev.mmureplay.importer.tracepoint.TracepointCalls;
import dev.mmureplay.importer.tracepoint.TracepointEvents;
import dev.mmureplay.importer.tracepoint.TracepointPrograms;
import dev.mmureplay.importer.tracepoint.TracepointTask;
import dev.mmureplay.importer.tracepoint.TracepointTasks;
import dev.mmureplay.importer.tracepoint.TracepointTrace;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the output of one {@code perf script}, line by line. */
final class PerfReader {
  private static final String COMMAND_LINE = "# cmdline : ";

  /** What {@code perf script} was not asked to print. */
  private static final String NO_TASK = "event without its task (-F tid)";

  private static final String NO_VALUES = "event without its values (-F trace)";

  private static final SystemCall[] CALLS = SystemCall.values();

  private final LineScanner line;
  private final PerfLine columns;
  private final TracepointTrace trace;
  private final TracepointTasks tasks;
  private final TracepointPrograms programs;
  private final TracepointCalls calls;
  private final TracepointEvents events;
  private final PerfMaps maps;
  private final CallSites sites = new CallSites();

  private @Nullable String commandLine;
  private boolean cpuMissing;
  private boolean eventSeen;

  /**
   * Prepares to read a text.
   *
   * @param differences whether its times are those since the event before
   */
  PerfReader(LineScanner line, boolean differences, EventSink sink) {
    this.line = line;
    this.columns = new PerfLine();
    if (differences) {
      columns.ignoreTimes();
    }
    this.trace = new TracepointTrace(line, columns, sink);
    this.tasks = new TracepointTasks(trace);
    this.programs = new TracepointPrograms(trace);
    this.calls = new TracepointCalls(trace, tasks, programs, new PerfValues(trace));
    this.events = new TracepointEvents(trace, calls);
    this.maps = new PerfMaps(trace);
  }

  ImportReport read() throws IOException {
    while (line.nextLine()) {
      trace.account.ledger().line();
      readLine();
    }
    tasks.finish();
    programs.finish();
    trace.events.finish();
    trace.account.ledger().check("perf script");
    Fidelity fidelity =
        events
            .fidelity(eventSeen && !cpuMissing, programs.fromStart())
            .withClock(columns.hasClock());
    String command = commandLine == null ? programs.command() : commandLine;
    return new ImportReport(trace.account.ledger(), fidelity, command, List.of(), sites.all());
  }

  private void readLine() throws IOException {
    if (line.tooLong()) {
      trace.reject(Account.TOO_LONG);
    } else if (line.atEnd()) {
      trace.ignore(Account.BLANK);
    } else if (line.peek() == '\t') {
      if (sites.isOpen()) {
        frame(line.rest().strip());
      }
      trace.ignore(Account.STACK_FRAME);
    } else if (line.peek() == '#') {
      readHeader();
    } else if (columns.read(line)) {
      readEvent(PerfEvent.code(columns));
    } else if (isSourceLine()) {
      trace.ignore("source-line");
    } else {
      boolean never = !eventSeen && PerfEvent.isOfNoTask(columns);
      trace.reject(never ? NO_TASK : Account.UNRECOGNISED);
    }
  }

  /**
   * Returns whether this is {@code traps.c:1234} or {@code [kernel.kallsyms][ffffffff8133da19]}.
   */
  private boolean isSourceLine() {
    line.position(0);
    return line.skip("  ") && line.peek() != ' ' && line.indexOf(" ") < 0 && line.terminated();
  }

  /** Takes {@code 20d07 mprotect+0x7 (/usr/lib/ld-linux-x86-64.so.2)}; files may have blanks. */
  private void frame(String text) {
    int symbol = text.indexOf(' ') + 1;
    int file = text.indexOf(" (", symbol);
    if (symbol == 0 || file < 0) {
      return;
    }
    boolean known = text.charAt(symbol) != '[';
    String at = known ? text.substring(symbol, file) : "";
    String place = known ? "" : " [0x" + text.substring(0, symbol - 1) + "]";
    int name = Math.max(text.lastIndexOf('/'), file + 1) + 1;
    int plus = at.lastIndexOf('+');
    int end = text.endsWith(")") ? text.length() - 1 : text.length();
    sites.frame(
        text.substring(Math.min(name, end), end) + "(" + at + ")" + place,
        plus < 0 ? at : at.substring(0, plus));
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
    sites.end();
    if (!columns.isInitial()) {
      eventSeen = true;
      cpuMissing |= columns.cpu() == UNKNOWN_INT;
      programs.beforeLine(isExec(code), isKernelWork(code));
      TracepointTask task = trace.task(columns.tid());
      if (task.fork != null && code != PerfEvent.NEWTASK.ordinal()) {
        trace.settle(task);
      }
    }
    if (lacksValues(code)) {
      trace.reject(NO_VALUES);
    } else if (code >= PerfEvent.EXIT) {
      calls.exit(CALLS[code - PerfEvent.EXIT]);
    } else if (code >= PerfEvent.ENTER) {
      SystemCall call = CALLS[code - PerfEvent.ENTER];
      calls.enter(call);
      TracepointTask task = trace.task(columns.tid());
      if (task.call == call && (call == SystemCall.MPROTECT || call == SystemCall.PKEY_MPROTECT)) {
        sites.call(task.arguments[1]);
      }
    } else {
      readEvent(PerfEvent.of(code));
    }
  }

  /** Returns whether an event that always has values shows none. */
  private boolean lacksValues(int code) {
    boolean always =
        code >= PerfEvent.EXIT
            || code == PerfEvent.PAGE_FAULT_USER.ordinal()
            || code == PerfEvent.PAGE_FAULT_KERNEL.ordinal()
            || code == PerfEvent.TLB_FLUSH.ordinal()
            || (code >= PerfEvent.ENTER && CALLS[code - PerfEvent.ENTER].arguments() > 0);
    int at = line.position();
    line.skipBlanks();
    boolean none = line.atEnd();
    line.position(at);
    return always && none;
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
      case PAGE_FAULT_USER -> events.fault(0);
      case PAGE_FAULT_KERNEL -> events.fault(EventSchema.KERNEL_MODE);
      case PAGE_FAULTS, MINOR_FAULTS, MAJOR_FAULTS -> trace.ignore("fault-without-access-type");
      case TLB_FLUSH -> events.flush();
      case NEWTASK -> tasks.newTask();
      case PROCESS_FORK -> trace.ignore(TracepointTrace.TOLD);
      case PROCESS_EXEC -> programs.processExec();
      case PROCESS_EXIT, RECORD_EXIT -> tasks.gone();
      case SWITCH -> events.taskSwitch();
      case SIGNAL_DELIVER -> events.signal();
      case MMAP_LOCK -> calls.lock(false);
      case MMAP_LOCK_RELEASED -> calls.lock(true);
      case MMAP_LOCK_START -> trace.ignore("mmap-lock");
      case RECORD_MMAP ->
          trace.ignore(kernelLayout() ? "kernel-layout" : "mmap-without-protection");
      case RECORD_MMAP2 -> maps.mapping();
      case RECORD_COMM -> programs.comm();
      case RECORD_FORK -> tasks.fork();
      case RECORD_LOST -> events.lost();
      case RECORD_LOST_SAMPLES -> trace.append(events.lost(trace.row(EventKind.LOST), 0));
      case RECORD_OTHER -> trace.ignore("other-record");
      case OTHER -> other();
    }
  }

  private boolean kernelLayout() {
    line.skipBlanks();
    return line.peek() == '-';
  }

  private void other() throws IOException {
    TracepointTask task = trace.task(columns.tid());
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
}
