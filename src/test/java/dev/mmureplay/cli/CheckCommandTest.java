package dev.mmureplay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Hazard: an author takes a broken backend for a correct one, or cannot see why it is broken. */
class CheckCommandTest {
  @Test
  void aNegativeControlIsCaughtWithTheOrderThatShowsIt() {
    Cli check = Cli.launch("check", "--backend", "naive", "--kernel", "linux-6.1");

    assertThat(check.code()).as(check.toString()).isZero();
    assertThat(check.err()).isEmpty();
    assertThat(check.out())
        .contains(
            "  I1 I9   caught\n",
            "naive, linux-6.1, I1: an A or D bit is lost\n",
            "   4  CPU 1  read 0: walk, sets A: P RW US A NX frame 100\n",
            "      page 0 lost A\n",
            "D cleared inside the transaction, clears: naive\n");
  }

  @Test
  void correctBackendsAreARowForEachKernelAndNoOrderIsShown() {
    Cli check = Cli.launch("check", "--backend", "native,multicall", "--format", "csv");

    assertThat(check.code()).as(check.toString()).isZero();
    assertThat(check.out().lines())
        .first()
        .isEqualTo(
            "backend,kernel,programs,schedules,violations,transient_faults,stale_uses,retries_max,"
                + "broken,verdict,clean,witness");
    assertThat(check.out().lines().skip(1))
        .isNotEmpty()
        .allMatch(
            line ->
                line.matches("native,.*,correct,clears,.*|multicall,.*,correct,cannot clear,.*"))
        .noneMatch(line -> line.contains("CPU"));
  }

  @Test
  void lateDirtySaysWhatItChanges() {
    Cli check =
        Cli.launch(
            "check",
            "--backend",
            "native",
            "--kernel",
            "linux-6.1",
            "--late-dirty",
            "--format",
            "json");

    assertThat(check.code()).as(check.toString()).isZero();
    assertThat(check.out())
        .containsPattern("\"late_dirty_bits\": [1-9]")
        .contains("\"more_violations\": 0")
        .containsPattern("\"more_stale_uses\": [1-9]");
  }

  @Test
  void aKernelThatNeedsTheFeatureIsWrongUsageWithoutIt() {
    Cli check = Cli.launch("check", "--no-preserve-ad", "--kernel", "linux-6.1");

    assertThat(check.code()).isEqualTo(2);
    assertThat(check.err())
        .startsWith(
            "mmureplay: expected a kernel that boots without XENFEAT_mmu_pt_update_preserve_ad but"
                + " found linux-6.1");
  }
}
