package dev.mmureplay.machine;

import static dev.mmureplay.mmu.Operation.FLUSH_GATHER;
import static dev.mmureplay.mmu.Operation.PAGE_LOOKUP;
import static dev.mmureplay.mmu.Operation.PTE_DOWNGRADE;
import static dev.mmureplay.mmu.Operation.PTE_EMPTY;
import static dev.mmureplay.mmu.Operation.PTE_FROM_NONE;
import static dev.mmureplay.mmu.Operation.PTE_KEEP;
import static dev.mmureplay.mmu.Operation.PTE_PAGE_WALK;
import static dev.mmureplay.mmu.Operation.PTE_READ;
import static dev.mmureplay.mmu.Operation.PTE_TO_NONE;
import static dev.mmureplay.mmu.Operation.PTE_UPGRADE;
import static dev.mmureplay.mmu.Operation.TABLE_DESCENT;
import static dev.mmureplay.mmu.Operation.UPGRADE_CHECK;

import dev.mmureplay.mmu.Mmu;
import dev.mmureplay.mmu.Operation;
import dev.mmureplay.mmu.Pte;
import dev.mmureplay.mmu.PtePage;
import org.jspecify.annotations.Nullable;

/**
 * change_protection of mm/mprotect.c: every resident PTE of a range is started, modified and
 * committed, whether its value changes or not, in one lazy-MMU region for each PTE page.
 */
final class ProtectionWalk {
  private final Guest guest;
  private final int[] resident = new int[PtePage.ENTRIES];
  private final byte[] upgrades = new byte[PtePage.ENTRIES];
  private final long[] expected = new long[PtePage.ENTRIES];
  private final ProtectionCheck check;

  /** Stands in for the slots of a PTE page that get entries which map nothing. */
  private final PtePage marked = new PtePage();

  private long flushStart;
  private long flushEnd;

  ProtectionWalk(Guest guest) {
    this.guest = guest;
    check = new ProtectionCheck(guest);
  }

  /** Returns what holds backends to their invariants here. */
  ProtectionCheck check() {
    return check;
  }

  /** Begins to gather flushes, for a call or (2.6.27) for one VMA piece. */
  void beginFlush() {
    check.beginCall();
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
    LeafTable[] leaves = space.tables.range(start, end);
    change(space, vma, leaves, start, end, upgradeOf(vma), null, facts);
  }

  /**
   * The same in the way of the caller's choice.
   *
   * @param leaves the PTE pages to walk
   * @param how a sum as in {@link PteUpdate}; of its upgrade a shared page of a private mapping
   *     gets nothing
   * @param marks what becomes of empty slots, or null for nothing
   */
  void change(
      AddressSpace space,
      Vma vma,
      LeafTable[] leaves,
      long start,
      long end,
      byte how,
      @Nullable UffdMarks marks,
      ProtectionChange facts) {
    long flags = guest.pageFlags(vma);
    byte upgrade = (byte) (how & PteUpdate.WRITABLE_MASK);
    byte uffd = (byte) (how & ~PteUpdate.WRITABLE_MASK);
    guest.count(TABLE_DESCENT, leaves.length > 0 ? 1 : 0);
    for (LeafTable leaf : leaves) {
      int from = Guest.from(leaf, start);
      int to = Guest.to(leaf, end);
      int n = Guest.collectResident(leaf, from, to, resident);
      facts.ptePages++;
      facts.slotsScanned += to - from;
      facts.updatedPtes += n;
      facts.largestChunk = Math.max(facts.largestChunk, n);
      check.region(n, to - from);
      for (int k = 0; k < n; k++) {
        boolean may =
            vma.has(Vma.SHARED) || guest.frames.isExclusive(Pte.frame(leaf.reference[resident[k]]));
        upgrades[k] = may ? how : uffd;
      }
      UpdateLog log = facts.updates;
      if (log != null) {
        log.chunk(leaf, resident, n, flags, upgrades);
      }
      for (int k = 0; k < n; k++) {
        expected[k] =
            PteUpdate.apply(guest.kernel, leaf.reference[resident[k]], flags, upgrades[k]);
      }
      if (upgrade != PteUpdate.AS_FLAGS) {
        countUpgradeChecks(vma, leaf, n, flags, upgrade);
      }
      guest.each(
          backend -> {
            long[] entries = leaf.pages[backend.index].entries;
            long below = from > 0 ? entries[from - 1] : 0;
            long above = to < PtePage.ENTRIES ? entries[to] : 0;
            walk(backend, leaf, from, to, n, flags, marks);
            check.untouched(backend, space, leaf, from, to, resident, n, below, above);
            for (int k = 0; k < n; k++) {
              long old = leaf.reference[resident[k]];
              guest.checkUpdate(backend, space, leaf, resident[k], old, expected[k]);
            }
          });
      for (int k = 0; k < n; k++) {
        int i = resident[k];
        long old = leaf.reference[i];
        long changed = expected[k];
        leaf.set(i, changed);
        boolean byDirtiness = upgrade == PteUpdate.WRITABLE_IF_DIRTY;
        facts.unseen |= guest.doubts.protectionChanged(space, vma, leaf, i, byDirtiness);
        check.changed(leaf, i, old, changed);
        if (TlbFlush.needed(old, changed)) {
          if (flushStart == flushEnd) {
            flushStart = leaf.address(i);
          }
          flushEnd = leaf.address(i) + Machine.PAGE_SIZE;
        }
      }
    }
  }

