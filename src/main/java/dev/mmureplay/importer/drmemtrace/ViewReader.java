package dev.mmureplay.importer.drmemtrace;

import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.EventSink;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.importer.AccessRows;
import dev.mmureplay.importer.Account;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.call.CallLog;
import java.io.IOException;

/** Reads one output of the tool, line by line; markers go to {@link ViewCalls}. */
final class ViewReader {
  private static final String MARKER = "<marker: ";
  private static final String UNREADABLE_ACCESS = "unreadable access";

  private final LineScanner line;
  private final ViewLine columns = new ViewLine();
  private final Account account = new Account();
  private final CallLog log;
  private final ViewCalls calls;
  private final AccessRows accesses;
  private boolean summary;

  ViewReader(LineScanner line, ImportOptions options, EventSink sink) {
    this.line = line;
    this.log = new CallLog(account, sink);
    this.accesses = new AccessRows(log::append, options.fold());
    this.calls = new ViewCalls(line, account, log, accesses);
  }

  ImportReport read() throws IOException {
    while (line.nextLine()) {
      account.ledger().line();
      readLine();
    }
    accesses.endEpoch();
    calls.finish();
    log.finish();
    Fidelity fidelity =
        new Fidelity(
            Fidelity.Accesses.EVERY, true, false, false, calls.coresSeen(), false, false, 0);
    return new ImportReport(account.ledger(), fidelity, null);
  }

  /** Returns whether the line names the columns. */
  static boolean isColumnNames(LineScanner line) {
    return line.looksAt("<--record#-> <--instr#->") || line.looksAt("<record#>: T<tid>");
  }

  /** Returns whether the line divides the records of two threads. */
  static boolean isDivider(LineScanner line) {
    return line.looksAt("-----------------");
  }

  private void readLine() throws IOException {
    if (line.tooLong()) {
      account.rejected(line, Account.TOO_LONG, 1);
    } else if (line.atEnd()) {
      account.ignored(Account.BLANK, 1);
    } else if (summary || line.looksAt("View tool results:")) {
      summary = true;
      account.ignored("summary", 1);
    } else if (isDivider(line) || isColumnNames(line) || line.looksAt("Output format:")) {
      account.ignored("header", 1);
    } else if (columns.read(line)) {
      calls.thread(columns.workload(), columns.tid());
      record();
    } else {
      reject(Account.UNRECOGNISED);
    }
  }

  private void reject(String reason) {
    account.rejected(line, line.terminated() ? reason : Account.TRUNCATED, 1);
  }

  private void record() throws IOException {
    if (!line.terminated()) {
      reject(Account.TRUNCATED);
    } else if (line.skip(MARKER)) {
      if (!calls.marker()) {
        reject("unreadable marker");
      }
    } else if (line.skip("ifetch ")) {
      access(EventKind.FETCH);
    } else if (line.skip("read ")) {
      access(EventKind.READ);
    } else if (line.skip("write ")) {
      access(EventKind.WRITE);
    } else {
      other();
    }
  }

  /** Reads {@code 8 byte(s) @ 0x00007ffd90c13950 by PC 0x000000000040257d}. */
  private void access(EventKind kind) throws IOException {
    line.skipBlanks();
    long size = line.decimal();
    long address = line.skip(" byte(s) @ 0x") ? line.hex() : NONE;
    if (size <= 0 || size > EventSchema.PAGE_SIZE || address == NONE) {
      reject(UNREADABLE_ACCESS);
    } else if (line.skip(" non-fetched instruction")) {
      account.ignored("not-fetched", 1);
    } else if (address < 0) {
      account.ignored(AccessRows.AT_KERNEL_ADDRESS, 1);
    } else {
      calls.proceeds();
      accesses.add(kind, address, size, line.lineNumber());
      account.parsed(1);
    }
  }

  private void other() throws IOException {
    if (line.looksAt("pref")) {
      account.ignored("prefetch", 1);
    } else if (line.looksAt("iflush ") || line.looksAt("dflush ")) {
      account.ignored("cache-flush", 1);
    } else if (line.looksAt("<thread ") && line.indexOf(" exited>") > 0) {
      calls.exited();
    } else if (line.looksAt("<entry type ")) {
      account.ignored(ViewCalls.OTHER_MARKER, 1);
    } else if (isMoreBytes()) {
      account.ignored("instruction-bytes", 1);
    } else {
      reject(Account.UNRECOGNISED);
    }
  }

  /** Returns whether there are but bytes of an instruction, which did not fit the line before. */
  private boolean isMoreBytes() {
    if (line.peek() != ' ') {
      return false;
    }
    line.skipBlanks();
    while (line.hex() != NONE) {
      line.skipBlanks();
    }
    return line.atEnd();
  }
}
