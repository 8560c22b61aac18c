package dev.mmureplay.machine;

import static dev.mmureplay.machine.Bench.EXEC;
import static dev.mmureplay.machine.Bench.READ;
import static dev.mmureplay.machine.Bench.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.Operation;
import org.junit.jupiter.api.Test;

/**
 * A failing call is not a call without effect: what it did before it failed stays done, and is paid
 * for.
 */
class MprotectCallTest {
  private static final long ENOMEM = -12;
  private static final long EACCES = -13;
  private static final long EINVAL = -22;

  private final Bench bench = new Bench(GuestKernel.LINUX_6_1);

  @Test
  void splitsAndMergesVmasAsTheirFlagsChangeAndComeBack() {
    bench.map(0, 16, READ | WRITE);
    bench.mprotect(4, 4, READ);
    assertThat(bench.vmas()).containsExactly("0+4 3", "4+4 1", "8+8 3");
    bench.mprotect(6, 4, READ);
    assertThat(bench.vmas()).containsExactly("0+4 3", "4+6 1", "10+6 3");
    bench.mprotect(4, 6, READ | WRITE);
    assertThat(bench.vmas()).containsExactly("0+16 3");
  }

  @Test
  void aRegionThatWasNeverWritableDoesNotMergeWithOneThatIsAccounted() {
    bench.map(0, 4, READ | WRITE);
    bench.map(4, 4, READ);
    bench.mprotect(0, 4, READ);
    assertThat(bench.vmas()).containsExactly("0+4 1", "4+4 1");
  }

  @Test
  void anUnwrittenVmaMergesIntoAWrittenNeighbourButNotTheOtherWayRound() {
    // Linux up to 6.15: the VMA that grows must have a singular anon_vma chain if the range has an
    // anon_vma.
    bench.map(0, 8, READ | WRITE);
    bench.mprotect(4, 4, READ);
    bench.write(0, 1);
    bench.mprotect(4, 4, READ | WRITE);
    assertThat(bench.vmas()).containsExactly("0+8 3");

    Bench other = new Bench(GuestKernel.LINUX_6_1);
    other.map(0, 8, READ | WRITE);
    other.mprotect(0, 4, READ);
    other.machine.access(other.space, AccessKind.WRITE, Bench.page(4));
    other.mprotect(4, 4, READ);
    assertThat(other.vmas()).containsExactly("0+4 1", "4+4 1");
  }

  @Test
  void aHoleFailsWithEnomemAfterThePagesBeforeItWereChangedAndFlushed() {
    bench.map(0, 4, READ | WRITE);
    bench.map(5, 4, READ | WRITE);
    bench.write(0, 4);
    bench.write(5, 4);
    assertThat(bench.mprotect(0, 9, READ, ENOMEM)).isEqualTo(ENOMEM);
    assertThat(bench.vmas()).containsExactly("0+4 1", "5+4 3");
    assertThat(bench.change.updatedPtes()).isEqualTo(4);
    assertThat(bench.count("native", Operation.INVLPG)).isEqualTo(4);
  }

  @Test
  void aHoleAtTheStartChangesNothing() {
    bench.map(4, 4, READ | WRITE);
    assertThat(bench.mprotect(0, 8, READ)).isEqualTo(ENOMEM);
    assertThat(bench.vmas()).containsExactly("4+4 3");
  }

  @Test
  void enomemWithoutAHoleChangesNothingAndIsMarkedAsGuessed() {
    bench.map(0, 8, READ | WRITE);
    bench.write(0, 8);
    assertThat(bench.mprotect(0, 8, READ, ENOMEM)).isEqualTo(ENOMEM);
    assertThat(bench.vmas()).containsExactly("0+8 3");
    assertThat(bench.change.assumed()).isTrue();
    assertThat(bench.machine.assumptions().counts()).containsEntry(Assumptions.REFUSING_VMA, 1L);
  }

