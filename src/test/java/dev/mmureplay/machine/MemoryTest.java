package dev.mmureplay.machine;

import static dev.mmureplay.machine.Bench.READ;
import static dev.mmureplay.machine.Bench.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.mmu.Cause;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.Operation;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Residency decides how many PTEs an mprotect rewrites; a page too many or too few changes every
 * figure.
 */
class MemoryTest {
  private final Bench bench = new Bench(GuestKernel.LINUX_6_1, 16);

  private long resident(long first, long pages) {
    bench.mprotect(first, pages, READ | WRITE | Bench.EXEC);
    return bench.change.presentPtes();
  }

  @Test
  void aWriteAndAReadOfAnonymousMemoryMakeThePageResident() {
    bench.map(0, 8, READ | WRITE);
    bench.write(0, 1);
    bench.read(3);
    assertThat(resident(0, 8)).isEqualTo(2);
  }

  @Test
  void anAccessThatTheVmaForbidsPopulatesNothing() {
    bench.map(0, 8, READ);
    assertThat(bench.machine.access(bench.space, AccessKind.WRITE, Bench.page(0))).isFalse();
    assertThat(bench.machine.access(bench.space, AccessKind.FETCH, Bench.page(1))).isFalse();
    assertThat(resident(0, 8)).isZero();
  }

  @Test
  void aReadFaultOfAFileMappingBringsItsAlignedNeighboursWithIt() {
    bench.machine.mmap(bench.space, Bench.page(8), 40 * Machine.PAGE_SIZE, READ, 0x2, 5, 0);
    bench.read(20);
    // The window of 16 pages around page 20 is 16 to 31.
    bench.mprotect(8, 40, READ | WRITE);
    assertThat(bench.change.presentPtes()).isEqualTo(16);
    assertThat(bench.machine.assumptions().counts()).containsEntry(Assumptions.FAULT_AROUND, 15L);
  }

  @Test
  void aWriteFaultOfAPrivateFileMappingCopiesOnePage() {
    bench.machine.mmap(bench.space, Bench.page(0), 32 * Machine.PAGE_SIZE, READ | WRITE, 0x2, 5, 0);
    bench.write(3, 1);
    assertThat(resident(0, 32)).isEqualTo(1);
  }

  @Test
  void munmapAndMadviseDontneedTakePagesAway() {
    bench.map(0, 16, READ | WRITE);
    bench.write(0, 16);
    bench.unmap(4, 4);
    bench.machine.madvise(bench.space, Bench.page(8), 2 * Machine.PAGE_SIZE, 4);
    assertThat(bench.vmas()).containsExactly("0+4 3", "8+8 3");
    assertThat(resident(8, 8)).isEqualTo(6);
    assertThat(resident(0, 4)).isEqualTo(4);
  }

  @Test
  void mapFixedOverOldPagesStartsEmpty() {
    bench.map(0, 16, READ | WRITE);
    bench.write(0, 16);
    bench.map(4, 4, READ | WRITE);
    assertThat(bench.vmas()).containsExactly("0+16 3");
    assertThat(resident(0, 16)).isEqualTo(12);
  }

  @Test
  void mremapMovesThePagesAndKeepsThem() {
    bench.map(0, 4, READ | WRITE);
    bench.write(0, 3);
    bench.machine.mremap(
        bench.space,
        Bench.page(0),
        4 * Machine.PAGE_SIZE,
        8 * Machine.PAGE_SIZE,
        1,
        Bench.page(600));
    assertThat(bench.vmas()).containsExactly("600+8 3");
    assertThat(resident(600, 8)).isEqualTo(3);
  }

  @Test
  void theHeapGrowsAndShrinksWithTheBreak() {
    bench.machine.brk(bench.space, 0, Bench.page(0));
    bench.machine.brk(bench.space, Bench.page(8), Bench.page(8));
    bench.write(0, 8);
    assertThat(bench.vmas()).containsExactly("0+8 3");
    bench.machine.brk(bench.space, Bench.page(4) + 100, Bench.page(4) + 100);
    assertThat(bench.vmas()).containsExactly("0+5 3");
    assertThat(resident(0, 5)).isEqualTo(5);
  }

  @Test
  void theHeapStaysApartFromWhatIsInFrontOfItUnderANewerKernel() {
    for (GuestKernel kernel : GuestKernel.values()) {
      Bench bss = new Bench(kernel);
      bss.map(0, 2, READ | WRITE);
      bss.machine.brk(bss.space, 0, Bench.page(2));
      bss.machine.brk(bss.space, Bench.page(4), Bench.page(4));
      bss.machine.brk(bss.space, Bench.page(8), Bench.page(8));
      assertThat(bss.vmas())
          .as("%s", kernel)
          .containsExactlyElementsOf(
              kernel == GuestKernel.LINUX_2_6_27 ? List.of("0+8 3") : List.of("0+2 3", "2+6 3"));
    }
  }

  @Test
  void newMemoryBehindTheBreakIsExecutableWhereReadingImpliesIt() {
    bench.machine.brk(bench.space, 0, Bench.page(0));
    bench.machine.brk(bench.space, Bench.page(8), Bench.page(8), READ | WRITE | Bench.EXEC);
    assertThat(bench.vmas()).containsExactly("0+8 7");
  }

