package dev.mmureplay.importer.lackey;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.EventSink;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.TraceSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.Assertions;

/** Imports logs for the tests of this package, and writes events as one line of text each. */
final class LackeyLogs {
  static final ImportOptions FOLDED = new ImportOptions(true);
  static final ImportOptions UNFOLDED = new ImportOptions(false);

  /** What came of an import. */
  record Imported(List<String> events, ImportReport report) {}

  private LackeyLogs() {}

  /** Imports a log and checks that its ledger balances. */
  static Imported imported(String log, ImportOptions options) throws IOException {
    List<String> events = new ArrayList<>();
    ImportReport report = importLog(bytes(log), options, row -> events.add(text(row)));
    return new Imported(events, report);
  }

  static ImportReport importLog(byte[] log, ImportOptions options, EventSink sink)
      throws IOException {
    try (TraceSource source = TraceSource.of("t.log", log)) {
      ImportReport report = new LackeyImporter().importTrace(source, options, sink);
      report.ledger().check("t.log");
      return report;
    }
  }

  static byte[] bytes(String log) {
    return log.getBytes(StandardCharsets.UTF_8);
  }

  /** A real log of a program that starts threads and forks, in excerpts. */
  static byte[] real() throws IOException {
    String name = "clone-and-fork.lackey.txt.zst";
    try (InputStream in = Objects.requireNonNull(LackeyLogs.class.getResourceAsStream(name), name);
        TraceSource source = TraceSource.of(name, in.readAllBytes())) {
      return source.stream().readAllBytes();
    }
  }

  /** {@code kind pid/tid column=value… = result xCOUNT @line}; what is unknown is left out. */
  static String text(EventRow row) {
    StringBuilder text = new StringBuilder();
    text.append(row.kind).append(' ').append(row.pid).append('/').append(row.tid);
    add(text, "", row.address);
    add(text, "+", row.length);
    if (row.protection != EventSchema.UNKNOWN_INT) {
      text.append(" prot=").append(row.protection);
    }
    if (!row.kind.isAccess()) {
      add(text, "flags=", row.flags);
    }
    add(text, "to=", row.address2);
    add(text, "length2=", row.length2);
    if (row.file != EventSchema.UNKNOWN_INT) {
      text.append(" file=").append(row.file);
    }
    add(text, "offset=", row.offset);
    if (row.result != EventSchema.UNKNOWN) {
      boolean errno = row.result < 0 && row.result > -4096;
      add(text, "= ", errno ? EventSchema.UNKNOWN : row.result);
      text.append(errno ? " = " + row.result : "");
    }
    Assertions.assertThat(row.kind == EventKind.READ || row.kind.code() > 0).isTrue();
    return text + (row.count == 1 ? "" : " x" + row.count) + " @" + row.line;
  }

  private static void add(StringBuilder text, String name, long value) {
    if (value != EventSchema.UNKNOWN) {
      text.append(' ').append(name).append(Long.toHexString(value));
    }
  }
}
