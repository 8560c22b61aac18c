package dev.mmureplay.machine;

import static dev.mmureplay.mmu.Operation.PTE_DOWNGRADE;
import static dev.mmureplay.mmu.Operation.PTE_FROM_NONE;
import static dev.mmureplay.mmu.Operation.PTE_KEEP;
import static dev.mmureplay.mmu.Operation.PTE_PAGE_WALK;
import static dev.mmureplay.mmu.Operation.PTE_READ;
import static dev.mmureplay.mmu.Operation.PTE_TO_NONE;
import static dev.mmureplay.mmu.Operation.PTE_UPGRADE;

import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.Mmu;
import dev.mmureplay.mmu.Operation;
import dev.mmureplay.mmu.Pte;
import dev.mmureplay.mmu.PtePage;

/**
 * change_protection of mm/mprotect.c: every resident PTE of a range is started, modified and
 * committed, whether its value changes or not, in one lazy-MMU region for each PTE page.
 */
final class ProtectionWalk {
  private final Guest guest;
  private final int[] resident = new int[PtePage.ENTRIES];
  private final boolean[] mayUpgrade = new boolean[PtePage.ENTRIES];

  /** Whether clean pages of the VMA at hand are made writable, too. */
  private boolean cleanToo;

  private long flushStart;
  private long flushEnd;

  ProtectionWalk(Guest guest) {
    this.guest = guest;
  }

  /** Begins to gather flushes, for a call or (2.6.27) for one VMA piece. */
  void beginFlush() {
    flushStart = 0;
    flushEnd = 0;
    for (BackendState backend : guest.backends) {
      backend.flushStart = 0;
      backend.flushEnd = 0;
    }
  }

  /**
   * Changes the PTEs of {@code [start, end)}, which lies in the VMA and already has its new flags.
   */
  void change(AddressSpace space, Vma vma, long start, long end, ProtectionChange facts) {
    long flags = guest.pageFlags(vma);
    boolean upgrade = wantsUpgrade(vma);
    cleanToo = vma.isPrivate() && guest.kernel.upgradesCleanExclusivePages();
    for (LeafTable leaf : space.tables.range(start, end)) {
      int from = Guest.from(leaf, start);
      int to = Guest.to(leaf, end);
      int n = Guest.collectResident(leaf, from, to, resident);
      facts.ptePages++;
      facts.slotsScanned += to - from;
      facts.updatedPtes += n;
      for (int k = 0; k < n; k++) {
        mayUpgrade[k] =
            upgrade
                && (vma.has(Vma.SHARED)
                    || guest.frames.isExclusive(Pte.frame(leaf.reference[resident[k]])));
      }
      guest.each(backend -> walk(backend, leaf, to - from, n, flags));
      for (int k = 0; k < n; k++) {
        int i = resident[k];
        long old = leaf.reference[i];
        long changed = modify(old, flags, mayUpgrade[k]);
        leaf.set(i, changed);
        boolean byDirtiness = mayUpgrade[k] && !cleanToo;
        facts.unseen |= guest.doubts.protectionChanged(space, vma, leaf, i, byDirtiness);
        if (needsFlush(old, changed)) {
          if (flushStart == flushEnd) {
            flushStart = leaf.address(i);
          }
          flushEnd = leaf.address(i) + Machine.PAGE_SIZE;
        }
      }
    }
  }

  private void walk(BackendState backend, LeafTable leaf, int slots, int n, long flags) {
    Mmu mmu = backend.mmu;
    PtePage page = leaf.pages[backend.index];
    backend.counter().count(PTE_PAGE_WALK);
    backend.counter().count(PTE_READ, slots);
    mmu.enterLazyMmu();
    for (int k = 0; k < n; k++) {
      int i = resident[k];
      long old = mmu.ptepModifyProtStart(page, i);
      long changed = modify(old, flags, mayUpgrade[k]);
      backend.counter().count(kindOf(old, changed));
      mmu.ptepModifyProtCommit(page, i, old, changed);
      if (needsFlush(old, changed)) {
        backend.widenFlush(leaf.address(i));
      }
    }
    mmu.leaveLazyMmu();
  }

  /**
   * Carries out the gathered flush of a call: one hull, page by page up to the ceiling, else in
   * full.
   */
  void flushGathered(AddressSpace space) {
    guest.each(
        backend -> {
          long pages = (backend.flushEnd - backend.flushStart) >> Machine.PAGE_SHIFT;
          if (pages > 0) {
            guest.flush(backend, space, pages <= Guest.FLUSH_CEILING ? pages : -1);
          }
        });
  }

  /** Returns the pages in the hull as native Linux gathers it. */
  long flushPages() {
    return (flushEnd - flushStart) >> Machine.PAGE_SHIFT;
  }

  /** Returns whether PTEs that come out read-only may be made writable one by one. */
  private boolean wantsUpgrade(Vma vma) {
    if (!vma.has(Vma.WRITE)) {
      return false;
    }
    return vma.has(Vma.SHARED)
        ? Guest.wantsWriteNotify(vma)
        : guest.kernel.upgradesExclusivePages();
  }

  /**
   * pte_modify, then the upgrade (can_change_pte_writable; dirty_accountable in 2.6.27). A shared
   * page has to be dirty for it, because a file system may want to know of its first write.
   */
  private long modify(long old, long flags, boolean mayUpgrade) {
    long changed = guest.kernel.modify(old, flags);
    return mayUpgrade && Pte.isPresent(changed) && (cleanToo || Pte.isDirty(old))
        ? guest.kernel.makeWritable(changed)
        : changed;
  }

  private static Operation kindOf(long old, long changed) {
    if (!Pte.isPresent(old)) {
      return PTE_FROM_NONE;
    }
    if (!Pte.isPresent(changed)) {
      return PTE_TO_NONE;
    }
    if (Pte.isWritable(old) == Pte.isWritable(changed)) {
      return PTE_KEEP;
    }
    return Pte.isWritable(old) ? PTE_DOWNGRADE : PTE_UPGRADE;
  }

  /**
   * pte_needs_flush of arch/x86/include/asm/tlbflush.h: the old entry was present, and D or P is
   * cleared or any other bit than A and the software bits changes. Under Xen the old entry is
   * global and the new one is not, so it is always true. 2.6.27 does not ask, see {@link
   * GuestKernel#gatheredFlush}.
   */
  private static boolean needsFlush(long old, long changed) {
    if (!Pte.isPresent(old)) {
      return false;
    }
    long cleared = old & ~changed & (Pte.DIRTY | Pte.PRESENT);
    long ignored = Pte.ACCESSED | Pte.DIRTY_BITS | Pte.PRESENT | Pte.SPECIAL | Pte.FRAME;
    return cleared != 0 || ((old ^ changed) & ~ignored) != 0;
  }
}