  @Test
  void aBreakThatIsAnotherThanItWasLeftMovesNothing() {
    bench.machine.brk(bench.space, 0, Bench.page(0));
    // The program was replaced in between, which this trace does not show.
    bench.machine.brk(bench.space, 0, Bench.page(800));
    bench.machine.brk(bench.space, Bench.page(900), Bench.page(800));
    assertThat(bench.vmas()).isEmpty();
    bench.machine.brk(bench.space, Bench.page(808), Bench.page(808));
    assertThat(bench.vmas()).containsExactly("800+8 3");
  }

  @Test
  void aThreadsStackStaysApartFromItsNeighbourUnderANewerKernel() {
    long stack = Bench.ANONYMOUS | 0x20000;
    for (GuestKernel kernel : GuestKernel.values()) {
      Bench two = new Bench(kernel);
      two.map(0, 4, READ | WRITE);
      two.machine.mmap(two.space, Bench.page(4), 4 * Machine.PAGE_SIZE, 3, stack, 0, 0);
      assertThat(two.space.vmaCount())
          .as("%s", kernel)
          .isEqualTo(kernel == GuestKernel.LINUX_6_18 ? 2 : 1);
    }
  }

  @Test
  void mapPopulateMakesEveryPageResidentWithoutAFault() {
    bench.machine.mmap(
        bench.space, Bench.page(0), 8 * Machine.PAGE_SIZE, READ | WRITE, 0x22 | 0x8000, 0, 0);
    assertThat(bench.counter("native").get(Cause.FAULT, Operation.PAGE_FAULT)).isZero();
    assertThat(resident(0, 8)).isEqualTo(8);
  }

  @Test
  void forkSharesWrittenPagesAndTheFirstWriterCopies() {
    bench.map(0, 4, READ | WRITE);
    bench.write(0, 4);
    AddressSpace child = bench.machine.fork(bench.space, 2);
    long faults = bench.counter("native").get(Cause.FAULT, Operation.PAGE_FAULT);
    // A read of the child needs no fault, a write of either does.
    bench.machine.access(child, AccessKind.READ, Bench.page(0));
    assertThat(bench.counter("native").get(Cause.FAULT, Operation.PAGE_FAULT) - faults).isZero();
    bench.write(0, 1);
    assertThat(bench.counter("native").get(Cause.FAULT, Operation.PAGE_FAULT) - faults)
        .isEqualTo(1);
    // Now the child is the only one left with the old frame: it takes it over without a copy.
    long exchanges = bench.counter("native").get(Cause.FAULT, Operation.LOCKED_RMW);
    bench.machine.access(child, AccessKind.WRITE, Bench.page(0));
    assertThat(bench.counter("native").get(Cause.FAULT, Operation.LOCKED_RMW)).isEqualTo(exchanges);
    assertThat(bench.breaches).isEmpty();
  }

  @Test
  void pagesSharedAfterForkStayReadOnlyWhenTheVmaBecomesWritableAgain() {
    bench.map(0, 2, READ | WRITE);
    bench.write(0, 2);
    bench.machine.fork(bench.space, 2);
    bench.mprotect(0, 2, READ);
    bench.mprotect(0, 2, READ | WRITE);
    assertThat(bench.count("native", Operation.PTE_UPGRADE)).isZero();
  }

  @Test
  void tearingDownReportsEveryResidentPageOnce() {
    bench.map(0, 1000, READ | WRITE);
    bench.write(100, 700);
    bench.machine.drop(bench.space);
    assertThat(bench.finalPages).hasSize(700).doesNotHaveDuplicates();
    assertThat(bench.breaches).isEmpty();
  }

  @Test
  void anAccessOutsideEveryMappingDeducesOne() {
    assertThat(bench.machine.access(bench.space, AccessKind.WRITE, Bench.page(3))).isTrue();
    assertThat(bench.vmas()).containsExactly("3+1 7");
    assertThat(bench.machine.assumptions().counts()).containsEntry(Assumptions.MAPPING, 1L);
  }

  @Test
  void aStackGrowsDownToTheAccess() {
    bench.machine.mmap(
        bench.space, Bench.page(100), 4 * Machine.PAGE_SIZE, READ | WRITE, 0x122, 0, 0);
    bench.write(90, 1);
    assertThat(bench.vmas()).containsExactly("90+14 3");
  }

  @Test
  void madvFreeCleansPagesAndLeavesThemResident() {
    bench.map(0, 4, READ | WRITE);
    bench.write(0, 4);
    bench.machine.madvise(bench.space, Bench.page(0), 4 * Machine.PAGE_SIZE, 8);
    assertThat(bench.breaches).isEmpty();
    bench.mprotect(0, 4, READ);
    assertThat(bench.change.updatedPtes()).isEqualTo(4);
    // Clean pages are not upgraded when the right to write comes back.
    bench.mprotect(0, 4, READ | WRITE);
    assertThat(bench.count("native", Operation.PTE_UPGRADE)).isZero();
  }
}
