package dev.mmureplay.importer.gdb;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.event.EventSink;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.importer.Account;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.SystemCall;
import dev.mmureplay.importer.call.Call;
import dev.mmureplay.importer.call.CallLog;
import java.io.IOException;

/** Reads one session of gdb, line by line. */
final class GdbReader {
  /** What a line of the stop handler begins with. */
  static final String HANDLER = "@ ";

  /** What rax holds where a call begins: the kernel puts -ENOSYS there. */
  private static final long ENOSYS = -38;

  private final LineScanner line;
  private final Account account = new Account();
  private final CallLog calls;
  private final Call call = new Call();
  private boolean taskSeen;

  GdbReader(LineScanner line, EventSink sink) {
    this.line = line;
    this.calls = new CallLog(account, sink);
  }

  ImportReport read() throws IOException {
    while (line.nextLine()) {
      account.ledger().line();
      readLine();
    }
    calls.finish();
    Fidelity fidelity =
        new Fidelity(Fidelity.Accesses.NONE, true, false, true, false, false, false, 0);
    return new ImportReport(account.ledger(), fidelity, null);
  }

  private void readLine() throws IOException {
    if (line.tooLong()) {
      account.rejected(line, Account.TOO_LONG, 1);
    } else if (line.atEnd()) {
      account.ignored(Account.BLANK, 1);
    } else if (line.skip(HANDLER)) {
      if (!readCall()) {
        reject("unreadable arguments or result");
      }
    } else if (isStop(line) || isSourceLine()) {
      account.ignored("stop", 1);
    } else if (line.peek() == '['
        || line.looksAt("Using host libthread_db library")
        || line.looksAt("The program is not being run.")) {
      account.ignored("gdb-message", 1);
    } else {
      reject(Account.UNRECOGNISED);
    }
  }

  private void reject(String reason) {
    account.rejected(line, line.terminated() ? reason : Account.TRUNCATED, 1);
  }

  /** Returns whether gdb says that it has set a catchpoint or stopped at one. */
  static boolean isStop(LineScanner line) {
    return line.looksAt("Catchpoint ")
        || (line.looksAt("Thread ") && line.indexOf(" hit Catchpoint ") > 0);
  }

  /** Returns whether this is the line of the program at which it stopped: {@code 117<TAB>…}. */
  private boolean isSourceLine() {
    boolean number = line.decimal() != NONE && line.peek() == '\t';
    line.position(0);
    return number;
  }

  private boolean readCall() throws IOException {
    long time = line.nanos();
    boolean blanks = line.skip(' ');
    long tid = line.decimal();
    blanks &= line.skip(' ');
    if (!blanks || time == NONE || tid <= 0 || tid > Integer.MAX_VALUE) {
      return false;
    }
    int from = line.position();
    while (LineScanner.isWordByte(line.peek())) {
      line.advance();
    }
    SystemCall system = SystemCall.ofHash(line.hash(from, line.position()));
    call.reset(system, (int) tid, time, line.lineNumber());
    if (!readValues() || !line.terminated()) {
      return false;
    }
    if (!taskSeen) {
      taskSeen = true;
      calls.tasks().unexplainedJoin((int) tid);
    }
    Call open = calls.open((int) tid);
    if (call.result == ENOSYS && (open == null || open.system != system)) {
      call.result = UNKNOWN;
      if (!call.isComplete()) {
        return false;
      }
      calls.begins(call);
    } else {
      calls.ends(call);
    }
    return true;
  }

  /** Reads {@code start=0x7ffff7fa1000 len=0x4000 prot=0x1 rax=-38}. */
  private boolean readValues() {
    while (line.skip(' ')) {
      boolean result = line.looksAt("rax=");
      if (!line.skipTo("=")) {
        return false;
      }
      boolean negative = line.skip('-');
      long value = line.number();
      if (value == NONE) {
        return false;
      }
      if (result) {
        call.result = negative ? -value : value;
        return line.atEnd();
      }
      call.add(negative ? -value : value);
    }
    return false;
  }
}
