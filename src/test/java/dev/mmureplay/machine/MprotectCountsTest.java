package dev.mmureplay.machine;

import static dev.mmureplay.machine.Bench.READ;
import static dev.mmureplay.machine.Bench.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.Operation;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A count that is off by one batch anywhere makes every price wrong; so the formulas are checked
 * one by one.
 */
class MprotectCountsTest {
  private static final int[] SIZES = {1, 2, 31, 32, 33, 62, 64, 511, 512, 513, 1024};

  /** How R resident pages lie in memory, and what that makes of chunks. */
  enum Layout {
    /** Contiguous from a 2 MiB boundary. */
    ALIGNED,
    /** Contiguous, half of them before a 2 MiB boundary. */
    ACROSS_2_MIB,
    /** Contiguous, in three VMAs of a third each. */
    ACROSS_VMAS,
    /** Every second page of one VMA. */
    EVERY_SECOND,
    /** One page in each 2 MiB. */
    ONE_PER_PTE_PAGE
  }

  static Stream<Arguments> cases() {
    return Stream.of(GuestKernel.values())
        .flatMap(
            kernel ->
                Stream.of(Layout.values())
                    .flatMap(
                        layout ->
                            IntStream.of(SIZES).mapToObj(r -> Arguments.of(kernel, layout, r))));
  }

  /**
   * One call in numbers: present PTEs of each chunk, slots scanned, VMA pieces, pages in the flush
   * hull.
   */
  private record Expected(List<Integer> chunks, long slots, int pieces, long hull) {
    long resident() {
      return chunks.stream().mapToLong(n -> n).sum();
    }

    /** B(b) of the formulas: batches of at most b, none of them across a chunk. */
    long batches(int limit) {
      return chunks.stream().mapToLong(n -> (n + limit - 1) / limit).sum();
    }

    /** Batches of exactly one update, which a newer kernel issues without a multicall. */
    long loneBatches(int limit) {
      return chunks.stream().filter(n -> n % limit == 1).count();
    }
  }

  private static Expected arrange(Bench bench, Layout layout, int r) {
    switch (layout) {
      case ALIGNED -> {
        bench.map(0, r, READ | WRITE);
        bench.write(0, r);
        return contiguous(bench, 0, r);
      }
      case ACROSS_2_MIB -> {
        int first = 512 - (r + 1) / 2 % 512;
        bench.map(first, r, READ | WRITE);
        bench.write(first, r);
        return contiguous(bench, first, r);
      }
      case ACROSS_VMAS -> {
        int third = Math.max(1, r / 3);
        bench.map(0, r, READ | WRITE);
        if (r > third) {
          // A middle part that is executable, too, keeps the three apart.
          bench.mprotect(third, Math.min(third, r - third), READ | WRITE | Bench.EXEC);
        }
        bench.write(0, r);
        int pieces = r > 2 * third ? 3 : r > third ? 2 : 1;
        int[] bounds = pieces == 3 ? new int[] {third, 2 * third, r} : new int[] {third, r};
        int[] chunks = new int[0];
        int from = 0;
        for (int i = 0; i < pieces; i++) {
          chunks = concat(chunks, split(from, bounds[i]));
          from = bounds[i];
        }
        bench.mprotect(0, r, READ);
        return new Expected(boxed(chunks), r, pieces, r);
      }
      case EVERY_SECOND -> {
        bench.map(0, 2L * r, READ | WRITE);
        for (int i = 0; i < r; i++) {
          bench.write(2L * i, 1);
        }
        int[] chunks = Arrays.stream(split(0, 2 * r)).map(n -> (n + 1) / 2).toArray();
        bench.mprotect(0, 2L * r, READ);
        return new Expected(boxed(chunks), 2L * r, 1, 2L * r - 1);
      }
      case ONE_PER_PTE_PAGE -> {
        bench.map(0, 512L * r, READ | WRITE);
        for (int i = 0; i < r; i++) {
          bench.write(512L * i, 1);
        }
        bench.mprotect(0, 512L * r, READ);
        return new Expected(Collections.nCopies(r, 1), 512L * r, 1, 512L * (r - 1) + 1);
      }
    }
    throw new IllegalStateException("no such layout: " + layout);
  }

  private static Expected contiguous(Bench bench, int first, int pages) {
    bench.mprotect(first, pages, READ);
    return new Expected(boxed(split(first, first + pages)), pages, 1, pages);
  }

  /** Cuts slots {@code [from, to)} at multiples of 512. */
  private static int[] split(int from, int to) {
    return IntStream.rangeClosed(from / 512, (to - 1) / 512)
        .map(chunk -> Math.min(to, chunk * 512 + 512) - Math.max(from, chunk * 512))
        .toArray();
  }

