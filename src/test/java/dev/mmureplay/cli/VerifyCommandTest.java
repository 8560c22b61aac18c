package dev.mmureplay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyCommandTest {
  private static final String RECORDING = "traces/xen-4.17-linux-6.1/wl-busybox.ftrace.txt.zst";

  @TempDir Path folder;

  @Test
  void aRecordingThatAgreesIsASuccess() {
    Cli verify = Cli.launch("verify", RECORDING, "--quiet");

    assertThat(verify.code()).as(verify.toString()).isZero();
    assertThat(verify.out())
        .contains(
            RECORDING + ": backend mmu-update-batch, guest kernel linux-6.1",
            "12 mprotect calls: 12 compared, 12 equal, 0 different, 0 not comparable",
            "84 rewritten PTEs compared");
    assertThat(verify.err()).isEmpty();
  }

  @Test
  void aModelThatDiffersIsAFailureThatNamesCallExpectationAndFinding() {
    Cli verify =
        Cli.launch("verify", RECORDING, "--quiet", "--backend", "preserve-ad", "--limit", "1");

    assertThat(verify.code()).isEqualTo(1);
    assertThat(verify.out())
        .contains("The first 1 of 12 differences:")
        .containsPattern(
            RECORDING
                + ":\\d+: mprotect\\(0x[0-9a-f]+, 0x[0-9a-f]+, r--\\) by task \\d+: update"
                + " hypercalls: expected 1x\\d+ but found \\d+\n");
    assertThat(verify.err())
        .isEqualTo(
            "mmureplay: "
                + RECORDING
                + ": expected every compared call to be equal but 12 of 12 differ\n");
  }

  @Test
  void programsGetOneRowForEachCall() {
    Cli csv = Cli.launch("verify", RECORDING, "--quiet", "--format", "csv");

    assertThat(csv.code()).isZero();
    assertThat(csv.out().lines()).hasSize(13);
    assertThat(csv.out())
        .startsWith("trace,call,line,pid,tid,address,length,protection,result,outcome,reason,");
    assertThat(csv.out().lines().skip(1)).allMatch(line -> line.contains(",equal,"));
  }

  @Test
  void theComparisonIsStoredWithItsReplay() {
    Path database = folder.resolve("results.duckdb");

    assertThat(Cli.launch("verify", RECORDING, "--quiet", "--db", database).code()).isZero();
    assertThat(Cli.launch("query", "agreement", "--db", database, "--format", "csv").out().lines())
        .contains("1,flushes,12,12,0,0", "1,rewritten PTEs,12,12,0,0");
    assertThat(
            Cli.launch(
                    "sql",
                    "--db",
                    database,
                    "--format",
                    "csv",
                    "SELECT count(*) AS n, (SELECT count(*) FROM difference) AS d FROM replay")
                .out())
        .isEqualTo("n,d\n1,0\n");
  }

  @Test
  void aTraceWithoutObservationsCannotBeVerified() throws IOException {
    Path trace = Cli.trace(folder);
    Path database = folder.resolve("none.duckdb");
    Cli verify = Cli.launch("verify", trace, "--quiet", "--db", database);

    assertThat(verify.code()).isEqualTo(1);
    assertThat(verify.err())
        .isEqualTo(
            "mmureplay: "
                + trace
                + ": expected observations of a kernel (xen:* tracepoints, PTEs, mappings, TLB flushes)"
                + " to compare with but found none\n");
  }

  @Test
  void severalBackendsAtOnceAreWrongUsage() {
    Cli verify = Cli.launch("verify", RECORDING, "--backend", "native,multicall");

    assertThat(verify.code()).isEqualTo(2);
    assertThat(verify.err()).contains("expected one backend for --backend but found 2");
  }
}
