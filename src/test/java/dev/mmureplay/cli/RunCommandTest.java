package dev.mmureplay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hazard: the main job stops half way and leaves results that look whole. */
final class RunCommandTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void pricesEveryBackendAndSaysWhatIsKnown() throws IOException {
    Path results = directory.resolve("results");

    Cli run = Cli.launch("run", Cli.trace(directory), "-o", results);

    assertThat(run.code()).as(run.toString()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .containsPattern("backend +low +typical +high +ratio_low +ratio_typical +ratio_high")
        .containsPattern("native .* 1\\.00 +1\\.00 +1\\.00")
        .contains("trap-emulate ", "mmu-update-batch", "negative control")
        .contains("3 mprotect calls; every page access seen; residency as recorded")
        .contains("1 of 9 lines rejected")
        .contains("Wrote " + results + "/: results.duckdb, report.html, report.md");
    assertThat(Cli.filesIn(results)).containsExactly("report.html", "report.md", "results.duckdb");
  }

  @Test
  void printsOnlyTheResultForPrograms() throws IOException {
    Cli run =
        Cli.launch(
            "run",
            Cli.trace(directory),
            "-o",
            directory,
            "--format",
            "csv",
            "--backend",
            "native,multicall");

    assertThat(run.out().lines())
        .hasSize(3)
        .first()
        .isEqualTo(
            "replay,trace,backend,low,typical,high,ratio_low,ratio_typical,ratio_high,note,races,candidates,"
                + "accessed_lost,dirty_lost,transient_faults,bits_lost,calls_known,calls_assumed,calls_unknown");
    assertThat(run.out()).contains("none seen; ").contains(" of pages undecidable");
    assertThat(run.err()).contains("residency as recorded");
  }

  @Test
  void addsToResultsThatAreThere() throws IOException {
    Path database = Cli.results(directory);

    Cli run = Cli.launch("run", Cli.trace(directory), "-o", directory.resolve("results"));

    assertThat(run.code()).isZero();
    assertThat(
            Cli.launch("sql", "--db", database, "--format", "csv", "SELECT id FROM replay").out())
        .isEqualTo("id\n1\n2\n");
  }

  @Test
  void equalResultsGiveEqualReports() throws IOException {
    Path database = Cli.results(directory);
    Path again = directory.resolve("again.html");

    Cli.launch("report", "--db", database, "-o", again);

    assertThat(again).hasSameBinaryContentAs(database.resolveSibling("report.html"));
  }

  @Test
  void aFailingTraceLeavesNothingAndNamesWhatWasStoredBefore() throws IOException {
    Path good = Cli.trace(directory);
    Path bad = Files.writeString(directory.resolve("bad.log"), "nobody knows this\n");
    Path results = directory.resolve("results");

    Cli run = Cli.launch("run", good, bad, "-o", results);

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err())
        .startsWith("mmureplay: " + bad + ": expected a trace of a known format")
        .contains("stored before that in " + results)
        .contains(good.toString());
    Path database = results.resolve("results.duckdb");
    assertThat(
            Cli.launch(
                    "sql", "--db", database, "--format", "csv", "SELECT count(*) AS n FROM replay")
                .out())
        .isEqualTo("n\n1\n");
  }

  @Test
  void aFirstTraceThatFailsLeavesNoDirectory() throws IOException {
    Cli run =
        Cli.launch("run", directory.resolve("absent.log"), "-o", directory.resolve("results"));

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo(
            "mmureplay: "
                + directory.resolve("absent.log")
                + ": expected a trace but there is no such file\n");
    assertThat(Cli.filesIn(directory)).isEmpty();
  }

  @Test
  void anUnknownPriceListIsWrongUsageAndListsTheKnownOnes() throws IOException {
    Cli run =
        Cli.launch(
            "run", Cli.trace(directory), "-o", directory.resolve("results"), "--profile", "cheap");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .startsWith("mmureplay: expected a price list (")
        .contains("xen-modern", "but found \"cheap\"; see 'mmureplay run --help'");
    assertThat(Cli.filesIn(directory)).containsExactly("sample.log");
  }

  @Test
  void aCostFileThatDoesNotFitStopsBeforeTheWork() throws IOException {
    Path costs = Files.writeString(directory.resolve("costs.csv"), "a,b\n1,2\n");

    Cli run =
        Cli.launch("run", Cli.trace(directory), "-o", directory.resolve("r"), "--costs", costs);

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).startsWith("mmureplay: " + costs);
    assertThat(directory.resolve("r")).doesNotExist();
  }

  @Test
  void aDirectoryThatIsAFileIsOneSentence() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");

    Cli run = Cli.launch("run", Cli.trace(directory), "-o", file);

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo("mmureplay: " + file + ": expected a directory but found a file\n");
  }

  @Test
  void readsATraceFromStandardInput() {
    Cli run = Cli.fed(Cli.TRACE, "run", "lackey:-", "-o", directory);

    assertThat(run.code()).as(run.toString()).isZero();
  }
}