  private static List<Integer> boxed(int[] chunks) {
    return IntStream.of(chunks).boxed().toList();
  }

  private static int[] concat(int[] a, int[] b) {
    return IntStream.concat(IntStream.of(a), IntStream.of(b)).toArray();
  }

  @ParameterizedTest(name = "{0} {1} {2} pages")
  @MethodSource("cases")
  void operationsEqualTheFormulas(GuestKernel kernel, Layout layout, int r) {
    Bench bench = new Bench(kernel);
    // The preparation of three VMAs is an mprotect, too, which flushes under 2.6.27.
    Bench before = layout == Layout.ACROSS_VMAS ? prepared(kernel, r) : new Bench(kernel);
    Expected expected = arrange(bench, layout, r);
    Counts counts = new Counts(bench, before);
    boolean old = kernel == GuestKernel.LINUX_2_6_27;
    int limit = old ? 32 : 31;
    long n = expected.resident();
    long batches = expected.batches(limit);
    long lone = old ? 0 : expected.loneBatches(limit);
    long slots = expected.slots();

    assertThat(bench.change.updatedPtes()).isEqualTo(n).isEqualTo(r);
    assertThat(bench.change.vmaPieces()).isEqualTo(expected.pieces());
    assertThat(bench.change.ptePages()).isEqualTo(expected.chunks().size());

    counts
        .of("native")
        .are(Operation.PTE_READ, slots)
        .are(Operation.LOCKED_RMW, n)
        .are(Operation.PTE_STORE, n);
    counts
        .of("naive")
        .are(Operation.PTE_READ, slots + n)
        .are(Operation.LOCKED_RMW, 0)
        .are(Operation.PTE_STORE, n);
    counts
        .of("trap-emulate")
        .are(Operation.PTE_READ, slots)
        .are(Operation.PTWR_CMPXCHG, n)
        .are(Operation.PTWR_WRITE, n)
        .are(Operation.HYPERCALL_MMU_UPDATE, 0)
        .are(Operation.PTE_STORE, 0);
    counts
        .of("trap-emulate-batched-set")
        .are(Operation.PTE_READ, slots)
        .are(Operation.PTWR_CMPXCHG, n)
        .are(Operation.PTWR_WRITE, 0)
        .are(Operation.UPDATE_VA_MAPPING, old ? n : 0)
        .are(Operation.MMU_UPDATE_GET, old ? 0 : n)
        .are(Operation.HYPERCALL_MMU_UPDATE, old ? 0 : batches);
    counts
        .of("preserve-ad")
        .are(Operation.PTE_READ, slots + n)
        .are(Operation.HYPERCALL_MMU_UPDATE, old ? 0 : n)
        .are(Operation.MMU_UPDATE_SLOW, n);
    counts
        .of("multicall")
        .are(Operation.PTE_READ, slots + n)
        .are(Operation.HYPERCALL_MMU_UPDATE, lone)
        .are(Operation.MMU_UPDATE_SLOW, n);
    counts
        .of("mmu-update-batch")
        .are(Operation.PTE_READ, slots + n)
        .are(Operation.HYPERCALL_MMU_UPDATE, old ? 0 : batches)
        .are(Operation.MMU_UPDATE_SLOW, n)
        .are(Operation.MC_EXTEND, n - batches);
    counts
        .of("naive-batched")
        .are(Operation.PTE_READ, slots + n)
        .are(Operation.HYPERCALL_MMU_UPDATE, old ? 0 : batches)
        .are(Operation.HYPERCALL_MULTICALL, (old ? expected.pieces() + batches : 0))
        .are(Operation.MMU_UPDATE_SLOW, n)
        .are(Operation.MC_EXTEND, n - batches);

    // Multicalls: of the updates, and under 2.6.27 one more for the flush of each VMA piece.
    long flushes = old ? expected.pieces() : 0;
    counts
        .of("trap-emulate")
        .are(Operation.HYPERCALL_MULTICALL, flushes)
        .are(Operation.MULTICALL_ENTRY, flushes);
    counts
        .of("trap-emulate-batched-set")
        .are(Operation.HYPERCALL_MULTICALL, flushes + (old ? batches : 0))
        .are(Operation.MULTICALL_ENTRY, flushes + (old ? n : 0));
    counts
        .of("preserve-ad")
        .are(Operation.HYPERCALL_MULTICALL, flushes + (old ? n : 0))
        .are(Operation.MULTICALL_ENTRY, flushes + (old ? n : 0));
    counts
        .of("multicall")
        .are(Operation.HYPERCALL_MULTICALL, flushes + batches - lone)
        .are(Operation.MULTICALL_ENTRY, flushes + n - lone);
    counts
        .of("mmu-update-batch")
        .are(Operation.HYPERCALL_MULTICALL, flushes + (old ? batches : 0))
        .are(Operation.MULTICALL_ENTRY, flushes + (old ? batches : 0));

    long single = !old && expected.hull() <= 33 ? expected.hull() : 0;
    long full = old ? expected.pieces() : single > 0 ? 0 : 1;
    for (String backend :
        new String[] {"native", "trap-emulate", "multicall", "mmu-update-batch"}) {
      counts.of(backend).are(Operation.INVLPG, single).are(Operation.TLB_FULL_FLUSH, full);
    }
    counts.of("mmu-update-batch").are(Operation.MMUEXT_OP, single + full);
    counts.of("mmu-update-batch").are(Operation.HYPERCALL_MMUEXT_OP, old ? 0 : single + full);
    assertThat(bench.breaches).isEmpty();
  }

