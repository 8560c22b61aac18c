package dev.mmureplay.machine;

import dev.mmureplay.mmu.Cause;
import dev.mmureplay.mmu.Pte;
import org.jspecify.annotations.Nullable;

/** madvise: the flags it sets, the pages it gives up, cleans or populates (mm/madvise.c). */
final class Advice {
  private final Guest guest;
  private final FaultHandler faults;
  private final Mappings mappings;

  Advice(Guest guest, FaultHandler faults, Mappings mappings) {
    this.guest = guest;
    this.faults = faults;
    this.mappings = mappings;
  }

  /** madvise, as far as it changes VMAs or PTEs; other advice changes nothing here. */
  void madvise(AddressSpace space, long address, long length, int advice) {
    guest.enterSyscall(Cause.MUNMAP);
    long end = address + Machine.pageUp(length);
    switch (advice) {
      case 0 -> flagRange(space, address, end, 0, Vma.SEQ_READ | Vma.RAND_READ);
      case 1 -> flagRange(space, address, end, Vma.RAND_READ, Vma.SEQ_READ);
      case 2 -> flagRange(space, address, end, Vma.SEQ_READ, Vma.RAND_READ);
      case 4, 9, 24 -> mappings.zap(space, address, end);
      case 8 -> clean(space, address, end, Pte.ACCESSED | Pte.DIRTY_BITS);
      case 10 -> flagRange(space, address, end, Vma.DONTCOPY, 0);
      case 11 -> flagRange(space, address, end, 0, Vma.DONTCOPY);
      case 12 -> flagRange(space, address, end, Vma.MERGEABLE, 0);
      case 13 -> flagRange(space, address, end, 0, Vma.MERGEABLE);
      case 14 -> flagRange(space, address, end, Vma.HUGEPAGE, Vma.NOHUGEPAGE);
      case 15 -> flagRange(space, address, end, Vma.NOHUGEPAGE, Vma.HUGEPAGE);
      case 16 -> flagRange(space, address, end, Vma.DONTDUMP, 0);
      case 17 -> flagRange(space, address, end, 0, Vma.DONTDUMP);
      case 18 -> flagRange(space, address, end, Vma.WIPEONFORK, 0);
      case 19 -> flagRange(space, address, end, 0, Vma.WIPEONFORK);
      case 20 -> clean(space, address, end, Pte.ACCESSED);
      // PAGEOUT takes pages away, COLLAPSE makes huge ones of them.
      case 21, 25 -> Doubts.disturbed(space, address, end, Unknown.ALL);
      case 22 -> populateRange(space, address, end, false);
      case 23 -> populateRange(space, address, end, true);
      default -> {
        // Advice such as WILLNEED moves no bit of a PTE that the model could know of.
      }
    }
  }

  private void flagRange(AddressSpace space, long start, long end, long set, long clear) {
    for (Vma vma = next(space, start, end); vma != null; ) {
      long pieceStart = Math.max(start, vma.start);
      long pieceEnd = Math.min(end, vma.end);
      long flags = (vma.flags & ~clear) | set;
      if (flags != vma.flags) {
        guest.merger.change(space.vmas, vma, pieceStart, pieceEnd, flags, vma.protectionKey);
      }
      vma = next(space, pieceEnd, end);
    }
  }

  private static @Nullable Vma next(AddressSpace space, long start, long end) {
    Vma vma = space.vmas.at(space.vmas.firstEndingBehind(start));
    return vma != null && vma.start < end && start < end ? vma : null;
  }

  /**
   * MADV_FREE and MADV_COLD: private anonymous pages lose A, and D for MADV_FREE; they stay
   * writable.
   */
  private void clean(AddressSpace space, long start, long end, long bits) {
    if (faults.populatingShown) {
      // The trace shows which pages the kernel has taken the bits from: not those shared by others.
      return;
    }
    long first = -1;
    long behind = 0;
    for (Vma vma = next(space, start, end); vma != null; vma = next(space, vma.end, end)) {
      long to = Math.min(end, vma.end);
      if (!vma.isPrivate() || !vma.isAnonymous()) {
        Doubts.disturbed(space, Math.max(start, vma.start), to, Unknown.ACCESSED);
        continue;
      }
      for (LeafTable leaf : space.tables.range(Math.max(start, vma.start), to)) {
        int limit = Guest.to(leaf, to);
        for (int i = Guest.from(leaf, Math.max(start, vma.start)); i < limit; i++) {
          long pte = leaf.reference[i];
          if ((pte & bits) == 0 || Pte.frame(pte) == FrameTable.ZERO_PAGE) {
            Doubts.leftUnclean(leaf, i);
            continue;
          }
          int index = i;
          guest.each(
              backend -> {
                long old = backend.mmu.ptepGetAndClear(leaf.pages[backend.index], index);
                guest.check(backend, space, leaf, index, old);
                backend.mmu.setPte(
                    leaf.pages[backend.index], index, backend.comparable(old) & ~bits);
              });
          leaf.clean(i, bits);
          boolean exclusive = guest.frames.isExclusive(Pte.frame(pte));
          guest.doubts.cleaned(space, vma, leaf, i, bits, exclusive);
          first = first < 0 ? leaf.address(i) : first;
          behind = leaf.address(i) + Machine.PAGE_SIZE;
        }
      }
    }
    guest.doubts.changedByVmas(space);
    if (first >= 0) {
      guest.flush(space, (behind - first) >> Machine.PAGE_SHIFT);
    }
  }

  private void populateRange(AddressSpace space, long start, long end, boolean write) {
    for (Vma vma = next(space, start, end); vma != null; vma = next(space, vma.end, end)) {
      faults.populateRange(space, vma, Math.max(start, vma.start), Math.min(end, vma.end), write);
    }
    guest.doubts.changedByVmas(space);
  }
}
