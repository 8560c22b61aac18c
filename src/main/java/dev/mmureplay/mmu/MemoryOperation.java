package dev.mmureplay.mmu;

/** The atomic steps in which kernel and hypervisor read and write a PTE. */
public enum MemoryOperation {
  /** A plain load. */
  READ,
  /** A plain store. */
  STORE,
  /** An xchg. */
  EXCHANGE,
  /** A lock cmpxchg. */
  COMPARE_EXCHANGE
}