  private static Bench prepared(GuestKernel kernel, int r) {
    Bench bench = new Bench(kernel);
    int third = Math.max(1, r / 3);
    bench.map(0, r, READ | WRITE);
    if (r > third) {
      bench.mprotect(third, Math.min(third, r - third), READ | WRITE | Bench.EXEC);
    }
    return bench;
  }

  /** Counts of one bench, with those of its preparation taken off. */
  private record Counts(Bench bench, Bench before) {
    OfBackend of(String backend) {
      return new OfBackend(this, backend);
    }

    private record OfBackend(Counts counts, String backend) {
      OfBackend are(Operation operation, long expected) {
        long earlier = counts.before.count(backend, operation);
        assertThat(counts.bench.count(backend, operation) - earlier)
            .as("%s %s", backend, operation.id())
            .isEqualTo(expected);
        return this;
      }
    }
  }

  @Test
  void aThousandPagesFromSlotHundredAre32BatchesOf32And34BatchesOf31() {
    // n = {412, 512, 76}: 13 + 16 + 3 = 32 batches of at most 32, 14 + 17 + 3 = 34 of at most 31.
    Bench old = new Bench(GuestKernel.LINUX_2_6_27);
    old.map(100, 1000, READ | WRITE);
    old.write(100, 1000);
    old.mprotect(100, 1000, READ);
    // One multicall more is the flush.
    assertThat(old.count("multicall", Operation.HYPERCALL_MULTICALL)).isEqualTo(32 + 1);

    Bench recent = new Bench(GuestKernel.LINUX_6_1);
    recent.map(100, 1000, READ | WRITE);
    recent.write(100, 1000);
    recent.mprotect(100, 1000, READ);
    assertThat(recent.count("mmu-update-batch", Operation.HYPERCALL_MMU_UPDATE)).isEqualTo(34);
    assertThat(recent.count("multicall", Operation.HYPERCALL_MULTICALL)).isEqualTo(34);
  }

  /**
   * Recorded on Linux 6.1 under Xen 4.17: mmu_update hypercalls when aligned, when across 2 MiB,
   * mmuext hypercalls.
   */
  @ParameterizedTest
  @CsvSource({
    "1, 1, , 1", "2, 1, 2, 2", "3, 1, 2, 3", "8, 1, 2, 8", "31, 1, 2, 31", "32, 2, 2, 32",
    "33, 2, 2, 33", "62, 2, 2, 1", "63, 3, 3, 1", "64, 3, 4, 1", "65, 3, 4, 1", "511, 17, 18, 1",
    "512, 17, 18, 1", "513, 18, 18, 1", "1024, 34, 34, 1", "2048, 68, 68, 1"
  })
  void hypercallsEqualTheRecordedTable(int pages, int aligned, Integer across, int mmuext) {
    Bench bench = new Bench(GuestKernel.LINUX_6_1);
    bench.map(0, pages, READ | WRITE);
    bench.write(0, pages);
    bench.mprotect(0, pages, READ);
    assertThat(bench.count("mmu-update-batch", Operation.HYPERCALL_MMU_UPDATE)).isEqualTo(aligned);
    assertThat(bench.count("mmu-update-batch", Operation.HYPERCALL_MMUEXT_OP)).isEqualTo(mmuext);
    assertThat(bench.count("mmu-update-batch", Operation.HYPERCALL_MULTICALL)).isZero();
    if (across != null) {
      Bench straddling = new Bench(GuestKernel.LINUX_6_1);
      int first = 512 * 4 - pages / 2;
      straddling.map(first, pages, READ | WRITE);
      straddling.write(first, pages);
      straddling.mprotect(first, pages, READ);
      assertThat(straddling.count("mmu-update-batch", Operation.HYPERCALL_MMU_UPDATE))
          .isEqualTo(across.intValue());
    }
  }

