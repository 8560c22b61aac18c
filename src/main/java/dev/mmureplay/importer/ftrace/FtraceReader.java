package dev.mmureplay.importer.ftrace;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.EventSink;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.importer.Account;
import dev.mmureplay.importer.Beginnings;
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

/** Reads one text of the kernel's tracer, line by line. */
final class FtraceReader {
  private static final String HEADER = "header";
  private static final String ENTRIES = "# entries-in-buffer/entries-written: ";
  private static final SystemCall[] CALLS = SystemCall.values();

  private final LineScanner line;
  private final FtraceLine columns = new FtraceLine();
  private final Beginnings beginnings;
  private final TracepointTrace trace;
  private final TracepointTasks tasks;
  private final TracepointPrograms programs;
  private final TracepointCalls calls;
  private final TracepointEvents events;
  private final AddressSpaces spaces;
  private final XenEvents xen;
  private final MarkerTexts markers = new MarkerTexts();
  private boolean eventSeen;

  FtraceReader(LineScanner line, EventSink sink) {
    this.line = line;
    beginnings = new Beginnings(sink);
    trace = new TracepointTrace(line, columns, beginnings);
    tasks = new TracepointTasks(trace);
    programs = new TracepointPrograms(trace);
    calls = new TracepointCalls(trace, tasks, programs, new FtraceValues(line, columns));
    events = new TracepointEvents(trace, calls);
    spaces = new AddressSpaces(trace, programs);
    trace.listener = spaces;
    xen = new XenEvents(trace, spaces);
  }

  ImportReport read() throws IOException {
    while (line.nextLine()) {
      trace.account.ledger().line();
      readLine();
    }
    xen.finish();
    tasks.finish();
    programs.finish();
    spaces.finish();
    trace.events.finish();
    trace.account.ledger().check("ftrace");
    Fidelity fidelity = events.fidelity(eventSeen, beginnings.fromStart());
    if (xen.pteSeen()) {
      fidelity = fidelity.withKernelAccesses(true);
    }
    return new ImportReport(trace.account.ledger(), fidelity, programs.command(), markers.texts());
  }

  private void readLine() throws IOException {
    trace.lineTold = false;
    if (line.tooLong()) {
      trace.reject(Account.TOO_LONG);
    } else if (line.atEnd()) {
      trace.ignore(Account.BLANK);
    } else if (line.peek() == '#') {
      readHeader();
    } else {
      boolean another = true;
      while (another) {
        boolean event = columns.read(line) && line.terminated();
        another = event ? readEvent() : readOther();
      }
    }
  }

  /** Reads a comment; one tells how many events the tracer has overwritten. */
  private void readHeader() throws IOException {
    if (line.skip(ENTRIES)) {
      long kept = line.decimal();
      long written = line.skip('/') ? line.decimal() : NONE;
      if (kept >= 0 && written > kept) {
        lost(written - kept, NONE);
        return;
      }
    }
    trace.ignore(HEADER);
  }

  /** Reads a line without columns, or without an end. */
  private boolean readOther() throws IOException {
    if (line.looksAt("cpus=") || (line.looksAt("CPU ") && line.indexOf(" is empty") > 0)) {
      trace.ignore(HEADER);
    } else if (line.indexOf(" EVENTS]") > 0 || line.indexOf(" EVENTS DROPPED]") > 0) {
      long cpu = line.skipTo("CPU:") ? line.decimal() : NONE;
      boolean found = line.skipTo("[LOST ") || line.skipTo("[");
      lost(found ? line.decimal() : NONE, cpu);
    } else {
      trace.reject(Account.UNRECOGNISED);
    }
    return false;
  }

  private void lost(long count, long cpu) throws IOException {
    EventRow row = events.lost(new EventRow().reset(EventKind.LOST, 0, 0), Math.max(count, 0));
    row.line = line.lineNumber();
    if (cpu >= 0 && cpu <= EventSchema.MAX_CPU) {
      row.cpu = (int) cpu;
    }
    trace.append(row);
    xen.forget();
  }

  /** Takes an event; returns whether another one follows on the same line. */
  private boolean readEvent() throws IOException {
    eventSeen = true;
    int code = FtraceEvent.code(line, columns);
    if (code >= FtraceEvent.ENTER) {
      xen.finish(columns.tid());
    }
    if (code >= FtraceEvent.EXIT) {
      calls.exit(CALLS[code - FtraceEvent.EXIT]);
    } else if (code >= FtraceEvent.ENTER) {
      calls.enter(CALLS[code - FtraceEvent.ENTER]);
    } else {
      FtraceEvent event = FtraceEvent.of(code);
      if (event == FtraceEvent.XEN_MMU_WRITE_CR3) {
        return xen.writeCr3();
      }
      readEvent(event);
    }
    return false;
  }

