package dev.mmureplay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hazard: a trace that was only half understood looks like one that was read. */
final class ImportAndInfoTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void importSaysWhatBecameOfTheLines() throws IOException {
    Path target = directory.resolve("sample.arrow");

    Cli cli = Cli.launch("import", Cli.trace(directory), "-o", target);

    assertThat(cli.code()).as(cli.toString()).isZero();
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err()).startsWith(target + ": ").contains("9 lines of lackey", "1 rejected");
    assertThat(target).exists();
  }

  @Test
  void quietSaysNothing() throws IOException {
    Cli cli =
        Cli.launch("import", "-q", Cli.trace(directory), "-o", directory.resolve("sample.arrow"));

    assertThat(cli.out() + cli.err()).isEmpty();
  }

  @Test
  void strictFailsOnTheLineThatWasNotUnderstoodAndWritesNothing() throws IOException {
    Path trace = Cli.trace(directory);

    Cli cli = Cli.launch("import", trace, "-o", directory.resolve("a.arrow"), "--strict");

    assertThat(cli.code()).isEqualTo(1);
    assertThat(cli.err()).startsWith("mmureplay: " + trace + ":9: ");
    assertThat(Cli.filesIn(directory)).containsExactly("sample.log");
  }

  /** An event file remembers what was rejected. */
  @Test
  void strictFailsWithEveryVerbThatReadsTraces() throws IOException {
    Path trace = Cli.trace(directory);
    Path events = directory.resolve("sample.arrow");
    Cli.launch("import", trace, "-o", events);

    for (Path each : List.of(trace, events)) {
      for (List<Object> verb :
          List.<List<Object>>of(
              List.of("info"),
              List.of("stats"),
              List.of("run", "-o", directory.resolve("results")),
              List.of("replay", "--db", directory.resolve("results.duckdb")))) {
        List<Object> words = new ArrayList<>(verb);
        words.addAll(List.of(each, "--strict"));
        Cli cli = Cli.launch(words.toArray());
        assertThat(cli.code()).as(cli.toString()).isEqualTo(1);
        assertThat(cli.err())
            .contains(
                "sample.log:9: expected a line that lackey understands but found \" S zzz,8\"",
                "rejected 1 of 9 lines");
      }
    }
    assertThat(Cli.filesIn(directory)).containsExactly("sample.arrow", "sample.log");
  }

  @Test
  void infoAccountsForEveryLineAndNamesTheFirstRejectedOnes() throws IOException {
    Path trace =
        Files.writeString(
            directory.resolve("many.log"), Cli.TRACE + " S zzz,8\n".repeat(2_000) + "\n");

    assertThat(Cli.launch("info", trace, "--format", "csv").out())
        .contains("ledger,lines,2010\n", "ledger,rejected,2001\n")
        .contains("first_rejected_lines,1.line,9\n", "first_rejected_lines,10.line,18\n")
        .doesNotContain("first_rejected_lines,11.");
  }

  @Test
  void severalTracesGoIntoADirectory() throws IOException {
    Path one = Cli.trace(directory);
    Path two = Files.copy(one, directory.resolve("two.txt"));
    Path events = Files.createDirectory(directory.resolve("events"));

    assertThat(Cli.launch("import", one, "lackey:" + two, "-o", events).code()).isZero();
    assertThat(Cli.filesIn(events)).containsExactly("sample.arrow", "two.arrow");
    assertThat(Cli.launch("import", one, two, "-o", directory.resolve("a.arrow")).code())
        .isEqualTo(2);
  }

  @Test
  void anUnknownTraceFormatListsTheKnownOnes() throws IOException {
    Cli cli =
        Cli.launch(
            "import", Cli.trace(directory), "-o", directory.resolve("a"), "--format", "frob");

    assertThat(cli.code()).isEqualTo(2);
    assertThat(cli.err()).contains("expected a trace format (", "lackey", "but found \"frob\"");
  }

  @Test
  void infoSaysWhatIsInATrace() throws IOException {
    Cli cli = Cli.launch("info", Cli.trace(directory));

    assertThat(cli.code()).as(cli.toString()).isZero();
    assertThat(cli.out())
        .containsPattern("importer +lackey")
        .containsPattern("accesses +every")
        .containsPattern("lines +9")
        .containsPattern(
            """
            mprotect
              calls            3
              failed           1
              result_unknown   0
              distinct_ranges  3
              pages_min        1
              pages_median     1
              pages_p99        2
              pages_max        2
            """)
        .contains("first rejected lines", " S zzz,8");
  }

  @Test
  void infoOfAnEventFileIsThatOfItsTrace() throws IOException {
    Path trace = Cli.trace(directory);
    Path events = directory.resolve("sample.arrow");
    Cli.launch("import", trace, "-o", events);

    assertThat(Cli.launch("info", events, "--format", "json").out())
        .isEqualTo(Cli.launch("info", trace, "--format", "json").out())
        .contains("\"mprotect\": {\n    \"calls\": 3,");
    assertThat(Cli.launch("info", events, "--format", "csv").out())
        .startsWith("section,name,value\ntrace,source,")
        .contains("\nmprotect,calls,3\n");
  }

  @Test
  void damagedAndForeignFilesAreOneSentence() throws IOException {
    Path events = directory.resolve("sample.arrow");
    Cli.launch("import", Cli.trace(directory), "-o", events);
    byte[] bytes = Files.readAllBytes(events);
    Path cut = directory.resolve("cut.arrow");
    Files.write(cut, java.util.Arrays.copyOf(bytes, bytes.length / 2));

    for (Object bad : new Object[] {cut, directory, directory.resolve("absent"), "/dev/null"}) {
      Cli cli = Cli.launch("info", bad);
      assertThat(cli.code()).as(cli.toString()).isEqualTo(1);
      assertThat(cli.out()).isEmpty();
      assertThat(cli.err().lines()).hasSize(1);
      assertThat(cli.err()).startsWith("mmureplay: " + bad);
    }
  }
}
