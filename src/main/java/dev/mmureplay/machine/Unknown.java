package dev.mmureplay.machine;

/**
 * What the capture does not decide about a page that the model has resident: bits of one mask.
 * Where a bit is not in the mask, the model's PTE is what the recorded machine had.
 */
public final class Unknown {
  /** Whether the page is resident at all. */
  public static final int RESIDENCY = 1;

  /** Whether it was accessed. */
  public static final int ACCESSED = 1 << 1;

  /** Whether it is dirty. */
  public static final int DIRTY = 1 << 2;

  /** Whether its PTE permits writes, or could be made to without a copy (PageAnonExclusive). */
  public static final int WRITABLE = 1 << 3;

  /** All of them. */
  public static final int ALL = RESIDENCY | ACCESSED | DIRTY | WRITABLE;

  private Unknown() {}

  /** Returns whether accessed and dirty are both known, of a page that is known to be there. */
  public static boolean decides(int unknown) {
    return (unknown & (RESIDENCY | ACCESSED | DIRTY)) == 0;
  }
}
