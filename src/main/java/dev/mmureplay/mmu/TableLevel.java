package dev.mmureplay.mmu;

/**
 * The levels of page-table pages that come and go while a process runs (enum pt_level of
 * arch/x86/xen/mmu_pv.c); the top level stays.
 */
public enum TableLevel {
  /** A page of PTEs, for 2 MiB. */
  PTE(21),
  /** A page of entries for PTE pages, for 1 GiB. */
  PMD(30),
  /** A page of entries for PMD pages, for 512 GiB. */
  PUD(39);

  private final int shift;

  TableLevel(int shift) {
    this.shift = shift;
  }

  /** Returns the binary logarithm of the bytes that one page of this level maps. */
  public int shift() {
    return shift;
  }
}
