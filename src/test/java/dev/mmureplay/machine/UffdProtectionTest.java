package dev.mmureplay.machine;

import static dev.mmureplay.machine.Bench.READ;
import static dev.mmureplay.machine.Bench.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.mmu.Cause;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.Operation;
import dev.mmureplay.mmu.Pte;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Userfaultfd announces a write to a protected page if the page, or a marker, is there to fault.
 */
class UffdProtectionTest {
  private static final long SHARED = 0x21;

  private Bench bench = new Bench(GuestKernel.LINUX_6_1);

  private void map(GuestKernel kernel, long flags) {
    bench = new Bench(kernel);
    long length = 1024 * Machine.PAGE_SIZE;
    bench.machine.mmap(bench.space, Bench.page(0), length, READ | WRITE, flags, 0, 0);
  }

  private void protect(long pages, boolean protect, boolean unpopulated) {
    bench.machine.uffdWriteProtect(
        bench.space, Bench.page(0), pages * Machine.PAGE_SIZE, protect, unpopulated, bench.change);
  }

  private long pte(long page) {
    LeafTable leaf = bench.space.tables.get(Bench.page(page) >>> Machine.CHUNK_SHIFT);
    return Objects.requireNonNull(leaf).reference[Machine.index(Bench.page(page))];
  }

  private long announced() {
    return bench.machine.assumptions().counts().getOrDefault(UffdFaults.LIFTED, 0L);
  }

  private void assertMissed(long pages) {
    assertThat(bench.machine.backends())
        .allSatisfy(
            state ->
                assertThat(state.outcomes())
                    .isEqualTo(pages == 0 ? Map.of() : Map.of(Outcome.UFFD_WRITE_MISSED, pages)));
  }

  private long count(String backend, Operation operation) {
    return bench.counter(backend).get(Cause.UFFD_WRITEPROTECT, operation);
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
  void aPresentPageLosesTheRightToWriteAndAnnouncesOneWrite() {
    map(GuestKernel.LINUX_6_1, Bench.ANONYMOUS);
    bench.write(0, 2);
    protect(2, true, false);
    assertThat(pte(0) & (Pte.RW | Pte.UFFD_WP | Pte.DIRTY)).isEqualTo(Pte.UFFD_WP | Pte.DIRTY);
    bench.write(0, 2);
    bench.write(0, 2);
    assertThat(announced()).isEqualTo(2);
    assertThat(pte(0) & (Pte.RW | Pte.UFFD_WP)).isEqualTo(Pte.RW);
    assertMissed(0);
  }

  @Test
  void anAbsentAnonymousPageIsMissedUpTo63() {
    map(GuestKernel.LINUX_6_1, Bench.ANONYMOUS);
    bench.write(0, 1);
    bench.read(1);
    protect(4, true, true);
    bench.read(2);
    bench.write(0, 4);
    bench.write(0, 4);
    assertThat(announced()).isEqualTo(2);
    assertMissed(2);
    assertThat(bench.machine.assumptions().counts())
        .containsEntry(UffdProtection.NO_SUCH_FEATURE, 1L);
  }

  @Test
  void aMarkerMakesItAnnouncedWhereTheTrackerAskedForIt() {
    map(GuestKernel.LINUX_6_18, Bench.ANONYMOUS);
    protect(4, true, true);
    bench.read(1);
    assertThat(pte(1) & (Pte.RW | Pte.UFFD_WP)).isEqualTo(Pte.UFFD_WP);
    bench.write(0, 4);
    assertThat(announced()).isEqualTo(4);
    assertMissed(0);
  }

  @Test
  void whoDoesNotAskForItMissesItStill() {
    map(GuestKernel.LINUX_6_18, Bench.ANONYMOUS);
    protect(4, true, false);
    bench.write(0, 4);
    assertMissed(4);
  }

  @Test
  void sharedMemoryAlwaysGetsMarkers() {
    map(GuestKernel.LINUX_6_1, SHARED);
    protect(4, true, false);
    bench.write(0, 4);
    assertThat(announced()).isEqualTo(4);
    assertMissed(0);
  }

  @Test
  void whatIsUnprotectedAgainIsNotAnnounced() {
    map(GuestKernel.LINUX_6_18, Bench.ANONYMOUS);
    bench.write(0, 2);
    protect(4, true, true);
    protect(4, false, true);
    assertThat(pte(0) & (Pte.RW | Pte.UFFD_WP)).isEqualTo(Pte.RW);
    bench.write(0, 4);
    assertThat(announced()).isZero();
    assertMissed(0);
  }

  @Test
  void mprotectDoesNotGiveAProtectedPageTheRightToWriteBack() {
    map(GuestKernel.LINUX_6_18, Bench.ANONYMOUS);
    bench.write(0, 1);
    protect(1, true, false);
    bench.mprotect(0, 1, READ);
    bench.mprotect(0, 1, READ | WRITE);
    assertThat(pte(0) & (Pte.RW | Pte.UFFD_WP)).isEqualTo(Pte.UFFD_WP);
    bench.write(0, 1);
    assertThat(announced()).isEqualTo(1);
  }

  @Test
  void aForkedChildIsNotWatched() {
    map(GuestKernel.LINUX_6_1, Bench.ANONYMOUS);
    bench.write(0, 1);
    protect(1, true, false);
    AddressSpace child = bench.machine.fork(bench.space, 2);
    bench.machine.access(child, AccessKind.WRITE, Bench.page(0));
    assertThat(announced()).isZero();
    assertMissed(0);
    bench.machine.drop(child);
  }

  /** 40 present pages and 472 empty slots in one region: 512 requests, 31 in a hypercall. */
  @Test
  void pagesAndMarkersShareBatches() {
    map(GuestKernel.LINUX_6_18, Bench.ANONYMOUS);
    bench.write(100, 40);
    protect(512, true, true);
    assertThat(count("mmu-update-batch", Operation.HYPERCALL_MMU_UPDATE)).isEqualTo(17);
    assertThat(count("native", Operation.LOCKED_RMW)).isEqualTo(40);
    assertThat(count("native", Operation.PTE_STORE)).isEqualTo(512);
    protect(512, true, true);
    assertThat(count("native", Operation.PTE_STORE)).isEqualTo(512 + 40);
    protect(512, false, true);
    assertThat(count("native", Operation.PTE_STORE)).isEqualTo(512 + 40 + 512);
  }

  /** Without markers only the present pages count: 40 in two hypercalls. */
  @Test
  void withoutMarkersEmptySlotsCostNothing() {
    map(GuestKernel.LINUX_6_1, Bench.ANONYMOUS);
    bench.write(100, 40);
    protect(1024, true, false);
    assertThat(count("mmu-update-batch", Operation.HYPERCALL_MMU_UPDATE)).isEqualTo(2);
    assertThat(count("multicall", Operation.MULTICALL_ENTRY)).isEqualTo(40);
    assertThat(bench.change.ptePages()).isEqualTo(1);
  }

  @Test
  void anOlderKernelHasNoSuchCall() {
    map(GuestKernel.LINUX_2_6_27, Bench.ANONYMOUS);
    bench.write(0, 1);
    protect(1, true, false);
    assertThat(pte(0) & Pte.RW).isEqualTo(Pte.RW);
    assertThat(bench.machine.assumptions().counts()).containsEntry(UffdProtection.NO_SUCH_CALL, 1L);
  }
}
