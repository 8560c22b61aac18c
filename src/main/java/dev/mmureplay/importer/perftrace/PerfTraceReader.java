package dev.mmureplay.importer.perftrace;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSink;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.importer.Account;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.KernelNames;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.SystemCall;
import dev.mmureplay.importer.TimeOrder;
import dev.mmureplay.importer.call.Call;
import dev.mmureplay.importer.call.CallLog;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one output of {@code perf trace}, line by line. */
final class PerfTraceReader {
  /** A call that is over, or only its end. */
  private record Ended(Call call, boolean endOnly) {}

  private static final String UNREADABLE = "unreadable arguments or result";

  private final LineScanner line;
  private final PerfTraceLine columns = new PerfTraceLine();
  private final Account account = new Account();
  private final CallLog calls;
  private final TimeOrder<Ended> order;
  private final Call call = new Call();
  private final PerfTraceArguments arguments = new PerfTraceArguments();

  /** The calls that perf has said to be unfinished, by task. */
  private final Map<Integer, Call> unfinished = new HashMap<>();

  private boolean callSeen;
  private boolean fromStart;
  private boolean summary;
  private long lost;

  PerfTraceReader(LineScanner line, EventSink sink) {
    this.line = line;
    this.calls = new CallLog(account, sink);
    this.order = new TimeOrder<>(this::ordered);
  }

  ImportReport read() throws IOException {
    while (line.nextLine()) {
      account.ledger().line();
      readLine();
    }
    for (Call open : unfinished.values()) {
      account.ignored(Account.NEVER_RETURNED, open.lines);
    }
    order.finish();
    calls.finish();
    Fidelity fidelity =
        new Fidelity(Fidelity.Accesses.NONE, true, true, true, false, fromStart, false, lost);
    return new ImportReport(account.ledger(), fidelity, null);
  }

  private void readLine() throws IOException {
    if (line.tooLong()) {
      account.rejected(line, Account.TOO_LONG, 1);
    } else if (summary || line.looksAt(" Summary of events:")) {
      summary = true;
      account.ignored("summary", 1);
    } else if (line.atEnd()) {
      account.ignored(Account.BLANK, 1);
    } else if (PerfTraceLine.isStackFrame(line)) {
      account.ignored(Account.STACK_FRAME, 1);
    } else if (line.skip("LOST ")) {
      lost();
    } else if (columns.read(line)) {
      record();
    } else {
      reject(Account.UNRECOGNISED);
    }
  }

  private void reject(String reason) {
    account.rejected(line, line.terminated() ? reason : Account.TRUNCATED, 1);
  }

  /** Takes {@code LOST 12 events!}. */
  private void lost() throws IOException {
    long count = line.decimal();
    if (count < 0 || !line.looksAt(" events")) {
      reject(Account.UNRECOGNISED);
      return;
    }
    for (Call open : unfinished.values()) {
      account.ignored(Account.NEVER_RETURNED, open.lines);
    }
    unfinished.clear();
    order.finish();
    lost += count;
    EventRow row = new EventRow().reset(EventKind.LOST, 0, 0);
    row.count = (int) Math.min(count, Integer.MAX_VALUE);
    row.line = line.lineNumber();
    calls.append(row);
    account.parsed(1);
  }

  private void record() throws IOException {
    switch (columns.kind()) {
      case FAULT -> pass("fault-without-access-type");
      case EVENT -> pass("other-event");
      case CALL, CONTINUED -> call(columns.kind() == PerfTraceLine.Kind.CONTINUED);
    }
  }

  private void pass(String rule) {
    if (columns.time() != UNKNOWN) {
      order.passed(columns.time());
    }
    account.ignored(rule, 1);
  }

  private void call(boolean continued) throws IOException {
    int from = line.position();
    while (LineScanner.isWordByte(line.peek())) {
      line.advance();
    }
    SystemCall system = SystemCall.ofHash(line.hash(from, line.position()));
    int tid = columns.tid();
    first(system, tid);
    call.reset(system, tid, columns.time(), line.lineNumber());
    call.duration = columns.duration();
    if (system == null) {
      giveUp(tid);
      account.ignored(Account.NOT_ABOUT_MEMORY, 1);
      return;
    }
    boolean read = continued ? line.skip("())") : arguments.read(line, call);
    line.skipBlanks();
    boolean returned = line.skip("= ") || (line.skip('=') && line.atEnd());
    boolean suspended = !returned && !continued && line.skip("...");
    if (!read || !line.terminated() || (!suspended && (!returned || !readResult()))) {
      giveUp(tid);
      reject(UNREADABLE);
    } else if (suspended) {
      giveUp(tid);
      unfinished.put(tid, call.copy());
    } else {
      ended(continued);
    }
  }

  private void ended(boolean continued) throws IOException {
    Call begun = unfinished.remove(call.tid);
    if (!continued || begun == null || begun.system != call.system) {
      if (begun != null) {
        account.ignored(Account.NEVER_RETURNED, begun.lines);
      }
      if (continued) {
        call.time = UNKNOWN; // What is printed belongs to another call.
        call.duration = UNKNOWN;
      }
      add(new Ended(call.copy(), continued));
    } else {
      begun.result = call.result;
      begun.duration = call.duration;
      begun.lines++;
      add(new Ended(begun, false));
    }
  }

  /** Adds a call where it ended; without a time of its own it stays behind the line before it. */
  private void add(Ended ended) throws IOException {
    Call over = ended.call;
    if (over.time == UNKNOWN) {
      order.addBehindLast(ended);
    } else {
      order.add(ended, over.duration == UNKNOWN ? over.time : over.time + over.duration);
    }
  }

  private void ordered(Ended ended) throws IOException {
    if (ended.endOnly) {
      calls.ends(ended.call);
    } else {
      calls.whole(ended.call);
    }
  }

  private void first(@Nullable SystemCall system, int tid) {
    if (!callSeen) {
      callSeen = true;
      fromStart = system != null && system.isExec();
      if (!fromStart) {
        calls.tasks().unexplainedJoin(tid);
      }
    }
  }

  private void giveUp(int tid) {
    Call open = unfinished.remove(tid);
    if (open != null) {
      account.ignored(Account.NEVER_RETURNED, open.lines);
    }
  }

  /** Reads {@code 0x7f…}, {@code 0}, {@code -1 EINVAL (…)}, {@code 25562 (demo)}, {@code ?}. */
  private boolean readResult() {
    if (line.skip('?')) {
      call.result = UNKNOWN;
      return true;
    }
    if (line.atEnd()) {
      call.result = 0; // A clone in the child, whose name perf did not find.
      return true;
    }
    boolean negative = line.skip('-');
    long value = line.number();
    if (value == NONE) {
      return false;
    }
    call.result = negative ? -value : value;
    if (negative && line.skip(' ')) {
      long error = KernelNames.error(line);
      if (error != NONE) {
        call.result = -error;
      }
    }
    return true;
  }
}