  @Test
  void eaccesStopsAtTheSharedFileMappingThatRefusesToBecomeWritable() {
    bench.map(0, 4, READ);
    bench.machine.mmap(bench.space, Bench.page(4), 4 * Machine.PAGE_SIZE, READ, 0x1, 7, 0);
    assertThat(bench.mprotect(0, 8, READ | WRITE, EACCES)).isEqualTo(EACCES);
    assertThat(bench.vmas()).containsExactly("0+4 3", "4+4 1");
  }

  @Test
  void aMisalignedStartUnknownBitsAndBothGrowBitsAreEinval() {
    bench.map(0, 4, READ | WRITE);
    bench.machine.mprotect(
        bench.space, Bench.page(0) + 1, 4096, READ, -1, Machine.UNKNOWN_RESULT, bench.change);
    assertThat(bench.change.result()).isEqualTo(EINVAL);
    assertThat(bench.mprotect(0, 4, 0x10)).isEqualTo(EINVAL);
    assertThat(bench.mprotect(0, 4, 0x0300_0000)).isEqualTo(EINVAL);
    assertThat(bench.vmas()).containsExactly("0+4 3");
  }

  @Test
  void aLengthOfZeroSucceedsAndOneThatWrapsIsEnomem() {
    bench.map(0, 4, READ | WRITE);
    assertThat(bench.mprotect(0, 0, READ)).isZero();
    bench.machine.mprotect(
        bench.space, Bench.page(0), -4096, READ, -1, Machine.UNKNOWN_RESULT, bench.change);
    assertThat(bench.change.result()).isEqualTo(ENOMEM);
    assertThat(bench.vmas()).containsExactly("0+4 3");
  }

  @Test
  void aLengthIsRoundedUpToPages() {
    bench.map(0, 4, READ | WRITE);
    bench.machine.mprotect(
        bench.space, Bench.page(0), 4097, READ, -1, Machine.UNKNOWN_RESULT, bench.change);
    assertThat(bench.vmas()).containsExactly("0+2 1", "2+2 3");
  }

  @Test
  void aRecordedSuccessOverAnUnknownMappingDeducesIt() {
    assertThat(bench.mprotect(0, 4, READ, 0)).isZero();
    assertThat(bench.vmas()).containsExactly("0+4 1");
    assertThat(bench.change.assumed()).isTrue();
    assertThat(bench.machine.assumptions().counts()).containsEntry(Assumptions.MAPPING, 1L);
  }

  @Test
  void aChangeOfTheProtectionKeyAloneRewritesThePtes() {
    bench.map(0, 4, READ | WRITE);
    bench.write(0, 4);
    bench.machine.mprotect(
        bench.space, Bench.page(0), 4 * Machine.PAGE_SIZE, READ | WRITE, 2, 0, bench.change);
    assertThat(bench.change.updatedPtes()).isEqualTo(4);
    assertThat(bench.change.flushPages()).isEqualTo(4);
  }

  @Test
  void theOldKernelFlushesInFullForEveryPieceEvenWithNothingResident() {
    Bench old = new Bench(GuestKernel.LINUX_2_6_27);
    old.map(0, 8, READ | WRITE);
    old.mprotect(2, 2, READ | WRITE | EXEC);
    old.mprotect(0, 8, READ);
    assertThat(old.change.vmaPieces()).isEqualTo(3);
    assertThat(old.count("native", Operation.TLB_FULL_FLUSH)).isEqualTo(1 + 3);
  }

  @Test
  void theOldKernelLeavesPrivatePagesReadOnlyUntilTheNextWrite() {
    Bench old = new Bench(GuestKernel.LINUX_2_6_27);
    for (Bench each : new Bench[] {old, bench}) {
      each.map(0, 2, READ | WRITE);
      each.write(0, 2);
      each.mprotect(0, 2, READ);
      each.mprotect(0, 2, READ | WRITE);
    }
    assertThat(old.count("native", Operation.PTE_UPGRADE)).isZero();
    assertThat(old.count("native", Operation.PTE_KEEP)).isEqualTo(2);
    assertThat(bench.count("native", Operation.PTE_UPGRADE)).isEqualTo(2);
  }
}
