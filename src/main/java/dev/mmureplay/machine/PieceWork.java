package dev.mmureplay.machine;

import dev.mmureplay.mmu.Operation;

/**
 * Counts the guest's work on one VMA piece whose flags change, but for merging, splitting and its
 * PTEs (mprotect_fixup of mm/mprotect.c, vm_stat_account and vma_set_page_prot of mm/mmap.c).
 */
final class PieceWork {
  private final Guest guest;

  PieceWork(Guest guest) {
    this.guest = guest;
  }

  /** Counts for {@code [start, end)} of a VMA that still has its old flags. */
  void count(AddressSpace space, Vma vma, long start, long end, long newFlags) {
    guest.count(Operation.VMA_CHANGE, 1);
    boolean writable = (newFlags & Vma.WRITE) != 0;
    boolean accessible = (newFlags & Vma.ACCESS) != 0;
    boolean charged = (newFlags & ~vma.flags & Vma.ACCOUNT) != 0;
    guest.count(Operation.DATA_LIMIT_CHECK, writable ? 1 : 0);
    guest.count(Operation.COMMIT_CHARGE, charged ? 1 : 0);
    guest.count(accountKind(vma.flags), 1);
    guest.count(accountKind(newFlags), 1);
    guest.count(Operation.PROTECTION_MASK, accessible ? 1 : 0);
    if (vma.has(Vma.SHARED)) {
      guest.count(Operation.SHARED_CHECK, 1);
      // Once for the new page protection, once for the PTEs.
      guest.count(Operation.WRITE_NOTIFY_CHECK, writable ? 2 : 0);
    }
    long boundaries = hugeBoundary(space, vma, start) + hugeBoundary(space, vma, end);
    guest.count(Operation.HUGE_BOUNDARY, boundaries);
  }

  /** vm_stat_account; stacks count as data here. */
  private static Operation accountKind(long flags) {
    if ((flags & (Vma.EXEC | Vma.WRITE)) == Vma.EXEC) {
      return Operation.ACCOUNT_EXEC;
    }
    boolean data = (flags & (Vma.WRITE | Vma.SHARED)) == Vma.WRITE;
    return data ? Operation.ACCOUNT_DATA : Operation.ACCOUNT_OTHER;
  }

  /** split_huge_pmd_if_needed of mm/huge_memory.c, which asks no more than this. */
  private static long hugeBoundary(AddressSpace space, Vma vma, long at) {
    long block = at & -Machine.CHUNK_SIZE;
    boolean inside = at != block && block >= vma.start && block + Machine.CHUNK_SIZE <= vma.end;
    return inside && space.tables.get(at >>> Machine.CHUNK_SHIFT) != null ? 1 : 0;
  }
}
