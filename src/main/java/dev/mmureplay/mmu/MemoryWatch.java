package dev.mmureplay.mmu;

/**
 * Is told of every memory operation on a PTE page just before it happens, and may set bits there
 * meanwhile, as the hardware of another CPU does.
 */
@FunctionalInterface
public interface MemoryWatch {
  /**
   * A memory operation is about to happen.
   *
   * @param index the entry
   * @param operand the new PTE; 0 for a read
   */
  void before(PtePage page, int index, MemoryOperation operation, long operand);

  /**
   * A memory operation that may write has happened.
   *
   * @param operand as before
   * @param written false if a compare and exchange found something else and left it alone
   */
  default void after(
      PtePage page, int index, MemoryOperation operation, long operand, boolean written) {}
}
