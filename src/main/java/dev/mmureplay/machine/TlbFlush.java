package dev.mmureplay.machine;

import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.Mmu;
import dev.mmureplay.mmu.Pte;

/** When and how the guest kernel flushes TLBs after PTEs have changed. */
public final class TlbFlush {
  /**
   * tlb_single_page_flush_ceiling of arch/x86/mm/tlb.c: flush_tlb_mm_range flushes a longer hull in
   * full.
   */
  private static final long CEILING = 33;

  private TlbFlush() {}

  /**
   * pte_needs_flush and pte_flags_need_flush of arch/x86/include/asm/tlbflush.h: the old entry was
   * present, and D or P is cleared, or a permission, the caching, the protection key or the global
   * bit changes. A and the software bits do not count, nor that D is set; the frame would, but
   * mprotect leaves it. Under Xen the old entry is global (adjust_guest_l1e of xen/arch/x86/mm.c)
   * and the new one is not, so it is always true. 2.6.27 does not ask, see {@link
   * GuestKernel#gatheredFlush}.
   */
  public static boolean needed(long old, long changed) {
    if (!Pte.isPresent(old)) {
      return false;
    }
    long cleared = old & ~changed & (Pte.DIRTY | Pte.PRESENT);
    long ignored =
        Pte.ACCESSED | Pte.DIRTY_BITS | Pte.PRESENT | Pte.SPECIAL | Pte.UFFD_WP | Pte.FRAME;
    return cleared != 0 || ((old ^ changed) & ~ignored) != 0;
  }

  /**
   * Returns whether a CPU that still holds the old entry may do what the new one forbids, or write
   * without setting D: what {@link #needed} says, but for the right to write being gained, which
   * costs one fault at most.
   */
  static boolean leavesStaleRights(long old, long changed) {
    return needed(old | (changed & Pte.RW), changed);
  }

  /** Returns how many pages of a hull are flushed one by one; -1 for a full flush. */
  public static long pages(long hull) {
    return hull <= CEILING ? hull : -1;
  }

  /**
   * Asks for the flush.
   *
   * @param otherCpus how many other CPUs may hold translations
   * @param pages pages to flush one by one, or -1 for everything
   */
  public static void carryOut(Mmu mmu, int otherCpus, long pages) {
    if (otherCpus > 0) {
      mmu.flushTlbMulti(otherCpus, pages);
    } else if (pages > 0) {
      mmu.flushTlbPages(pages);
    } else {
      mmu.flushTlbLocal();
    }
  }
}
