package dev.mmureplay.importer.qemu;

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
import dev.mmureplay.importer.TaskTable;
import dev.mmureplay.importer.call.Call;
import dev.mmureplay.importer.call.CallLog;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one log of QEMU, line by line; a line may hold the beginnings of several calls. */
final class QemuReader {
  private static final String UNREADABLE = "unreadable arguments or result";

  /** How many calls may wait for their results; the eldest is given up for one more. */
  private static final int MAX_OPEN = 1 << 12;

  private final LineScanner line;
  private final Account account = new Account();
  private final CallLog calls;
  private final EventRow row = new EventRow();

  /** The calls printed without a result, the latest first. */
  private final Deque<Call> open = new ArrayDeque<>();

  private final Set<Integer> threaded = new HashSet<>();
  private boolean callSeen;
  private boolean fromStart;
  private int lastPid = 1;

  /** How many lines are still to be entered for the line at hand: 1, or 0 once it is entered. */
  private int lines;

  /** The call that gets the line if none ends on it. */
  private @Nullable Call keeper;

  QemuReader(LineScanner line, EventSink sink) {
    this.line = line;
    this.calls = new CallLog(account, sink);
  }

  ImportReport read() throws IOException {
    while (line.nextLine()) {
      account.ledger().line();
      readLine();
    }
    while (!open.isEmpty()) {
      Call oldest = open.removeLast();
      giveUp(oldest);
      keeper = oldest == keeper ? null : keeper;
    }
    calls.finish();
    Fidelity fidelity =
        new Fidelity(Fidelity.Accesses.NONE, false, true, false, false, fromStart, false, 0);
    return new ImportReport(account.ledger(), fidelity, null);
  }

  private void readLine() throws IOException {
    lines = 1;
    keeper = null;
    if (line.tooLong()) {
      account.rejected(line, Account.TOO_LONG, 1);
    } else if (line.atEnd()) {
      account.ignored(Account.BLANK, 1);
    } else if (line.skip(QemuLine.RESULT)) {
      result();
    } else if (line.looksAt(QemuLine.SIGNAL)) {
      signal();
    } else if (QemuLine.isLayout(line)) {
      account.ignored("page-layout", 1);
    } else if (QemuLine.isNote(line)) {
      account.ignored("qemu-note", 1);
    } else {
      records();
    }
  }

  private void reject(String reason) {
    account.rejected(line, line.terminated() ? reason : Account.TRUNCATED, lines);
    lines = 0;
    line.position(line.length());
  }

  private void ignore(String rule) {
    account.ignored(rule, lines);
    lines = 0;
  }

  /** Takes a result alone on its line. */
  private void result() throws IOException {
    Call call = open.poll();
    if (call == null) {
      ignore("result-without-call");
    } else if (readResult(call)) {
      call.lines += lines;
      complete(call);
    } else {
      giveUp(call);
      reject(UNREADABLE);
    }
  }

  private void giveUp(Call call) {
    boolean about = call.system != null;
    account.ignored(about ? Account.NEVER_RETURNED : Account.NOT_ABOUT_MEMORY, call.lines);
  }

  private void signal() throws IOException {
    line.position("--- ".length());
    int from = line.position();
    while (LineScanner.isWordByte(line.peek())) {
      line.advance();
    }
    long number = KernelNames.SIGNALS.get(line.hash(from, line.position()));
    if (!line.terminated() || number == NONE) {
      reject(Account.UNRECOGNISED);
      return;
    }
    row.reset(EventKind.SIGNAL, calls.tasks().pid(lastPid), lastPid);
    row.flags = number;
    row.line = line.lineNumber();
    long address = line.skipTo("si_addr=") ? line.number() : NONE;
    row.address = address == NONE ? UNKNOWN : address;
    calls.append(row);
    account.parsed(1);
  }

  /** Reads calls one behind the other; each but the last one is without its result. */
  private void records() throws IOException {
    do {
      if (!record()) {
        reject(Account.UNRECOGNISED);
        return;
      }
    } while (!line.atEnd() && !line.skip(QemuLine.LAYOUT_CHANGED));
  }

