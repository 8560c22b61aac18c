package dev.mmureplay.machine;

import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.Pte;

/**
 * What mprotect makes of one PTE: pte_modify, then the upgrade to writable (can_change_pte_writable
 * of mm/mprotect.c; dirty_accountable in 2.6.27).
 */
public final class PteUpdate {
  /** The PTE gets the permission flags and nothing more. */
  public static final byte AS_FLAGS = 0;

  /** A dirty PTE is made writable as well. */
  public static final byte WRITABLE_IF_DIRTY = 1;

  /** The PTE is made writable as well. */
  public static final byte WRITABLE = 2;

  private PteUpdate() {}

  /**
   * Returns the new PTE.
   *
   * @param old the PTE as start returned it
   * @param flags permission flags of the VMA
   * @param upgrade one of the constants here
   */
  public static long apply(GuestKernel kernel, long old, long flags, byte upgrade) {
    long changed = kernel.modify(old, flags);
    boolean writable = upgrade == WRITABLE || (upgrade == WRITABLE_IF_DIRTY && Pte.isDirty(old));
    return writable && Pte.isPresent(changed) ? kernel.makeWritable(changed) : changed;
  }
}