  private void readEvent(FtraceEvent event) throws IOException {
    switch (event) {
      case PAGE_FAULT_USER -> events.fault(0);
      case PAGE_FAULT_KERNEL -> events.fault(EventSchema.KERNEL_MODE);
      case TLB_FLUSH -> events.flush();
      case TASK_NEWTASK -> tasks.newTask();
      case SCHED_PROCESS_FORK -> tasks.processFork();
      case SCHED_PROCESS_EXEC -> programs.processExec();
      case SCHED_PROCESS_EXIT -> tasks.gone();
      case SCHED_SWITCH -> events.taskSwitch();
      case SIGNAL_DELIVER -> events.signal();
      case MMAP_LOCK_ACQUIRE_RETURNED -> calls.lock(false);
      case MMAP_LOCK_RELEASED -> calls.lock(true);
      case TRACING_MARK_WRITE -> marker();
      case PRINT -> {
        line.skipBlanks();
        if (line.skip("tracing_mark_write:")) {
          marker();
        } else {
          trace.ignore("other-event");
        }
      }
      default -> readXen(event);
    }
  }

  private void readXen(FtraceEvent event) throws IOException {
    switch (event) {
      case XEN_MC_BATCH, XEN_MC_ISSUE -> trace.ignore("xen-lazy-mode");
      case XEN_MC_CALLBACK -> trace.ignore("xen-callback");
      case XEN_MC_FLUSH_REASON -> trace.ignore("xen-flush-reason");
      case XEN_MC_ENTRY_ALLOC -> trace.ignore("xen-entry-alloc");
      case XEN_MC_ENTRY -> xen.entry();
      case XEN_MC_EXTEND_ARGS -> xen.extend();
      case XEN_MC_FLUSH -> xen.flush();
      case XEN_MMU_SET_PTE, XEN_MMU_SET_PTE_ATOMIC -> xen.setPte();
      case XEN_MMU_SET_PTE_AT, XEN_MMU_PTE_CLEAR -> xen.setPteAt();
      case XEN_MMU_PTEP_MODIFY_PROT_START -> xen.modifyProt(false);
      case XEN_MMU_PTEP_MODIFY_PROT_COMMIT -> xen.modifyProt(true);
      case XEN_MMU_ALLOC_PTPAGE -> xen.made();
      case XEN_MMU_RELEASE_PTPAGE -> xen.released();
      case XEN_MMU_PGD_PIN -> xen.pin(true);
      case XEN_MMU_PGD_UNPIN -> xen.pin(false);
      case XEN_MMU_SET_P4D -> xen.setRoot();
      case XEN_MMU_SET_PUD -> xen.setPud();
      case XEN_MMU_SET_PMD -> xen.setPmd();
      case XEN_MMU_FLUSH_TLB_ONE_USER, XEN_MMU_FLUSH_TLB_SINGLE -> xen.flushOne();
      case XEN_MMU_FLUSH_TLB_MULTI, XEN_MMU_FLUSH_TLB_OTHERS -> xen.flushMulti();
      case XEN_MMU_FLUSH_TLB, XEN_MMU_FLUSH_TLB_ALL -> xen.flushAll();
      case XEN_CPU_WRITE_LDT_ENTRY,
          XEN_CPU_WRITE_IDT_ENTRY,
          XEN_CPU_LOAD_IDT,
          XEN_CPU_WRITE_GDT_ENTRY,
          XEN_CPU_SET_LDT ->
          trace.ignore("xen-descriptor-table");
      default -> other();
    }
  }

  private void marker() throws IOException {
    line.skip(' ');
    EventRow row = trace.row(EventKind.MARKER);
    row.result = markers.position(line.rest());
    trace.append(row);
  }

  private void other() throws IOException {
    boolean named = columns.isNamed(line, "sys_");
    boolean exit = columns.shape() == FtraceLine.Shape.RETURN || columns.isNamed(line, "sys_exit_");
    boolean enter = columns.shape() == FtraceLine.Shape.CALL || columns.isNamed(line, "sys_enter_");
    if (!named || (!enter && !exit)) {
      trace.ignore("other-event");
      return;
    }
    if (enter) {
      TracepointTask task = trace.task(columns.tid());
      trace.abandon(task);
      task.loading = false;
      task.lastFault = UNKNOWN;
      task.faulting = UNKNOWN;
    }
    trace.ignore(Account.NOT_ABOUT_MEMORY);
  }
}
