package dev.mmureplay.machine;

import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.Pte;

/**
 * What a start/commit transaction makes of one PTE. Of mprotect: pte_modify, then the upgrade to
 * writable (can_change_pte_writable of mm/mprotect.c; dirty_accountable in 2.6.27). Of userfaultfd
 * the same, with its bit set or taken between the two. Of clean_record_pte: the PTE as clean.
 */
public final class PteUpdate {
  /** The PTE gets the permission flags and nothing more. */
  public static final byte AS_FLAGS = 0;

  /** A dirty PTE is made writable as well. */
  public static final byte WRITABLE_IF_DIRTY = 1;

  /** The PTE is made writable as well. */
  public static final byte WRITABLE = 2;

  /**
   * The PTE is made clean and nothing else, if it is dirty; else there is no transaction
   * (clean_record_pte of mm/mapping_dirty_helpers.c).
   */
  public static final byte CLEAN = 3;

  /** Added to one of the others but {@link #CLEAN}: userfaultfd protects the page. */
  static final byte UFFD_PROTECT = 1 << 2;

  /** Added to one of the others but {@link #CLEAN}: userfaultfd does so no longer. */
  static final byte UFFD_RESOLVE = 1 << 3;

  /** How many bits a constant has. */
  public static final int BITS = 4;

  /** The part of a sum that is not userfaultfd's. */
  static final byte WRITABLE_MASK = 3;

  private PteUpdate() {}

  /**
   * Returns the new PTE.
   *
   * @param old the PTE as start returned it
   * @param flags permission flags of the VMA
   * @param upgrade one of the constants here, or a sum as they say
   */
  public static long apply(GuestKernel kernel, long old, long flags, byte upgrade) {
    if (upgrade == CLEAN) {
      return old & ~Pte.DIRTY_BITS;
    }
    long changed = kernel.modify(old, flags);
    if ((upgrade & UFFD_PROTECT) != 0) {
      changed |= Pte.UFFD_WP;
    } else if ((upgrade & UFFD_RESOLVE) != 0) {
      changed &= ~Pte.UFFD_WP;
    }
    if ((changed & Pte.UFFD_WP) != 0) {
      return kernel.writeProtect(changed);
    }
    int how = upgrade & WRITABLE_MASK;
    boolean writable = how == WRITABLE || (how == WRITABLE_IF_DIRTY && Pte.isDirty(old));
    return writable && Pte.isPresent(changed) ? kernel.makeWritable(changed) : changed;
  }
}
