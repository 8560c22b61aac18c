package dev.mmureplay.machine;

import dev.mmureplay.mmu.Cause;
import dev.mmureplay.mmu.Operation;
import dev.mmureplay.mmu.Pte;
import dev.mmureplay.mmu.PtePage;

/**
 * How an address space is copied by fork and torn down at exit (kernel/fork.c, mm/memory.c,
 * mm/mmap.c).
 */
final class Processes {
  private final Guest guest;
  private final int[] resident = new int[PtePage.ENTRIES];

  Processes(Guest guest) {
    this.guest = guest;
  }

  /**
   * fork: copies the VMAs, and the PTEs of those that hold private pages (dup_mmap,
   * copy_page_range).
   */
  void fork(AddressSpace parent, AddressSpace child) {
    guest.enterSyscall(Cause.FORK);
    child.brk = parent.brk;
    child.heapStart = parent.heapStart;
    Doubts.inherit(parent, child);
    for (int i = 0; i < parent.vmas.size(); i++) {
      Vma vma = parent.vmas.get(i);
      if (vma.has(Vma.DONTCOPY)) {
        continue;
      }
      Vma copy = vma.copy();
      copy.flags &= ~Vma.LOCKED;
      if (vma.has(Vma.WIPEONFORK)) {
        copy.anonVma = 0;
        copy.anonVmaChain = 0;
      } else {
        guest.merger.forkAnonVma(copy);
      }
      child.vmas.insert(copy);
      if (vma.anonVma != 0 && !vma.has(Vma.WIPEONFORK)) {
        copyPtes(parent, child, vma);
      }
    }
    guest.flush(parent, -1);
  }

  private void copyPtes(AddressSpace parent, AddressSpace child, Vma vma) {
    for (LeafTable leaf : parent.tables.range(vma.start, vma.end)) {
      int n =
          Guest.collectResident(
              leaf, Guest.from(leaf, vma.start), Guest.to(leaf, vma.end), resident);
      if (n == 0) {
        continue;
      }
      LeafTable into = guest.unpinnedTable(child, leaf.chunk);
      guest.each(
          backend -> {
            PtePage from = leaf.pages[backend.index];
            PtePage to = into.pages[backend.index];
            // The child's tables become page tables in Xen's eyes only when it first runs.
            to.pinned = false;
            backend.mmu.enterLazyMmu();
            for (int k = 0; k < n; k++) {
              int i = resident[k];
              backend.counter().count(Operation.PTE_READ);
              if (vma.isPrivate() && Pte.isWritable(from.entries[i])) {
                backend.mmu.ptepSetWrprotect(from, i);
              }
              backend.mmu.setPte(to, i, childPte(backend.comparable(from.entries[i]), vma));
            }
            backend.mmu.leaveLazyMmu();
            to.pinned = true;
          });
      for (int k = 0; k < n; k++) {
        int i = resident[k];
        long pte = leaf.reference[i];
        guest.frames.share(Pte.frame(pte));
        long kept = vma.isPrivate() ? guest.kernel.writeProtect(pte) : pte;
        leaf.set(i, kept);
        into.set(i, childPte(kept, vma));
        if (vma.isPrivate()) {
          into.lose(i, leaf.lost(i) & Pte.DIRTY);
        }
        boolean written = guest.frames.isAnonymous(Pte.frame(pte));
        guest.doubts.copied(parent, child, vma, leaf, into, i, written);
      }
    }
  }

  private static long childPte(long pte, Vma vma) {
    // A child is not watched by its parent's userfaultfd.
    long old = pte & ~(Pte.ACCESSED | Pte.UFFD_WP);
    return vma.has(Vma.SHARED) ? old & ~Pte.DIRTY_BITS : old;
  }

  /** Reports every PTE of an address space and compares the backends' copies. */
  void report(AddressSpace space) {
    for (LeafTable leaf : space.tables.all()) {
      int n = Guest.collectResident(leaf, 0, PtePage.ENTRIES, resident);
      guest.each(
          backend -> {
            for (int k = 0; k < n; k++) {
              long pte = leaf.pages[backend.index].entries[resident[k]];
              guest.check(backend, space, leaf, resident[k], pte);
            }
          });
      for (int k = 0; k < n; k++) {
        guest.finalPte(space, leaf, resident[k]);
      }
    }
  }

  /** Tears an address space down (exit_mmap): every PTE is reported, then cleared without traps. */
  void tearDown(AddressSpace space) {
    guest.cause(Cause.EXIT);
    int freed = space.tables.size() + space.tables.upperSize();
    for (LeafTable leaf : space.tables.all()) {
      int n = Guest.collectResident(leaf, 0, PtePage.ENTRIES, resident);
      for (int k = 0; k < n; k++) {
        guest.finalPte(space, leaf, resident[k]);
      }
      guest.each(
          backend -> {
            PtePage page = leaf.pages[backend.index];
            page.pinned = false;
            backend.mmu.enterLazyMmu();
            for (int k = 0; k < n; k++) {
              long old = backend.mmu.ptepGetAndClearFull(page, resident[k]);
              guest.check(backend, space, leaf, resident[k], old);
            }
            backend.mmu.leaveLazyMmu();
          });
      for (int k = 0; k < n; k++) {
        guest.frames.release(Pte.frame(leaf.reference[resident[k]]));
      }
      space.tables.remove(leaf.chunk);
    }
    guest.count(Operation.TABLE_STORE, freed);
    guest.count(Operation.TABLE_FREE, freed);
  }
}
