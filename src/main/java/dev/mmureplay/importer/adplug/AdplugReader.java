package dev.mmureplay.importer.adplug;

import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventSink;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.importer.AccessRows;
import dev.mmureplay.importer.Account;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.SystemCall;
import dev.mmureplay.importer.tracepoint.CallValues;
import dev.mmureplay.importer.tracepoint.TracepointCalls;
import dev.mmureplay.importer.tracepoint.TracepointEvents;
import dev.mmureplay.importer.tracepoint.TracepointPrograms;
import dev.mmureplay.importer.tracepoint.TracepointTask;
import dev.mmureplay.importer.tracepoint.TracepointTasks;
import dev.mmureplay.importer.tracepoint.TracepointTrace;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Reads one log of the plug-in, line by line. */
final class AdplugReader implements CallValues {
  static final String HEADER = "# adplug ";

  private static final String UNREADABLE_ACCESS = "unreadable access";
  private static final String OUT_OF_SEQUENCE = "out of sequence";

  private final LineScanner line;
  private final AdplugLine columns = new AdplugLine();
  private final TracepointTrace trace;
  private final TracepointTasks tasks;
  private final TracepointPrograms programs;
  private final TracepointCalls calls;
  private final TracepointEvents events;
  private final AccessRows accesses;

  /** The sequence number that each process's next record must have. */
  private final Map<Integer, long[]> expected = new HashMap<>();

  private long[] next = new long[1];
  private int nextPid = -1;
  private boolean recordSeen;
  private boolean fromStart;

  AdplugReader(LineScanner line, ImportOptions options, EventSink sink) {
    this.line = line;
    this.trace = new TracepointTrace(line, columns, sink);
    this.tasks = new TracepointTasks(trace);
    this.programs = new TracepointPrograms(trace);
    this.calls = new TracepointCalls(trace, tasks, programs, this);
    this.events = new TracepointEvents(trace, calls);
    this.accesses = new AccessRows(trace.events::append, options.fold());
  }

  ImportReport read() throws IOException {
    while (line.nextLine()) {
      trace.account.ledger().line();
      readLine();
    }
    accesses.endEpoch();
    programs.replacedAtEnd();
    tasks.finish();
    programs.finish();
    trace.events.finish();
    Fidelity fidelity = events.fidelity(false, fromStart).withAccesses(Fidelity.Accesses.EVERY);
    return new ImportReport(trace.account.ledger(), fidelity, null);
  }

  private void readLine() throws IOException {
    if (line.tooLong()) {
      trace.reject(Account.TOO_LONG);
    } else if (line.atEnd()) {
      trace.ignore(Account.BLANK);
    } else if (line.skip(HEADER)) {
      header();
    } else if (columns.read(line)) {
      record();
    } else {
      trace.reject(Account.UNRECOGNISED);
    }
  }

  /** Takes {@code # adplug 1 pages=1 code=1 pid=4802 …}: an unknown task is a thread of this. */
  private void header() {
    long pid = line.skipTo(" pid=") ? line.decimal() : NONE;
    if (pid > 0 && pid <= Integer.MAX_VALUE) {
      trace.tasks.unexplainedJoin((int) pid);
    }
    trace.ignore("header");
  }

  private void record() throws IOException {
    if (!recordSeen) {
      recordSeen = true;
      fromStart = columns.sequence() == 0;
    }
    if (!isInSequence()) {
      trace.reject(OUT_OF_SEQUENCE);
      return;
    }
    switch (columns.record()) {
      case 'r' -> access(EventKind.READ);
      case 'w' -> access(EventKind.WRITE);
      case 'x' -> access(EventKind.FETCH);
      case 'S' -> call(true);
      default -> call(false);
    }
  }

  /**
   * Compares the record's number with that of the process's last one: a gap is a loss, and a number
   * that is not larger is no record of this place.
   */
  private boolean isInSequence() throws IOException {
    int pid = trace.pid();
    if (pid != nextPid) {
      nextPid = pid;
      next = expected.computeIfAbsent(pid, unseen -> new long[] {columns.sequence()});
    }
    long missing = columns.sequence() - next[0];
    next[0] = columns.sequence() + 1;
    if (missing > 0) {
      accesses.endEpoch();
      trace.events.append(events.lost(trace.row(EventKind.LOST), missing));
    }
    return missing >= 0;
  }

  private void access(EventKind kind) throws IOException {
    long address = line.hex();
    if (address == NONE || !line.atEnd() || !line.terminated()) {
      trace.reject(UNREADABLE_ACCESS);
    } else if (address < 0) {
      trace.ignore(AccessRows.AT_KERNEL_ADDRESS);
    } else {
      accesses.by(trace.pid(), columns.tid());
      accesses.at(columns.time());
      accesses.add(kind, address, 1, line.lineNumber());
      trace.account.parsed(1);
    }
  }

  /** Takes a call's beginning or end, at which accesses before are told from accesses after. */
  private void call(boolean begins) throws IOException {
    accesses.endEpoch();
    long number = line.decimal();
    if (number == NONE || (!line.skip(' ') && !line.atEnd())) {
      trace.reject("unreadable call");
      return;
    }
    SystemCall call = SystemCall.ofNumber(number);
    if (call == null) {
      trace.abandon(trace.task(columns.tid()));
      trace.ignore(Account.NOT_ABOUT_MEMORY);
    } else if (begins) {
      calls.enter(call);
    } else {
      calls.exit(call);
    }
  }

  /** Reads {@code 4002a2f000 4000 0 400285fa20 ffffffff 0}: always six, whatever the call takes. */
  @Override
  public boolean readArguments(TracepointTask task) {
    do {
      long value = line.hex();
      if (value == NONE || task.argumentCount == SystemCall.MAX_ARGUMENTS) {
        return false;
      }
      task.arguments[task.argumentCount++] = value;
    } while (line.skip(' '));
    return line.atEnd() && line.terminated();
  }

  @Override
  public long readResult() {
    long result = line.hex();
    return line.atEnd() ? result : NONE;
  }
}
