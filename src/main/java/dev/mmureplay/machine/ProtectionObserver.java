package dev.mmureplay.machine;

/** Looks at what mprotect does to PTEs and TLBs as it is done, under each backend. */
public interface ProtectionObserver {
  /**
   * One PTE was started and committed.
   *
   * @param address the page
   * @param old the PTE as the kernel read it, with the bits that Xen owns
   * @param changed the PTE as the kernel committed it, before Xen adds its bits
   */
  void updated(BackendState backend, long address, long old, long changed);

  /** A piece of the range has new flags; the VMA is what it is a part of by now. */
  default void changed(AddressSpace space, Vma vma) {}

  /**
   * The gathered flush of the call follows.
   *
   * @param start the first page
   * @param pages how many pages, or -1 for everything
   */
  void flushing(BackendState backend, long start, long pages);
}
