package dev.mmureplay.machine;

import static dev.mmureplay.machine.Bench.READ;
import static dev.mmureplay.machine.Bench.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.Pte;
import org.junit.jupiter.api.Test;

/**
 * What a kernel was seen to do with a page is not to be guessed: neither whether it is there nor
 * what its PTE holds.
 */
class RecordedPagesTest {
  private static final long SHARED = 0x1;
  private static final long PRIVATE_ANONYMOUS_POPULATED = 0x8022;
  private static final long CLEAN = Pte.PRESENT | Pte.RW | Pte.USER | Pte.ACCESSED | Pte.NX;
  private static final int FILE = 5;

  private final Bench bench = new Bench(GuestKernel.LINUX_6_1);

  private void record(long page, long word) {
    bench.machine.recordedPages().record(bench.space, Bench.page(page), word);
  }

  private long pte(long page) {
    return bench.machine.seeds().pte(bench.space, Bench.page(page));
  }

  private void mapShared(long pages) {
    bench.machine.mmap(
        bench.space,
        Bench.page(0),
        pages * Machine.PAGE_SIZE,
        READ | WRITE,
        SHARED,
        FILE,
        Bench.page(0));
  }

  @Test
  void aPteOfAMappingThatIsKnownIsWhatTheKernelSet() {
    bench.map(0, 4, READ | WRITE);
    bench.write(0, 1);
    // MADV_COLD takes A and leaves D.
    record(0, (CLEAN | Pte.DIRTY) & ~Pte.ACCESSED);
    assertThat(pte(0) & Pte.ACCESSED_DIRTY).isEqualTo(Pte.DIRTY);
    assertThat(Pte.isWritable(pte(0))).isTrue();
  }

  @Test
  void aPageThatTheKernelHasCopiedIsTheProgramsAlone() {
    bench.map(0, 4, READ | WRITE);
    bench.read(0);
    record(0, CLEAN | Pte.DIRTY);
    bench.mprotect(0, 4, READ);
    bench.mprotect(0, 4, READ | WRITE);
    assertThat(Pte.isWritable(pte(0))).isTrue();
  }

  @Test
  void anEntryThatMapsNothingSaysNothing() {
    bench.map(0, 4, READ | WRITE);
    record(0, 0x1234_0000L);
    assertThat(pte(0)).isZero();
  }

  @Test
  void aCleanPageThatIsWritableShowsThatItsFileSystemAnnouncesNoWrites() {
    mapShared(4);
    record(0, CLEAN);
    record(1, CLEAN & ~Pte.RW);
    bench.mprotect(0, 4, READ);
    bench.mprotect(0, 4, READ | WRITE);
    assertThat(Pte.isWritable(pte(1))).isTrue();
  }

  @Test
  void whereOnlyDirtyPagesAreWritableTheFirstWriteIsAnnounced() {
    mapShared(4);
    record(0, CLEAN | Pte.DIRTY);
    record(1, CLEAN & ~Pte.RW);
    bench.mprotect(0, 4, READ);
    bench.mprotect(0, 4, READ | WRITE);
    assertThat(Pte.isWritable(pte(0))).isTrue();
    assertThat(Pte.isWritable(pte(1))).isFalse();
  }

  @Test
  void whereThePopulatingIsShownNothingElseIsPopulated() {
    bench.machine.recordedPages().showPopulating();
    bench.machine.mmap(
        bench.space,
        Bench.page(0),
        4 * Machine.PAGE_SIZE,
        READ | WRITE,
        PRIVATE_ANONYMOUS_POPULATED,
        0,
        0);
    record(2, CLEAN | Pte.DIRTY);
    assertThat(pte(0)).isZero();
    assertThat(pte(2)).isNotZero();
  }

  @Test
  void aTouchSetsAPteIfThereIsNoneThatPermitsItAndTheMappingDoes() {
    bench.map(0, 4, READ);
    bench.read(0);
    RecordedPages pages = bench.machine.recordedPages();
    assertThat(pages.wouldSet(bench.space, AccessKind.READ.ordinal(), Bench.page(0))).isFalse();
    assertThat(pages.wouldSet(bench.space, AccessKind.READ.ordinal(), Bench.page(1))).isTrue();
    assertThat(pages.wouldSet(bench.space, AccessKind.WRITE.ordinal(), Bench.page(1))).isFalse();
    assertThat(pages.wouldSet(bench.space, AccessKind.WRITE.ordinal(), Bench.page(9))).isTrue();
  }

  @Test
  void anMremapThatFailsHasUnmappedTheNewPlaceAndWhatIsTooMuch() {
    bench.map(0, 8, READ | WRITE);
    bench.map(20, 8, READ | WRITE);
    bench.machine.mremapFails(
        bench.space, Bench.page(0), 16 * Machine.PAGE_SIZE, 6 * Machine.PAGE_SIZE, Bench.page(22));
    assertThat(bench.vmas()).containsExactly("0+6 3", "20+2 3");
  }

  @Test
  void anMremapOfNothingFailsBeforeItUnmaps() {
    bench.map(20, 8, READ | WRITE);
    bench.machine.mremapFails(
        bench.space, Bench.page(0), Machine.PAGE_SIZE, Machine.PAGE_SIZE, Bench.page(22));
    assertThat(bench.vmas()).containsExactly("20+8 3");
  }

  private static Bench betweenTwoThatDoNotMerge(GuestKernel kernel) {
    Bench bench = new Bench(kernel);
    // Written apart, so that each has an anon_vma of its own.
    bench.map(0, 2, READ | WRITE);
    bench.write(0, 2);
    bench.map(4, 2, READ | WRITE);
    bench.write(4, 2);
    bench.map(2, 2, READ | WRITE);
    return bench;
  }

  @Test
  void aNewMappingJoinsTheOneBehindItInLinux61AndTheOneInFrontInOthers() {
    assertThat(betweenTwoThatDoNotMerge(GuestKernel.LINUX_6_1).vmas())
        .containsExactly("0+2 3", "2+4 3");
    assertThat(betweenTwoThatDoNotMerge(GuestKernel.LINUX_6_18).vmas())
        .containsExactly("0+4 3", "4+2 3");
  }
}
