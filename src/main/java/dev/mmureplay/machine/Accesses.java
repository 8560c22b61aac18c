package dev.mmureplay.machine;

import org.jspecify.annotations.Nullable;

/**
 * What an access comes to that does not end at a PTE which holds all it needs: hardware sets bits,
 * or the guest takes a fault.
 */
final class Accesses {
  /** Linux lets a stack grow this far down by default (RLIMIT_STACK). */
  private static final long STACK_LIMIT = 8L << 20;

  static final AccessKind[] KINDS = AccessKind.values();

  private final FaultHandler faults;
  private final Mprotect mprotect;
  private @Nullable AccessObserver observer;

  Accesses(FaultHandler faults, Mprotect mprotect) {
    this.faults = faults;
    this.mprotect = mprotect;
  }

  /** Lets somebody look at the accesses for which hardware sets bits of a PTE; null for nobody. */
  void observe(@Nullable AccessObserver told) {
    observer = told;
  }

  /**
   * An access that changes something, or may.
   *
   * @param leaf the PTE page of the address, or null if there is none
   * @return false if the program may not: SIGSEGV, nothing changes
   */
  boolean slowly(AddressSpace space, int kindOrdinal, long address, @Nullable LeafTable leaf) {
    AccessKind kind = KINDS[kindOrdinal];
    if (address < 0) {
      // The vsyscall page and the like: kernel addresses are no part of the address space.
      return false;
    }
    int index = Machine.index(address);
    if (leaf != null && FaultHandler.permits(leaf.reference[index], kind)) {
      AccessObserver told = observer;
      if (told != null) {
        told.setsBits(space, address & -Machine.PAGE_SIZE, leaf.reference[index]);
      }
      faults.hardwareAccess(leaf, index, kind == AccessKind.WRITE);
      return true;
    }
    if (!faults.fault(space, vmaFor(space, address), kind, address)) {
      return false;
    }
    LeafTable populated = space.tables.getOrCreate(address >>> Machine.CHUNK_SHIFT);
    if (FaultHandler.permits(populated.reference[index], kind)) {
      faults.hardwareAccess(populated, index, kind == AccessKind.WRITE);
    }
    return true;
  }

  /**
   * Returns the VMA of an address; a stack grows down to it, and one that nothing in the trace made
   * is deduced.
   */
  private Vma vmaFor(AddressSpace space, long address) {
    int at = space.vmas.firstEndingBehind(address);
    Vma vma = space.vmas.at(at);
    long page = address & -Machine.PAGE_SIZE;
    if (vma != null && vma.start <= address) {
      return vma;
    }
    if (vma != null && vma.has(Vma.GROWSDOWN) && vma.end - page <= STACK_LIMIT) {
      vma.startAt(page);
      return vma;
    }
    return mprotect.deduce(space, page, page + Machine.PAGE_SIZE);
  }
}
