package dev.mmureplay.importer.declared;

import dev.mmureplay.event.EventSink;
import dev.mmureplay.importer.Account;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.TraceImporter;
import dev.mmureplay.importer.TraceSource;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads lines whose fields the user declares, such as those of an own bpftrace script. */
public final class PatternImporter implements TraceImporter {
  /** The name by which the command line asks for this importer. */
  public static final String NAME = "pattern";

  private static final String ATTACHING = "Attaching ";

  /** For {@link java.util.ServiceLoader}. */
  public PatternImporter() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String description() {
    return "lines declared by --pattern 'KIND: … %time %tid %address:x …', as of an own bpftrace"
        + " script; never recognised, always to be named";
  }

  /** Nothing tells the lines of one user from those of another. */
  @Override
  public boolean recognises(byte[] head) {
    return false;
  }

  @Override
  public ImportReport importTrace(TraceSource source, ImportOptions options, EventSink events)
      throws IOException {
    List<LinePattern> patterns = options.patterns().stream().map(LinePattern::parse).toList();
    LineScanner line = new LineScanner(source.stream());
    Account account = new Account();
    DeclaredEvents declared = new DeclaredEvents(account, events, options.fold());
    while (line.nextLine()) {
      account.ledger().line();
      String reason = read(line, patterns, account, declared);
      if (reason != null) {
        account.rejected(line, reason, 1);
      }
    }
    return declared.finish();
  }

  /** Reads a line; returns why it is rejected, or null. */
  private static @Nullable String read(
      LineScanner line, List<LinePattern> patterns, Account account, DeclaredEvents declared)
      throws IOException {
    if (line.tooLong()) {
      return Account.TOO_LONG;
    }
    String missing = null;
    for (LinePattern pattern : patterns) {
      DeclaredRecord record = pattern.match(line);
      if (record != null) {
        missing = DeclaredEvents.objection(record);
        if (missing == null) {
          declared.add(record);
          return null;
        }
      }
    }
    line.position(0);
    if (line.atEnd()) {
      account.ignored(Account.BLANK, 1);
    } else if (line.looksAt(ATTACHING) && line.indexOf(" probe") > 0) {
      account.ignored("attaching", 1);
    } else if (line.peek() == '@' && line.indexOf(":") > 0) {
      account.ignored("map-dump", 1);
    } else if (missing != null) {
      return missing;
    } else if (!lost(line, declared)) {
      return "no pattern matches";
    }
    return null;
  }

  /** Takes {@code Lost 164 events}. */
  private static boolean lost(LineScanner line, DeclaredEvents declared) throws IOException {
    if (!line.skip("Lost ")) {
      return false;
    }
    long count = line.decimal();
    if (count < 0 || !line.looksAt(" event")) {
      return false;
    }
    declared.lost(line.lineNumber(), count);
    return true;
  }
}
