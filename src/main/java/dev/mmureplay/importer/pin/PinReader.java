package dev.mmureplay.importer.pin;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.EventSink;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.importer.AccessRows;
import dev.mmureplay.importer.Account;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.LineScanner;
import java.io.IOException;

/** Reads one trace of accesses, line by line. */
final class PinReader {
  /** Stands for the only task of a trace that names none. */
  private static final int SOLE_TASK = 1;

  private final LineScanner line;
  private final Account account = new Account();
  private final PinAccess access = new PinAccess();
  private final AccessRows rows;

  PinReader(LineScanner line, ImportOptions options, EventSink sink) {
    this.line = line;
    this.rows = new AccessRows(sink, options.fold());
    rows.by(SOLE_TASK, SOLE_TASK);
  }

  ImportReport read() throws IOException {
    while (line.nextLine()) {
      account.ledger().line();
      readLine();
    }
    rows.endEpoch();
    Fidelity fidelity =
        new Fidelity(Fidelity.Accesses.EVERY, false, false, false, false, false, false, 0);
    return new ImportReport(account.ledger(), fidelity, null);
  }

  private void readLine() throws IOException {
    if (line.tooLong()) {
      account.rejected(line, Account.TOO_LONG, 1);
    } else if (line.atEnd()) {
      account.ignored(Account.BLANK, 1);
    } else if (line.peek() == '#') {
      account.ignored("comment", 1);
    } else if (!access.startsLike(line)) {
      reject(Account.UNRECOGNISED);
    } else if (!access.read(line) || access.size() > EventSchema.PAGE_SIZE || !line.terminated()) {
      reject("unreadable access");
    } else if (access.address() < 0 || access.instruction() < 0) {
      account.ignored(AccessRows.AT_KERNEL_ADDRESS, 1);
    } else {
      rows.add(EventKind.FETCH, access.instruction(), 1, line.lineNumber());
      rows.add(access.kind(), access.address(), access.size(), line.lineNumber());
      account.parsed(1);
    }
  }

  private void reject(String reason) {
    account.rejected(line, line.terminated() ? reason : Account.TRUNCATED, 1);
  }
}
