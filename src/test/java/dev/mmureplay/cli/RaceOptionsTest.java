package dev.mmureplay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hazard: a race that is found and not told, or told with more certainty than the trace has. */
class RaceOptionsTest {
  private static final Path EVERY_ACCESS = Path.of("traces/adv-ad/adv-ad-free.adplug.txt.zst");
  private static final Path REAL_PTES = Path.of("traces/adv-ad/adv-ad-cold.adsnap.txt.zst");

  @TempDir Path directory;

  @Test
  void aRunTellsWhichBackendLosesBits() throws IOException {
    Path results = directory.resolve("results");
    Cli run =
        Cli.launch("run", EVERY_ACCESS, "-o", results, "--interleave", "exhaustive", "--quiet");

    assertThat(run.code()).as(run.toString()).isZero();
    assertThat(run.out())
        .contains("Accesses that raced with mprotect calls, and the A and D bits lost to them")
        .containsPattern("native +exhaustive +24 +0 +0 +\\d+\n")
        .containsPattern("none seen; \\d+ % of pages undecidable.* \\(native, trap-emulate,")
        .containsPattern("naive-batched +exhaustive +24 +4 +2 +0\n")
        .contains("can be lost: 6 (naive, naive-batched)");
    assertThat(Files.readString(results.resolve("report.md")))
        .contains("Races")
        .contains("Bits lost to races, the first 20");
  }

  /** Bits can be lost outside mprotect; what is lost there has no number of a call. */
  @Test
  void bitsLostWhileUserfaultfdProtectsAreListedOnceAndOutcomesBesideThem() throws IOException {
    Path trace = Path.of("traces/races/uffd-absent.events.txt");
    Path results = directory.resolve("results");
    Cli run = Cli.launch("run", trace, "-o", results);
    Cli lost =
        Cli.launch(
            "query", "lost-bits", "--db", results.resolve("results.duckdb"), "--format", "csv");

    assertThat(run.err()).contains("uffd-write-missed 1: every backend did not announce a write");
    assertThat(lost.out().lines().skip(1))
        .hasSize(2)
        .allMatch(line -> line.contains(",I1,recorded,") && line.contains("0x700000,,"));
    String report = Files.readString(results.resolve("report.md"));
    int others = report.indexOf("outcomes worth to be known");
    assertThat(report.substring(others, report.indexOf("Assumptions, and how often", others)))
        .contains("| uffd-write-missed |")
        .doesNotContain("| I1 |");
  }

  @Test
  void aProgramReadsTheSameInTheColumns() {
    Cli run =
        Cli.launch(
            "run",
            EVERY_ACCESS,
            "-o",
            directory.resolve("r"),
            "--interleave",
            "exhaustive",
            "--backend",
            "native,naive",
            "--format",
            "csv",
            "--quiet");

    assertThat(run.code()).as(run.toString()).isZero();
    assertThat(run.out().lines().findFirst().orElseThrow())
        .endsWith(
            ",note,races,candidates,accessed_lost,dirty_lost,transient_faults,bits_lost,calls_known,calls_assumed,calls_unknown");
    assertThat(run.out()).contains(",negative control,exhaustive,24,4,2,0,can be lost: 6,");
  }

  @Test
  void noVerdictIsStrongerThanTheTrace() {
    Cli run = Cli.launch("run", REAL_PTES, "-o", directory.resolve("r"), "--quiet");

    assertThat(run.code()).as(run.toString()).isZero();
    assertThat(run.out())
        .containsPattern("native +recorded +80 +0 +0 +58\n")
        .containsPattern("trap-emulate +recorded +80 +0 +0 +58\n")
        .containsPattern("preserve-ad +recorded +80 +0 +0 +0\n")
        .contains("none seen; 99 % of pages undecidable")
        .doesNotContainPattern("recorded +80 .* none *\n");
  }

  @Test
  void nothingIsSaidOfRacesWhereNoneIsTried() throws IOException {
    Cli run = Cli.launch("run", Cli.trace(directory), "-o", directory.resolve("r"));

    assertThat(run.code()).as(run.toString()).isZero();
    assertThat(run.out()).doesNotContain("Accesses that raced");
  }

  @ParameterizedTest
  @CsvSource({
    "--interleave, sometimes",
    "--interleave, random:0",
    "--assume-racing, 5",
    "--seed, x",
  })
  void nonsenseIsWrongUsage(String option, String value) throws IOException {
    Cli run =
        Cli.launch(
            "replay", Cli.trace(directory), "--db", directory.resolve("r.duckdb"), option, value);

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("'" + option + "'").doesNotContain("Exception");
  }

  @Test
  void aDistanceInTimeNeedsATraceWithTimes() throws IOException {
    Path trace = Cli.trace(directory);
    Cli run =
        Cli.launch(
            "replay", trace, "--db", directory.resolve("r.duckdb"), "--assume-racing", "10ns");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err())
        .endsWith(
            trace
                + ": expected a distance in events, because the trace has no clock, but found 10ns\n");
  }

  @Test
  void assumedRacesWithoutAnInterleavingAreWrongUsage() throws IOException {
    Cli run =
        Cli.launch(
            "replay",
            Cli.trace(directory),
            "--db",
            directory.resolve("r.duckdb"),
            "--interleave",
            "none",
            "--assume-racing",
            "5events");

    assertThat(run.code()).isEqualTo(2);
  }
}
