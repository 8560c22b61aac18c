package dev.mmureplay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.GuestTracer.Kernel;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.replay.verify.Deduction;
import dev.mmureplay.replay.verify.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Hazard: a comparison that is right for the recordings at hand only. What the tracer of each guest
 * kernel prints for sparse ranges, shared pages, holes and page tables that nothing places is
 * written here by the kernel's rules, see {@link GuestTracer}; the model has to agree, and where
 * the log does not say enough, that has to be said.
 */
class SparseVerificationTest {
  private static final int R = 1;
  private static final int RW = 3;

  @TempDir Path folder;
  private GuestTracer guest = new GuestTracer(Kernel.STOCK);
  private long base = 0x1000_0000_0000L;
  private int cases;

  private void begin(Kernel kernel) {
    guest = new GuestTracer(kernel);
    guest.record(false);
  }

  private void call(String name, long start, long pages, int protection) {
    guest.record(true);
    guest.line("tracing_mark_write: CASE " + cases + " " + name + " BEGIN");
    guest.mprotect(start, pages, protection);
    guest.line("tracing_mark_write: CASE " + cases++ + " " + name + " END ret=0");
    guest.record(false);
  }

  private void touch(long start, long pages) {
    guest.record(true);
    guest.write(start, pages, 1);
    guest.record(false);
  }

  private long area(long pages, long offset) {
    long start = base + offset * GuestTracer.PAGE;
    base += 1L << 30;
    guest.map(start, pages, RW);
    return start;
  }

  private static long page(long start, long n) {
    return start + n * GuestTracer.PAGE;
  }

  private void some(long pages, long offset, int... resident) {
    long a = area(pages, offset);
    for (int each : resident) {
      guest.write(page(a, each), 1, 1);
    }
    call("w2r", a, pages, R);
    call("r2w", a, pages, RW);
    call("rw2none", a, pages, 0);
    call("none2r", a, pages, R);
    guest.unmap(a, pages);
  }

  private void copyOnWrite(long n) {
    long a = area(n, 0);
    guest.write(a, n, 1);
    guest.fork(a, n);
    call("child-alive-w2r", a, n, R);
    call("child-alive-r2w", a, n, RW);
    touch(a, (n + 1) / 2);
    call("mixed-w2r", a, n, R);
    call("child-gone-r2w", a, n, RW);
    touch(a, n);
    guest.unmap(a, n);
  }

  /** The second set of cases of {@code micro.c}, but for the one that maps with MAP_POPULATE. */
  private void secondSet(Kernel kernel) {
    begin(kernel);
    some(32, 0, 0, 4, 8, 12, 16, 20, 24, 28);
    some(32, 0, 10, 11, 12);
    some(33, 0, 0, 32);
    some(34, 0, 0, 33);
    some(34, 0, 0, 32);
    some(512, 0, 100, 132);
    some(512, 0, 100, 133);
    some(1024, 0, 511, 512);
    some(1024, 0, 500, 532);
    some(2048, 0, 0, 1536);
    some(16, 0, 0, 15);
    some(600, 300, 0, 1, 211, 212, 599);
    copyOnWrite(1);
    copyOnWrite(8);
    copyOnWrite(64);
    long a = area(64, 0);
    guest.write(a, 64, 1);
    for (int i = 0; i < 4; i++) {
      call("perpage-w2r", page(a, i), 1, R);
    }
    call("mixed-4r-60rw-to-r", a, 64, R);
    call("mixed-all-rw", a, 64, RW);
    call("mixed-prep-every-other-a", page(a, 2), 2, R);
    call("mixed-prep-every-other-b", page(a, 6), 2, R);
    call("mixed-prep-every-other-c", page(a, 10), 2, 0);
    call("mixed-16-to-rw", a, 16, RW);
    call("mixed-16-to-none", a, 16, 0);
    guest.unmap(a, 64);
    a = area(1024, 412);
    guest.write(a, 200, 1);
    call("vmas-prep", page(a, 20), 20, R);
    call("vmas-200-to-none", a, 200, 0);
    call("vmas-200-to-rw", a, 200, RW);
    guest.unmap(a, 1024);
    a = area(64, 0);
    guest.write(a, 64, 1);
    guest.dontNeed(page(a, 16), 16);
    call("dontneed-64minus16-w2r", a, 64, R);
    call("dontneed-64minus16-r2w", a, 64, RW);
    guest.unmap(a, 64);
  }

  private XenRecording verified() throws IOException {
    XenRecording recording = new XenRecording(folder, guest.writeTo(folder).toString()).verify();
    assertThat(recording.differences).isEmpty();
    assertThat(recording.findings).isEmpty();
    return recording;
  }

