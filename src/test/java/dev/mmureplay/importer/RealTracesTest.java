package dev.mmureplay.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.mmureplay.event.Ledger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Guards against a line of a real trace being counted twice or not at all. Reads every file of the
 * directory that the system property {@code traces} names, and is skipped without it:
 *
 * <pre>
 * mvn -Dquick -Dtest=RealTracesTest -Dtraces=DIRECTORY -DtracesTable=TABLE.md test
 * </pre>
 */
class RealTracesTest {
  private static final String HEADER =
      """
      | file | tool | lines | events | ignored | rejected |
      | --- | --- | ---: | ---: | ---: | ---: |
      """;

  @Test
  void everyLineOfEveryFileIsAccountedFor() throws IOException {
    String directory = System.getProperty("traces", "");
    assumeThat(directory).as("-Dtraces=DIRECTORY").isNotEmpty();
    List<String> rows = new ArrayList<>();
    List<String> unread = new ArrayList<>();
    for (Path file : files(Path.of(directory))) {
      try {
        rows.add(row(file));
      } catch (UnknownFormatException e) {
        unread.add(e.getMessage());
      }
    }
    Path table = Path.of(System.getProperty("tracesTable", "target/traces.md"));
    Files.writeString(table, HEADER + String.join("\n", rows) + "\n");
    assertThat(unread).isEmpty();
    assertThat(rows).isNotEmpty();
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static String row(Path file) throws IOException {
    try (TraceSource source = TraceSource.open(file.toString())) {
      TraceImporter importer = Importers.recognise(source);
      long[] events = new long[1];
      ImportReport report = importer.importTrace(source, ImportOptions.DEFAULT, row -> events[0]++);
      Ledger ledger = report.ledger();
      ledger.check(source.name());
      return String.format(
          Locale.ROOT,
          "| %s | %s | %,d | %,d | %,d | %,d |",
          source.fileName(),
          importer.name(),
          ledger.lines(),
          events[0],
          ledger.ignoredCount(),
          ledger.rejectedCount());
    }
  }
}
