package dev.mmureplay.machine;

import dev.mmureplay.mmu.Cause;
import dev.mmureplay.mmu.Mmu;
import dev.mmureplay.mmu.Operation;
import dev.mmureplay.mmu.Pte;
import dev.mmureplay.mmu.PtePage;
import org.jspecify.annotations.Nullable;

/**
 * Cleans dirty PTEs of shared mappings and records which they were
 * (clean_record_shared_mapping_range of mm/mapping_dirty_helpers.c, used for graphics memory).
 *
 * <p>Every slot is read; a dirty PTE is started, made clean and committed, each outside lazy MMU
 * mode; at the end of a VMA the hull is flushed. D that was set before the start is recorded, and
 * thus not lost when it goes. An update that keeps A and D cannot clear it: {@link
 * Outcome#DIRTY_NOT_CLEARED}. Mappings are taken to be of files opened for writing (VM_MAYWRITE).
 */
final class CleanRecord {
  /** The kernel has no such function; the event was passed over. */
  static final String NO_SUCH_FUNCTION = "clean-record-unknown-to-kernel";

  private final Guest guest;
  private final int[] dirty = new int[PtePage.ENTRIES];
  private final int[] single = new int[1];

  CleanRecord(Guest guest) {
    this.guest = guest;
  }

  void clean(AddressSpace space, long start, long end, ProtectionChange facts) {
    facts.reset();
    guest.cause(Cause.CLEAN_RECORD);
    if (!guest.kernel.recordsDirtyPages()) {
      guest.assumptions.use(NO_SUCH_FUNCTION, 1);
      return;
    }
    for (long at = start; at < end; ) {
      @Nullable Vma vma = space.vmas.at(space.vmas.firstEndingBehind(at));
      if (vma == null || vma.start >= end) {
        break;
      }
      if (vma.has(Vma.SHARED) && !vma.has(Vma.HUGETLB)) {
        clean(space, vma, Math.max(at, vma.start), Math.min(end, vma.end), facts);
      }
      at = vma.end;
    }
    guest.doubts.changedByVmas(space);
  }

  private void clean(AddressSpace space, Vma vma, long start, long end, ProtectionChange facts) {
    for (BackendState backend : guest.backends) {
      backend.flushStart = 0;
      backend.flushEnd = 0;
    }
    for (LeafTable leaf : space.tables.range(start, end)) {
      int from = Guest.from(leaf, start);
      int to = Guest.to(leaf, end);
      facts.ptePages++;
      facts.slotsScanned += to - from;
      int n = collectDirty(leaf, from, to, facts);
      guest.each(backend -> clean(backend, space, leaf, from, to));
      for (int k = 0; k < n; k++) {
        leaf.clean(dirty[k], Pte.DIRTY_BITS);
        guest.doubts.cleaned(space, vma, leaf, dirty[k], Pte.DIRTY, /* exclusive= */ true);
      }
    }
    guest.each(
        backend -> {
          long pages = (backend.flushEnd - backend.flushStart) >> Machine.PAGE_SHIFT;
          if (pages > 0) {
            guest.flush(backend, space, TlbFlush.pages(pages));
          }
        });
  }

  /** Collects and logs what the reference holds dirty; returns how many. */
  private int collectDirty(LeafTable leaf, int from, int to, ProtectionChange facts) {
    int n = 0;
    UpdateLog log = facts.updates;
    for (int i = from; i < to; i++) {
      long pte = leaf.reference[i];
      if (pte == 0) {
        continue;
      }
      if (!Pte.isDirty(pte)) {
        Doubts.leftUnclean(leaf, i);
        continue;
      }
      dirty[n++] = i;
      if (log != null) {
        // Each is an update of its own: nothing is queued behind it.
        single[0] = i;
        log.chunk(leaf, single, 1, 0, new byte[] {PteUpdate.CLEAN});
      }
    }
    facts.updatedPtes += n;
    facts.largestChunk = Math.max(facts.largestChunk, Math.min(n, 1));
    return n;
  }

  private void clean(BackendState backend, AddressSpace space, LeafTable leaf, int from, int to) {
    Mmu mmu = backend.mmu;
    PtePage page = leaf.pages[backend.index];
    backend.counter().count(Operation.PTE_READ, to - from);
    long first = 0;
    long kept = 0;
    for (int i = from; i < to; i++) {
      if (!Pte.isDirty(page.entries[i])) {
        continue;
      }
      long old = mmu.ptepModifyProtStart(page, i);
      mmu.ptepModifyProtCommit(page, i, old, old & ~Pte.DIRTY_BITS);
      backend.widenFlush(leaf.address(i));
      long before = leaf.reference[i];
      if (Pte.isDirty(page.entries[i])) {
        leaf.keepDirty(i, backend.index);
        first = kept++ == 0 ? leaf.address(i) : first;
      }
      guest.checkUpdate(backend, space, leaf, i, before, before & ~Pte.DIRTY_BITS);
    }
    if (kept > 0) {
      guest.outcome(backend, Outcome.DIRTY_NOT_CLEARED, space, first, kept);
    }
  }
}