  @ParameterizedTest
  @CsvSource({
    "STOCK, mmu-update-batch, 0",
    "SINGLE_ENTRIES, multicall, 0",
    "UNBATCHED, preserve-ad, 0",
    "GENERIC, trap-emulate-batched-set, 4"
  })
  void sparseAndSharedPagesOlderThanTheRecordingAreComparedAndEqual(
      Kernel kernel, String backend, long assumedPlaces) throws IOException {
    secondSet(kernel);
    XenRecording recording = verified();
    assertThat(recording.evidence.backend().value()).isEqualTo(backend);
    assertThat(recording.totals.calls()).isEqualTo(76);
    assertThat(recording.totals.equal()).isEqualTo(76);
    // 2,048 pages with two page tables: the xchg is not traced, so nothing shows where they lie.
    assertThat(recording.totals.assumedPlaces()).isEqualTo(assumedPlaces);
  }

  @Test
  void pagesOlderThanARecordingWithoutUpdatesAreNotComparable() throws IOException {
    secondSet(Kernel.TWO_TRAPS);
    XenRecording recording = verified();
    assertThat(recording.evidence.backend().value()).isEqualTo("trap-emulate");
    assertThat(recording.totals.reasons()).containsExactly(Map.entry(Reason.OLDER_MAPPING, 76L));
  }

  /** Where the page tables lie follows from the pages that are flushed, or from a fault. */
  @Test
  void pageTablesThatAFaultOrAFlushPlacesAreNotAssumed() throws IOException {
    begin(Kernel.GENERIC);
    long a = area(2048, 0);
    guest.write(page(a, 1023), 2, 1);
    call("flush-1023-1024", a, 2048, R);
    long b = area(2048, 0);
    touch(b, 1);
    touch(page(b, 1024), 1);
    call("fault-0-1024", b, 2048, R);
    XenRecording recording = verified();
    assertThat(recording.totals.equal()).isEqualTo(2);
    assertThat(recording.totals.assumedPlaces()).isZero();
  }

  /** The assumed place turns out to be wrong: that is no error of the model. */
  @Test
  void aPageTableThatIsElsewhereThanAssumedMakesNoDifference() throws IOException {
    begin(Kernel.GENERIC);
    long a = area(2048, 0);
    guest.write(a, 1, 1);
    guest.write(page(a, 600), 1, 1);
    guest.write(page(a, 1030), 1, 1);
    call("three-of-four-tables", a, 2048, R);
    call("the-second", page(a, 512), 512, RW);
    call("the-last", page(a, 1536), 512, RW);
    call("all", a, 2048, 0);
    XenRecording recording = verified();
    assertThat(recording.totals.calls()).isEqualTo(4);
    assertThat(recording.totals.equal()).isGreaterThanOrEqualTo(2);
    assertThat(recording.totals.reasons().keySet()).isSubsetOf(Reason.ASSUMED_PLACES);
  }

  @ParameterizedTest
  @CsvSource({"STOCK, 4", "SINGLE_ENTRIES, 4", "UNBATCHED, 4", "GENERIC, 3"})
  void rangesThatBeginAndEndWhereNoPageTableIsAreEqual(Kernel kernel, long equal)
      throws IOException {
    begin(kernel);
    long a = area(5 * 512, 100);
    guest.write(page(a, 900), 40, 1);
    call("hole-table-hole", a, 5 * 512, R);
    call("hole-table-hole-back", a, 5 * 512, RW);
    guest.write(page(a, 2400), 3, 1);
    call("a-table-came", a, 5 * 512, 0);
    call("untouched", page(a, 1536), 300, R);
    XenRecording recording = verified();
    assertThat(recording.totals.equal()).isEqualTo(equal);
    // The table that came shows that another one is not where it was assumed to be.
    assertThat(recording.totals.reasons().getOrDefault(Reason.ASSUMED_PLACES, 0L))
        .isEqualTo(4 - equal);
  }

  @ParameterizedTest
  @EnumSource(names = "TWO_TRAPS", mode = EnumSource.Mode.EXCLUDE)
  void aCallUpToAHoleHasItsEffectBeforeTheHole(Kernel kernel) throws IOException {
    begin(kernel);
    long a = area(700, 500);
    guest.write(a, 700, 1);
    guest.unmap(page(a, 300), 10);
    call("hole", a, 700, R);
    call("behind", page(a, 310), 390, R);
    XenRecording recording = verified();
    assertThat(recording.totals.equal()).isEqualTo(2);
  }

  /** Recording stops between cases; here a call falls into such a pause. */
  @ParameterizedTest
  @EnumSource(names = "TWO_TRAPS", mode = EnumSource.Mode.EXCLUDE)
  void aCallThatWasNotRecordedMakesNoDifference(Kernel kernel) throws IOException {
    begin(kernel);
    long a = area(40, 0);
    guest.write(a, 40, 1);
    call("w2r", a, 40, R);
    guest.mprotect(a, 40, RW);
    call("w2r-again", a, 40, R);
    call("r2none", a, 40, 0);
    XenRecording recording = verified();
    assertThat(
            recording.totals.equal() + recording.totals.reasons().getOrDefault(Reason.PAUSED, 0L))
        .isEqualTo(3);
    assertThat(recording.totals.equal()).isGreaterThanOrEqualTo(2);
  }

