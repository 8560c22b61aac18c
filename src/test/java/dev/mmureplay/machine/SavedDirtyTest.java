package dev.mmureplay.machine;

import static dev.mmureplay.machine.Bench.READ;
import static dev.mmureplay.machine.Bench.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.Pte;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Dirtiness has to be found in the same place on every way that a page can take. */
class SavedDirtyTest {
  private final Bench bench = new Bench(GuestKernel.LINUX_6_18);

  private static String state(AddressSpace space, long page) {
    LeafTable leaf = space.tables.get(Bench.page(page) >>> Machine.CHUNK_SHIFT);
    long pte = Objects.requireNonNull(leaf).reference[Machine.index(Bench.page(page))];
    return (Pte.isPresent(pte) ? "P" : "-")
        + (Pte.isWritable(pte) ? "W" : "-")
        + (Pte.isAccessed(pte) ? "A" : "-")
        + ((pte & Pte.DIRTY) != 0 ? "D" : "-")
        + ((pte & Pte.SAVED_DIRTY) != 0 ? "S" : "-");
  }

  private String state(long page) {
    return state(bench.space, page);
  }

  @AfterEach
  void everyBackendHoldsTheSamePtes() {
    bench.machine.drop(bench.space);
    assertThat(bench.breaches).isEmpty();
    assertThat(bench.machine.backends())
        .extracting(BackendState::digest)
        .containsOnly(bench.machine.backends().get(0).digest());
  }

  @Test
  void mprotectMovesItAsideAndBack() {
    bench.map(0, 1, READ | WRITE);
    bench.write(0, 1);
    assertThat(state(0)).isEqualTo("PWAD-");
    bench.mprotect(0, 1, READ);
    assertThat(state(0)).isEqualTo("P-A-S");
    bench.mprotect(0, 1, 0);
    assertThat(state(0)).isEqualTo("--A-S");
    bench.mprotect(0, 1, READ | WRITE);
    assertThat(state(0)).isEqualTo("PWAD-");
  }

  @Test
  void aPageRecordedUnderAnOlderKernelIsTakenOverAsThisOneWouldHaveIt() {
    bench.map(0, 2, READ);
    long word = Pte.PRESENT | Pte.USER | Pte.ACCESSED | Pte.DIRTY | Pte.NX;
    bench.machine.seeds().page(bench.space, Bench.page(0), word);
    assertThat(state(0)).isEqualTo("P-A-S");
    bench.machine.seeds().page(bench.space, Bench.page(1), word & ~Pte.DIRTY);
    bench.machine.seeds().hardwareBits(bench.space, Bench.page(1), Pte.DIRTY);
    assertThat(state(1)).isEqualTo("P-A-S");
    bench.mprotect(0, 2, 0);
    assertThat(state(0)).isEqualTo("--A-S");
  }

  @Test
  void forkMovesItAsideInBothAndAWriteTakesItBack() {
    bench.map(0, 2, READ | WRITE);
    bench.write(0, 2);
    AddressSpace child = bench.machine.fork(bench.space, 2);
    assertThat(state(0)).isEqualTo("P-A-S");
    assertThat(state(child, 0)).isEqualTo("P---S");
    bench.write(0, 1);
    assertThat(state(0)).isEqualTo("PWAD-");
    bench.machine.access(child, AccessKind.WRITE, Bench.page(0));
    assertThat(state(child, 0)).isEqualTo("PWAD-");
    bench.machine.drop(child);
  }

  @Test
  void cleanExclusivePagesBecomeWritableAtOnceAndStayClean() {
    bench.map(0, 1, READ | WRITE);
    bench.write(0, 1);
    bench.machine.madvise(bench.space, Bench.page(0), Machine.PAGE_SIZE, 8);
    bench.mprotect(0, 1, READ);
    assertThat(state(0)).isEqualTo("P----");
    bench.mprotect(0, 1, READ | WRITE);
    assertThat(state(0)).isEqualTo("PW---");
  }

  @Test
  void madvFreeCleansReadOnlyAndProtNonePagesToo() {
    bench.map(0, 2, READ | WRITE);
    bench.write(0, 2);
    bench.mprotect(0, 1, READ);
    bench.mprotect(1, 1, 0);
    bench.machine.madvise(bench.space, Bench.page(0), 2 * Machine.PAGE_SIZE, 8);
    assertThat(state(0)).isEqualTo("P----");
    assertThat(state(1)).isEqualTo("-----");
  }

  @Test
  void unwrittenMemoryLosesItsChargeWithWriteAndMergesWithMemoryThatNeverHadOne() {
    bench.map(0, 2, READ | WRITE);
    bench.map(2, 2, READ);
    bench.mprotect(0, 2, READ);
    assertThat(bench.vmas()).containsExactly("0+4 1");
    Bench older = new Bench(GuestKernel.LINUX_6_1);
    older.map(0, 2, READ | WRITE);
    older.map(2, 2, READ);
    older.mprotect(0, 2, READ);
    assertThat(older.vmas()).containsExactly("0+2 1", "2+2 1");
  }

  @Test
  void aWrittenVmaMergesIntoOneThatNeverWas() {
    for (GuestKernel kernel : GuestKernel.values()) {
      Bench two = new Bench(kernel);
      two.map(0, 2, READ | WRITE);
      two.map(2, 2, READ | WRITE);
      two.mprotect(2, 2, READ);
      two.mprotect(2, 2, READ | WRITE | Bench.EXEC);
      two.write(2, 1);
      two.mprotect(2, 2, READ | WRITE);
      assertThat(two.vmas()).as("%s", kernel).hasSize(kernel.mergesOnlySingularAnonVma() ? 2 : 1);
    }
  }

  @Test
  void aForksCopyDoesNotMergeWithMemoryThatNeverWasWritten() {
    bench.map(0, 2, READ | WRITE);
    bench.write(0, 1);
    AddressSpace child = bench.machine.fork(bench.space, 2);
    bench.machine.mmap(
        child, Bench.page(2), 2 * Machine.PAGE_SIZE, READ | WRITE, Bench.ANONYMOUS, 0, 0);
    assertThat(child.vmaCount()).isEqualTo(2);
    bench.machine.mmap(
        bench.space, Bench.page(2), 2 * Machine.PAGE_SIZE, READ | WRITE, Bench.ANONYMOUS, 0, 0);
    assertThat(bench.space.vmaCount()).isEqualTo(1);
    bench.machine.drop(child);
  }
}
