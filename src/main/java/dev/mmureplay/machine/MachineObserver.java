package dev.mmureplay.machine;

/** Is told what a machine cannot keep: final PTEs and breaches of invariants. */
public interface MachineObserver {
  /**
   * One resident PTE of an address space that ends, or of one that is left at the end; without
   * Xen's own bits.
   *
   * @param unknown what the capture does not decide about the page, see {@link Unknown}
   */
  void finalPte(AddressSpace space, long address, long pte, int unknown);

  /**
   * A backend broke an invariant.
   *
   * @param invariant its number, such as {@code I14}
   * @param address the page, or 0
   */
  void breach(
      BackendState backend, String invariant, AddressSpace space, long address, String message);

  /**
   * Something happened under a backend that breaks no invariant and is worth to be known.
   *
   * @param address the first page
   * @param pages how many pages it happened to
   */
  default void outcome(
      BackendState backend, Outcome outcome, AddressSpace space, long address, long pages) {
    // The backend's state has the numbers.
  }
}