  /** One page, flushed in every way that vCPUs can be involved; five calls a round. */
  private void migrate(long area) {
    call("on-one", area, 1, R);
    guest.record(true);
    guest.moveTo(1);
    guest.record(false);
    call("loaded-on-both", area, 1, RW);
    call("loaded-on-both", area, 1, R);
    guest.record(true);
    guest.otherProgramOn(0);
    guest.record(false);
    // Behind the flushes of both this one is a full flush, and the next one is none.
    call("on-the-other", area, 1, RW);
    call("on-the-other", area, 1, R);
  }

  @ParameterizedTest
  @EnumSource(names = "TWO_TRAPS", mode = EnumSource.Mode.EXCLUDE)
  void aProcessThatMovesBetweenCpusIsFlushedWhereItWasAndInFullBehindThat(Kernel kernel)
      throws IOException {
    begin(kernel);
    long a = area(1, 0);
    guest.write(a, 1, 1);
    migrate(a);
    XenRecording recording = verified();
    assertThat(recording.totals.equal()).isEqualTo(5);
    assertThat(recording.totals.seededCpus()).isZero();
  }

  /** A CPU that comes back from idling flushes what it has missed, and is not behind. */
  @Test
  void aProcessThatHasSleptIsNotBehind() throws IOException {
    begin(Kernel.STOCK);
    long a = area(8, 0);
    guest.write(a, 8, 1);
    call("before", a, 8, R);
    guest.record(true);
    guest.moveTo(1);
    guest.record(false);
    call("loaded-on-both", a, 8, RW);
    guest.record(true);
    guest.otherProgramOn(0);
    guest.sleep();
    guest.record(false);
    call("one-by-one", a, 8, R);
    XenRecording recording = verified();
    assertThat(recording.totals.equal()).isEqualTo(3);
    assertThat(recording.totals.seededCpus()).isZero();
  }

  /** The same where switches are not recorded: what the flushes show is taken over. */
  @Test
  void aProcessThatMovesUnseenIsFollowedByItsFlushes() throws IOException {
    begin(Kernel.STOCK);
    long a = area(8, 0);
    guest.write(a, 8, 1);
    call("before", a, 8, R);
    guest.moveTo(1);
    call("loaded-on-both", a, 8, RW);
    guest.otherProgramOn(0);
    call("in-full", a, 8, R);
    call("one-by-one", a, 8, RW);
    guest.moveTo(0);
    call("loaded-on-both", a, 8, R);
    guest.otherProgramOn(1);
    guest.sleep();
    call("one-by-one", a, 8, RW);
    XenRecording recording = verified();
    assertThat(recording.totals.equal()).isEqualTo(6);
  }

  @Test
  void whichKernelItWasIsSaidWithTheLineThatTells() throws IOException {
    begin(Kernel.STOCK);
    long a = area(1, 0);
    guest.write(a, 1, 1);
    call("w2r", a, 1, R);
    XenRecording recording = verified();
    assertThat(recording.evidence.kernel(null))
        .isEqualTo(new Deduction<>(GuestKernel.LINUX_6_1, "D in a read-only PTE, line 5"));
    assertThat(recording.evidence.backend())
        .isEqualTo(new Deduction<>("mmu-update-batch", "assumed"));
  }

  @Test
  void aSavedDirtyBitIsThatOfALaterKernel() throws IOException {
    begin(Kernel.STOCK);
    guest.record(true);
    guest.line("page_fault_user: address=0x5eb998 ip=0x4019f0 error_code=0x7");
    guest.line("xen_mmu_set_pte: ptep ffff88801ea74f58 pteval 0400000001f2e825 (raw 0)");
    guest.line("xen_mc_flush: flushing 0 hypercalls, 0 arg bytes, 0 callbacks");
    XenRecording recording = new XenRecording(folder, guest.writeTo(folder).toString());
    assertThat(recording.evidence.kernel(null))
        .isEqualTo(
            new Deduction<>(GuestKernel.LINUX_6_18, "SAVED_DIRTY in a read-only PTE, line 3"));
  }

  /** A flush of its own outside of all calls, such as that of a copy on write, is noted. */
  @Test
  void aFlushOutsideOfCallsBringsACpuUpToDate() throws IOException {
    begin(Kernel.STOCK);
    long a = area(8, 0);
    guest.write(a, 8, 1);
    call("before", a, 8, R);
    guest.record(true);
    guest.moveTo(1);
    guest.record(false);
    call("loaded-on-both", a, 8, RW);
    guest.record(true);
    guest.otherProgramOn(0);
    guest.flushOutsideOfCalls();
    guest.record(false);
    call("one-by-one", a, 8, R);
    XenRecording recording = verified();
    assertThat(recording.totals.equal()).isEqualTo(3);
  }
}