  private boolean record() throws IOException {
    long pid = line.decimal();
    if (pid <= 0 || pid > Integer.MAX_VALUE || !line.skip(' ')) {
      return false;
    }
    lastPid = (int) pid;
    if (line.skip(QemuLine.UNKNOWN_CALL)) {
      ignore("unknown-syscall");
      return line.decimal() != NONE;
    }
    int from = line.position();
    while (LineScanner.isWordByte(line.peek())) {
      line.advance();
    }
    int nameEnd = line.position();
    if (nameEnd == from || line.peek() != '(') {
      return false;
    }
    SystemCall system = SystemCall.ofHash(line.hash(from, nameEnd));
    Call call = new Call().reset(system, lastPid, UNKNOWN, line.lineNumber());
    boolean read = system == null || !system.isMemory() || readArguments(call);
    if (system == SystemCall.CLONE) {
      line.skip('(');
      call.cloneFlags = KernelNames.expression(line, KernelNames.FLAGS);
      line.position(nameEnd);
    }
    line.position(nameEnd);
    if (!QemuLine.skipArguments(line) || !read || call.cloneFlags == NONE) {
      reject(UNREADABLE);
      return true;
    }
    first(call);
    end(call);
    return true;
  }

  private void first(Call call) {
    if (!callSeen) {
      callSeen = true;
      fromStart = call.system == SystemCall.BRK && call.arguments[0] == 0;
    }
  }

  /** Takes what stands behind the arguments: a result, or anything else. */
  private void end(Call call) throws IOException {
    SystemCall system = call.system;
    boolean exit = system != null && system.isExit();
    if (line.skip(QemuLine.RESULT)) {
      if (!readResult(call)) {
        reject(UNREADABLE);
        return;
      }
      call.lines = lines;
      lines = 0;
      complete(call);
    } else if (exit && system == SystemCall.EXIT && threaded.contains(call.tid)) {
      ignore("exit-of-unnamed-thread");
    } else if (exit) {
      call.lines = lines;
      lines = 0;
      complete(call);
    } else {
      stayOpen(call);
    }
  }

  private void stayOpen(Call call) {
    // The line is for what ends on it; else for a call on it that may become an event; else for
    // the last one.
    boolean last = line.atEnd() || line.looksAt(QemuLine.LAYOUT_CHANGED);
    if (keeper == null || keeper.system == null) {
      keeper = call;
    }
    if (!line.terminated() && last) {
      reject(Account.TRUNCATED);
      return;
    }
    call.lines = 0;
    if (last) {
      keeper.lines = lines;
      lines = 0;
    }
    open.push(call);
    if (open.size() > MAX_OPEN) {
      Call oldest = open.removeLast();
      giveUp(oldest);
      keeper = oldest == keeper ? null : keeper;
    }
  }

  private void complete(Call call) throws IOException {
    if (call.system != null && call.system.isClone() && call.result > 0) {
      boolean thread =
          call.system == SystemCall.CLONE && (call.cloneFlags & TaskTable.CLONE_THREAD) != 0;
      if (thread) {
        threaded.add(call.tid);
      }
    }
    calls.whole(call);
  }

  private boolean readArguments(Call call) {
    line.skip('(');
    do {
      long value = KernelNames.expression(line, KernelNames.FLAGS);
      if (value == NONE) {
        return false;
      }
      call.add(value);
    } while (line.skip(','));
    return line.skip(')') && call.isComplete();
  }

  /** Reads {@code 0x000000400283d000}, {@code 274939023360} or {@code -1 errno=22 (…)}. */
  private boolean readResult(Call call) {
    boolean negative = line.skip('-');
    long value = line.number();
    if (value == NONE || !line.terminated()) {
      return false;
    }
    call.result = negative ? -value : value;
    if (negative && line.skip(" errno=")) {
      long error = line.decimal();
      if (error <= 0) {
        return false;
      }
      call.result = -error;
    }
    line.position(line.length());
    return true;
  }
}
