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
   * Returns how mod_l1_entry carries out an update: present to present is fast unless RW or the
   * frame changes (the other bits that may differ here, NX, A, D, GLOBAL, USER and software bits,
   * are on Xen's white list).
   */
  static Operation updateKind(long oldPte, long newPte) {
    if (!Pte.isPresent(newPte)) {
      return Operation.MMU_UPDATE_PUT;
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