  /** can_change_pte_writable: a private VMA asks for the page, up to 6.1 of dirty PTEs only. */
  private void countUpgradeChecks(Vma vma, LeafTable leaf, int n, long flags, byte upgrade) {
    guest.count(UPGRADE_CHECK, n);
    long lookups = 0;
    for (int k = 0; k < n; k++) {
      boolean asked = upgrade == PteUpdate.WRITABLE || Pte.isDirty(leaf.reference[resident[k]]);
      lookups += vma.isPrivate() && Pte.isPresent(flags) && asked ? 1 : 0;
    }
    guest.count(PAGE_LOOKUP, lookups);
  }

  /** Puts markers into empty slots or takes them away; only counts show them. */
  private void mark(Mmu mmu, LeafTable leaf, int from, int to, @Nullable UffdMarks marks) {
    for (int i = from; marks != null && i < to; i++) {
      if (marks.changes(leaf.address(i))) {
        mmu.setPte(marked, i, marks.entry());
      }
    }
  }

  private void walk(
      BackendState backend,
      LeafTable leaf,
      int from,
      int to,
      int n,
      long flags,
      @Nullable UffdMarks marks) {
    Mmu mmu = backend.mmu;
    PtePage page = leaf.pages[backend.index];
    backend.counter().count(PTE_PAGE_WALK);
    backend.counter().count(PTE_READ, to - from);
    backend.counter().count(PTE_EMPTY, to - from - n);
    ProtectionObserver observer = guest.protectionObserver;
    mmu.enterLazyMmu();
    int next = from;
    for (int k = 0; k < n; k++) {
      int i = resident[k];
      mark(mmu, leaf, next, i, marks);
      next = i + 1;
      long old = mmu.ptepModifyProtStart(page, i);
      long changed = PteUpdate.apply(guest.kernel, old, flags, upgrades[k]);
      backend.counter().count(kindOf(old, changed));
      mmu.ptepModifyProtCommit(page, i, old, changed);
      if (observer != null) {
        observer.updated(backend, leaf.address(i), old, changed);
      }
      if (TlbFlush.needed(old, changed)) {
        backend.counter().count(FLUSH_GATHER, guest.kernel.gatheredFlush() ? 1 : 0);
        backend.widenFlush(leaf.address(i));
      }
    }
    mark(mmu, leaf, next, to, marks);
    mmu.leaveLazyMmu();
  }

  /**
   * Carries out the gathered flush of a call: one hull, page by page up to the ceiling, else in
   * full.
   */
  void flushGathered(AddressSpace space) {
    boolean underXen = false;
    for (BackendState backend : guest.backends) {
      underXen |= backend.backend().underXen() && backend.flushEnd > backend.flushStart;
    }
    guest.each(
        backend -> {
          long pages = (backend.flushEnd - backend.flushStart) >> Machine.PAGE_SHIFT;
          check.beginFlush(backend);
          if (pages > 0) {
            long flushed = TlbFlush.pages(pages);
            ProtectionObserver observer = guest.protectionObserver;
            if (observer != null) {
              observer.flushing(backend, backend.flushStart, flushed);
            }
            guest.flush(backend, space, flushed);
          }
          check.endFlush(backend, space);
        });
    if (underXen) {
      guest.cpus.flushed(space);
    }
  }

  /** Returns the pages in the hull as native Linux gathers it. */
  long flushPages() {
    return (flushEnd - flushStart) >> Machine.PAGE_SHIFT;
  }

  /**
   * Returns whether PTEs that come out read-only may be made writable one by one. A shared page has
   * to be dirty for it, because a file system may want to know of its first write.
   */
  byte upgradeOf(Vma vma) {
    if (!vma.has(Vma.WRITE)) {
      return PteUpdate.AS_FLAGS;
    }
    if (vma.has(Vma.SHARED)) {
      return Guest.wantsWriteNotify(vma) ? PteUpdate.WRITABLE_IF_DIRTY : PteUpdate.AS_FLAGS;
    }
    if (!guest.kernel.upgradesExclusivePages()) {
      return PteUpdate.AS_FLAGS;
    }
    return guest.kernel.upgradesCleanExclusivePages()
        ? PteUpdate.WRITABLE
        : PteUpdate.WRITABLE_IF_DIRTY;
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
}
