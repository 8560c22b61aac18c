package dev.mmureplay.mmu;

/**
 * What Xen does to the PTEs of a 64-bit PV guest (adjust_guest_l1e in xen/arch/x86/mm.c and
 * asm-x86/mm.h).
 */
public final class XenPte {
  private XenPte() {}

  /**
   * Returns what Xen writes when the guest asks for an entry: present user entries become global.
   */
  public static long adjust(long pte) {
    return Pte.isPresent(pte) ? pte | Pte.GLOBAL | Pte.USER : pte;
  }

  /**
   * Returns the entry without the bit that Xen owns, as it compares with one that no Xen has
   * touched.
   */
  public static long withoutXenBits(long pte) {
    return Pte.isPresent(pte) ? pte & ~Pte.GLOBAL : pte;
  }

  /**
   * Counts one update inside mmu_update (mod_l1_entry): how it is carried out, and the references
   * to a frame's writable type that it takes and drops (get_page_from_l1e, put_page_from_l1e).
   */
  static void countUpdate(OperationCounter counter, long oldPte, long newPte) {
    Operation kind = updateKind(oldPte, newPte);
    counter.count(kind);
    if (kind != Operation.MMU_UPDATE_FAST) {
      countWritable(counter, oldPte, newPte);
    }
  }

  /**
   * Counts the references that one emulated write of a PTE takes and drops (ptwr_emulated_update of
   * arch/x86/pv/ro-page-fault.c): unlike mod_l1_entry it does so even if nothing changes.
   */
  static void countEmulated(OperationCounter counter, long oldPte, long newPte) {
    if (Pte.isPresent(newPte)) {
      counter.count(Operation.L1E_GET);
    }
    if (Pte.isPresent(oldPte)) {
      counter.count(Operation.L1E_PUT);
    }
    countWritable(counter, oldPte, newPte);
  }

  private static void countWritable(OperationCounter counter, long oldPte, long newPte) {
    if (Pte.isPresent(newPte) && Pte.isWritable(newPte)) {
      counter.count(Operation.WRITABLE_GET);
    }
    if (Pte.isPresent(oldPte) && Pte.isWritable(oldPte)) {
      counter.count(Operation.WRITABLE_PUT);
    }
  }

  /**
   * Returns how mod_l1_entry carries out an update: present to present is fast unless RW or the
   * frame changes (the other bits that may differ here, NX, A, D, GLOBAL, USER and software bits,
   * are on Xen's white list).
   */
  private static Operation updateKind(long oldPte, long newPte) {
    if (!Pte.isPresent(newPte)) {
      return Pte.isPresent(oldPte) ? Operation.MMU_UPDATE_PUT : Operation.MMU_UPDATE_ABSENT;
    }
    if (!Pte.isPresent(oldPte)) {
      return Operation.MMU_UPDATE_GET;
    }
    long checked = Pte.RW | Pte.FRAME;
    return ((oldPte ^ newPte) & checked) == 0
        ? Operation.MMU_UPDATE_FAST
        : Operation.MMU_UPDATE_SLOW;
  }
}
