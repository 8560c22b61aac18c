package dev.mmureplay.machine;

/** Is told of every access for which hardware goes to a PTE to set A or D. */
@FunctionalInterface
public interface AccessObserver {
  /**
   * Hardware is about to set bits.
   *
   * @param address the page
   * @param before the PTE until then, without the bits that Xen owns
   */
  void setsBits(AddressSpace space, long address, long before);
}