  @Test
  void sparseResidencyMakesHolesInTheFlushHull() {
    // 32 pages with 8 resident (0, 4, .. 28): one hypercall for the updates, 29 for the flush.
    Bench bench = new Bench(GuestKernel.LINUX_6_1);
    bench.map(0, 32, READ | WRITE);
    for (int i = 0; i < 32; i += 4) {
      bench.write(i, 1);
    }
    bench.mprotect(0, 32, READ);
    assertThat(bench.count("mmu-update-batch", Operation.HYPERCALL_MMU_UPDATE)).isEqualTo(1);
    assertThat(bench.count("mmu-update-batch", Operation.HYPERCALL_MMUEXT_OP)).isEqualTo(29);
  }

  @Test
  void neverTouchedPagesAndUnchangedFlagsCostNoUpdate() {
    Bench bench = new Bench(GuestKernel.LINUX_6_1);
    bench.map(0, 16384, READ | WRITE);
    bench.mprotect(0, 16384, READ);
    assertThat(bench.change.updatedPtes()).isZero();
    bench.mprotect(0, 16384, READ);
    assertThat(bench.change.vmaPieces()).isZero();
    assertThat(bench.count("mmu-update-batch", Operation.HYPERCALL_MMU_UPDATE)).isZero();
    assertThat(bench.count("mmu-update-batch", Operation.HYPERCALL_MMUEXT_OP)).isZero();
    assertThat(bench.count("native", Operation.TLB_FULL_FLUSH)).isZero();
  }

  @Test
  void aPageThatWasProtNoneIsUpdatedAndNotFlushed() {
    Bench bench = new Bench(GuestKernel.LINUX_6_1);
    bench.map(0, 8, READ | WRITE);
    bench.write(0, 8);
    bench.mprotect(0, 8, 0);
    long before = bench.count("mmu-update-batch", Operation.HYPERCALL_MMUEXT_OP);
    bench.mprotect(0, 8, READ | WRITE);
    assertThat(bench.change.updatedPtes()).isEqualTo(8);
    assertThat(bench.count("mmu-update-batch", Operation.HYPERCALL_MMUEXT_OP) - before).isZero();
    assertThat(bench.count("mmu-update-batch", Operation.MMU_UPDATE_PUT)).isEqualTo(8);
    assertThat(bench.count("mmu-update-batch", Operation.MMU_UPDATE_GET)).isEqualTo(8);
  }

  @Test
  void anotherCpuThatRanTheProcessMakesOneMultiFlush() {
    Bench bench = new Bench(GuestKernel.LINUX_6_1);
    bench.map(0, 8, READ | WRITE);
    bench.write(0, 8);
    bench.machine.run(1, bench.space);
    bench.mprotect(0, 8, READ);
    assertThat(bench.count("mmu-update-batch", Operation.HYPERCALL_MMUEXT_OP)).isEqualTo(1);
    assertThat(bench.count("mmu-update-batch", Operation.TLB_SHOOTDOWN)).isEqualTo(1);
    assertThat(bench.count("native", Operation.TLB_SHOOTDOWN)).isEqualTo(1);
    assertThat(bench.count("native", Operation.INVLPG)).isEqualTo(8);

    // Once the other CPU runs something else, the process is alone again.
    bench.machine.run(0, bench.machine.newAddressSpace(2));
    bench.machine.run(1, bench.space);
    bench.mprotect(0, 8, READ | WRITE);
    assertThat(bench.count("native", Operation.TLB_SHOOTDOWN)).isEqualTo(1);
  }

  @Test
  void readToWriteOfACleanFileMappingFlushesUnderXenAndNotNatively() {
    Bench bench = new Bench(GuestKernel.LINUX_6_1);
    bench.machine.mmap(bench.space, Bench.page(0), 4 * Machine.PAGE_SIZE, READ, 0x2, 5, 0);
    for (int i = 0; i < 4; i++) {
      bench.read(i);
    }
    bench.mprotect(0, 4, READ | WRITE);
    // Private file pages stay read-only until they are copied, so natively no bit changes; under
    // Xen GLOBAL goes.
    assertThat(bench.change.updatedPtes()).isEqualTo(4);
    assertThat(bench.count("native", Operation.INVLPG)).isZero();
    assertThat(bench.count("mmu-update-batch", Operation.HYPERCALL_MMUEXT_OP)).isEqualTo(4);
    assertThat(bench.count("mmu-update-batch", Operation.MMU_UPDATE_FAST)).isEqualTo(4);
  }
}
