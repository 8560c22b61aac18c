package dev.mmureplay.mmu;

/** One last-level page table: 512 PTEs, which map 2 MiB. */
public final class PtePage {
  /** PTEs in a PTE page. */
  public static final int ENTRIES = 512;

  /** The PTEs as they are in memory, for everybody to see: kernel, hypervisor and hardware. */
  public final long[] entries = new long[ENTRIES];

  /**
   * Whether Xen holds the page as a page table, which makes it read-only to the guest. A page of an
   * address space that is being built or torn down is not pinned, and direct writes to it do not
   * trap.
   */
  public boolean pinned = true;
}
