package dev.mmureplay.machine;

import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.Operation;
import dev.mmureplay.mmu.OperationCounter;
import dev.mmureplay.mmu.PtePage;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Holds every backend to the invariants that show in the course of a protection change and not in a
 * PTE that was updated: I6, I8 and I12. {@link Guest#checkUpdate} looks at the updated PTEs.
 *
 * <p>I6, nothing else is touched: at the end of a lazy-MMU region the slots that the walk passed
 * over are still empty, and the two that border its range are what they were. An update that did
 * not come is I7 there, because nobody knows yet whether it will come at all; one that was made
 * twice with the same value leaves no trace in memory and shows in the counts (I12). What changes a
 * PTE further off is found when that PTE dies (I14).
 *
 * <p>I8, no stale right after the flush: the pages of which the reference says that rights shrank
 * lie within what was flushed under the backend, on as many CPUs as may hold translations. The
 * kernel decides by the old PTE that start returned, so a wrong one shows here; and what a backend
 * counts as flushed is what it flushed. A page at which a backend was found to differ before is
 * left out.
 *
 * <p>I12, the counts of an mprotect call are those of {@link CountFormulas}.
 */
final class ProtectionCheck {
  private static final long[] EMPTY = new long[PtePage.ENTRIES];

  private final Guest guest;
  private final @Nullable CountFormulas[] formulas;
  private final CountFormulas.Regions regions;

  /** Hull of the pages that must be flushed: {@code [start, end)}, empty if equal. */
  private long start;

  private long end;

  private long fullFlushes;
  private long pageFlushes;
  private long otherCpus;

  ProtectionCheck(Guest guest) {
    this.guest = guest;
    GuestPlatform platform = guest.platform;
    regions = new CountFormulas.Regions(platform);
    formulas = new CountFormulas[guest.backends.length];
    for (BackendState backend : guest.backends) {
      formulas[backend.index] = CountFormulas.of(backend.backend().name(), platform);
    }
  }

  /** A call begins. */
  void beginCall() {
    start = 0;
    end = 0;
    regions.clear();
  }

  /** A lazy-MMU region of the call updates so many PTEs and looks at so many slots. */
  void region(int ptes, int slots) {
    regions.add(ptes, slots);
  }

  /** The PTEs of an mprotect call that begins at an address were changed. */
  void counts(AddressSpace space, long address) {
    regions.sum();
    guest.each(
        backend -> {
          CountFormulas known = formulas[backend.index];
          String wrong = known == null ? null : known.compare(backend.counter(), regions);
          if (wrong != null) {
            guest.breach(backend, "I12", space, address, wrong);
          }
        });
  }

  /**
   * A lazy-MMU region over {@code [from, to)} of a chunk has ended.
   *
   * @param resident the indexes that were updated, the first n
   * @param below what the slot before the range held, if there is one
   * @param above what the slot behind the range held, if there is one
   */
  void untouched(
      BackendState backend,
      AddressSpace space,
      LeafTable leaf,
      int from,
      int to,
      int[] resident,
      int n,
      long below,
      long above) {
    long[] entries = leaf.pages[backend.index].entries;
    if (from > 0 && entries[from - 1] != below) {
      touched(backend, space, leaf, from - 1, below);
    }
    if (to < PtePage.ENTRIES && entries[to] != above) {
      touched(backend, space, leaf, to, above);
    }
    if (n == to - from) {
      return;
    }
    int next = from;
    for (int k = 0; k <= n; k++) {
      int i = k < n ? resident[k] : to;
      int wrong = i > next ? Arrays.mismatch(entries, next, i, EMPTY, next, i) : -1;
      if (wrong >= 0) {
        touched(backend, space, leaf, next + wrong, 0);
      }
      next = i + 1;
    }
  }

  private void touched(
      BackendState backend, AddressSpace space, LeafTable leaf, int index, long expected) {
    if (leaf.report(index, backend.index)) {
      guest.breach(
          backend,
          "I6",
          space,
          leaf.address(index),
          String.format(
              "expected a PTE that nobody asked to change to stay %016x but found %016x",
              expected, leaf.pages[backend.index].entries[index]));
    }
  }

  /** A PTE was changed, says the reference. */
  void changed(LeafTable leaf, int index, long old, long changed) {
    if (TlbFlush.leavesStaleRights(old, changed) && !leaf.isReported(index)) {
      if (start == end) {
        start = leaf.address(index);
      }
      end = leaf.address(index) + Machine.PAGE_SIZE;
    }
  }

  /** The flush that the kernel thinks necessary under a backend is about to be asked for. */
  void beginFlush(BackendState backend) {
    if (start == end) {
      return;
    }
    OperationCounter counter = backend.counter();
    fullFlushes = counter.get(Operation.TLB_FULL_FLUSH);
    pageFlushes = counter.get(Operation.INVLPG);
    otherCpus = counter.get(Operation.TLB_SHOOTDOWN_TARGET);
  }

  /** That flush was carried out, or none was necessary. */
  void endFlush(BackendState backend, AddressSpace space) {
    if (start == end) {
      return;
    }
    OperationCounter counter = backend.counter();
    long flushed = counter.get(Operation.INVLPG) - pageFlushes;
    boolean full = counter.get(Operation.TLB_FULL_FLUSH) > fullFlushes;
    if (!full && !covers(backend, flushed)) {
      String found = String.format("one of %d pages from %x", flushed, backend.flushStart);
      String message =
          String.format(
              "expected a flush of %d pages from %x but found %s",
              (end - start) >> Machine.PAGE_SHIFT, start, flushed == 0 ? "none" : found);
      guest.breach(backend, "I8", space, start, message);
      return;
    }
    long expectedOthers = guest.cpus.others(space);
    long others = counter.get(Operation.TLB_SHOOTDOWN_TARGET) - otherCpus;
    if (others < expectedOthers) {
      String message =
          String.format(
              "expected a flush on %d more CPUs but found one on %d", expectedOthers, others);
      guest.breach(backend, "I8", space, start, message);
    }
  }

  /** Returns whether what must be flushed is a part of so many pages of the backend's hull. */
  private boolean covers(BackendState backend, long flushed) {
    return backend.flushStart != backend.flushEnd
        && backend.flushStart <= start
        && backend.flushEnd >= end
        && flushed >= (backend.flushEnd - backend.flushStart) >> Machine.PAGE_SHIFT;
  }
}
