package dev.mmureplay.mmu;

/**
 * The bits of an x86-64 PTE and pure functions on one; a PTE is a {@code long} and never an object.
 *
 * <pre>
 *  63  58            51                          12  11  8   7   6  5  4   3   2   1   0
 *  NX  SAVED_DIRTY   frame                           ..  G  PSE  D  A PCD PWT US  RW   P
 * </pre>
 *
 * Source: Intel SDM vol. 3A, table 4-20; arch/x86/include/asm/pgtable_types.h. Frames of PROT_NONE
 * entries are kept plain here, where Linux inverts them against L1TF: compare frames, not raw
 * words.
 */
public final class Pte {
  public static final long PRESENT = 1L;
  public static final long RW = 1L << 1;
  public static final long USER = 1L << 2;
  public static final long ACCESSED = 1L << 5;
  public static final long DIRTY = 1L << 6;
  public static final long GLOBAL = 1L << 8;

  /**
   * Linux's software bit for a PTE that maps no ordinary page, such as the zero page (pte_special).
   */
  public static final long SPECIAL = 1L << 9;

  /**
   * Linux's software bit for a PTE whose next write is announced to a userfaultfd tracker
   * (_PAGE_UFFD_WP, 5.7 on).
   */
  public static final long UFFD_WP = 1L << 10;

  /**
   * Linux's software bit for a dirty PTE that is not writable, where W=0, D=1 means a shadow stack;
   * see {@link GuestKernel#savesDirty}.
   */
  public static final long SAVED_DIRTY = 1L << 58;

  public static final long NX = 1L << 63;
  public static final long FRAME = 0x000f_ffff_ffff_f000L;
  public static final int FRAME_SHIFT = 12;

  /** The bits that hardware sets. */
  public static final long ACCESSED_DIRTY = ACCESSED | DIRTY;

  /** The bits that each say that a page was written (_PAGE_DIRTY_BITS). */
  public static final long DIRTY_BITS = DIRTY | SAVED_DIRTY;

  /** The bits that pte_modify keeps (_PAGE_CHG_MASK). */
  public static final long KEPT_BY_MODIFY = FRAME | SPECIAL | UFFD_WP | ACCESSED | DIRTY_BITS;

  private Pte() {}

  /** Returns whether hardware can use the entry. */
  public static boolean isPresent(long pte) {
    return (pte & PRESENT) != 0;
  }

  /** Returns whether Linux counts the entry as present: hardware can use it, or it is PROT_NONE. */
  public static boolean isResident(long pte, long protNone) {
    return (pte & (PRESENT | protNone)) != 0;
  }

  public static boolean isWritable(long pte) {
    return (pte & RW) != 0;
  }

  public static boolean isAccessed(long pte) {
    return (pte & ACCESSED) != 0;
  }

  /** Returns whether the page was written, by whichever bit says so (pte_dirty). */
  public static boolean isDirty(long pte) {
    return (pte & DIRTY_BITS) != 0;
  }

  /** Returns the number of the page frame. */
  public static int frame(long pte) {
    return (int) ((pte & FRAME) >>> FRAME_SHIFT);
  }

  /** Returns an entry that maps a frame with the given flags. */
  public static long of(int frame, long flags) {
    return ((long) frame << FRAME_SHIFT) | flags;
  }

  /**
   * Returns the entry with new permission flags; frame, special mark, A and dirtiness stay
   * (pte_modify before 6.6).
   */
  public static long modify(long pte, long newFlags) {
    return (pte & KEPT_BY_MODIFY) | (newFlags & ~KEPT_BY_MODIFY);
  }

  /**
   * Returns what {@link #modify} does, with the dirtiness moved to the bit where it belongs if the
   * entry changes between writable and not (pte_modify from 6.6 on).
   */
  public static long modifySavingDirty(long pte, long newFlags) {
    long changed = modify(pte, newFlags);
    return ((pte | changed) & RW) == 0 ? changed : settleDirty(changed);
  }

  /**
   * Returns the entry with its dirtiness in the bit where it belongs: D where it is writable, else
   * {@link #SAVED_DIRTY} (pte_mksaveddirty, pte_clear_saveddirty).
   */
  public static long settleDirty(long pte) {
    if ((pte & DIRTY_BITS) == 0) {
      return pte;
    }
    return (pte & ~DIRTY_BITS) | ((pte & RW) != 0 ? DIRTY : SAVED_DIRTY);
  }
}
