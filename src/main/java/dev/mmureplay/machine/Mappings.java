package dev.mmureplay.machine;

import dev.mmureplay.mmu.Cause;
import dev.mmureplay.mmu.Pte;
import dev.mmureplay.mmu.PtePage;
import dev.mmureplay.mmu.TableLevel;

/**
 * mmap, munmap, mremap and brk: what they do to VMAs and to the PTEs under them (mm/mmap.c,
 * mm/mremap.c).
 */
final class Mappings {
  // include/uapi/linux/mman.h and asm-generic/mman-common.h
  private static final long MAP_TYPE = 0xf;
  private static final long MAP_SHARED = 0x1;
  private static final long MAP_SHARED_VALIDATE = 0x3;
  private static final long MAP_GROWSDOWN = 0x100;
  private static final long MAP_LOCKED = 0x2000;
  private static final long MAP_NORESERVE = 0x4000;
  private static final long MAP_POPULATE = 0x8000;
  private static final long MAP_STACK = 0x20000;
  private static final long MAP_HUGETLB = 0x40000;
  private static final long MREMAP_DONTUNMAP = 4;

  private static final TableLevel[] UPPER = {TableLevel.PMD, TableLevel.PUD};

  private final Guest guest;
  private final FaultHandler faults;
  private final int[] resident = new int[PtePage.ENTRIES];
  private int lastSharedAnonymous;

  Mappings(Guest guest, FaultHandler faults) {
    this.guest = guest;
    this.faults = faults;
  }

  /**
   * Makes a mapping at the address that the kernel chose; whatever was there goes (MAP_FIXED).
   *
   * @param offset in the file; for anonymous memory the address
   */
  void mmap(
      AddressSpace space,
      long address,
      long length,
      int protection,
      long mapFlags,
      int file,
      long offset) {
    long end = address + Machine.pageUp(length);
    if (space.vmas.intersects(address, end)) {
      unmap(space, address, end);
      guest.cause(Cause.MMAP);
    }
    long type = mapFlags & MAP_TYPE;
    boolean shared = type == MAP_SHARED || type == MAP_SHARED_VALIDATE;
    long flags = protection & Vma.ACCESS;
    flags |= shared ? Vma.SHARED : 0;
    flags |= (mapFlags & MAP_GROWSDOWN) != 0 ? Vma.GROWSDOWN : 0;
    flags |= (mapFlags & MAP_LOCKED) != 0 ? Vma.LOCKED : 0;
    flags |= (mapFlags & MAP_NORESERVE) != 0 ? Vma.NORESERVE : 0;
    flags |= (mapFlags & MAP_HUGETLB) != 0 ? Vma.HUGETLB : 0;
    if ((mapFlags & MAP_STACK) != 0 && guest.kernel.keepsStacksFromHugePages()) {
      flags |= Vma.NOHUGEPAGE;
    }
    if (!shared && (flags & (Vma.WRITE | Vma.NORESERVE)) == Vma.WRITE) {
      flags |= Vma.ACCOUNT;
    }
    int backing = file;
    long pageOffset = offset >> Machine.PAGE_SHIFT;
    if (file == Vma.ANONYMOUS) {
      // Every shared anonymous mapping is a shmem file of its own.
      backing = shared ? --lastSharedAnonymous : Vma.ANONYMOUS;
      pageOffset = shared ? 0 : pageOffset;
    }
    Vma vma = guest.merger.insertNew(space.vmas, new Vma(address, end, flags, backing, pageOffset));
    guest.doubts.mapped(space, address, end);
    if ((mapFlags & (MAP_POPULATE | MAP_LOCKED)) != 0) {
      faults.populateRange(space, vma, address, end, vma.has(Vma.WRITE) && vma.isPrivate());
    }
    guest.doubts.permitted(space, address, end, flags);
  }

  /** munmap: a length of 0 or a misaligned address would have failed and is not passed here. */
  void munmap(AddressSpace space, long address, long length) {
    guest.enterSyscall(Cause.MUNMAP);
    unmap(space, address, address + Machine.pageUp(length));
  }

  private void unmap(AddressSpace space, long start, long end) {
    guest.cause(Cause.MUNMAP);
    zap(space, start, end);
    VmaList vmas = space.vmas;
    for (int i = vmas.firstEndingBehind(start); i < vmas.size() && vmas.get(i).start < end; ) {
      Vma vma = vmas.get(i);
      if (vma.start < start) {
        Vma behind = guest.merger.split(vmas, vma, start);
        i = vmas.indexOf(behind);
        continue;
      }
      guest.merger.split(vmas, vma, end);
      vmas.remove(i);
    }
    freeTables(space, start, end);
    Doubts.unmapped(space, start, end);
  }

  /** Frees the page-table pages of regions that no VMA reaches into any more (free_pgtables). */
  private void freeTables(AddressSpace space, long start, long end) {
    for (LeafTable leaf : space.tables.range(start, end)) {
      if (isUnused(space, leaf.address(0), TableLevel.PTE)) {
        space.tables.remove(leaf.chunk);
        guest.freeTable(TableLevel.PTE);
      }
    }
    for (TableLevel level : UPPER) {
      for (long address : space.tables.upper(level, start, end)) {
        if (isUnused(space, address, level)) {
          space.tables.removeUpper(level, address);
          guest.freeTable(level);
        }
      }
    }
  }

  private static boolean isUnused(AddressSpace space, long address, TableLevel level) {
    return !space.vmas.intersects(address, address + (1L << level.shift()));
  }

  /** Clears every PTE of a range and flushes (zap_page_range). */
  void zap(AddressSpace space, long start, long end) {
    long first = -1;
    long behind = 0;
    for (LeafTable leaf : space.tables.range(start, end)) {
      int n = Guest.collectResident(leaf, Guest.from(leaf, start), Guest.to(leaf, end), resident);
      if (n == 0) {
        continue;
      }
      guest.each(
          backend -> {
            PtePage page = leaf.pages[backend.index];
            backend.mmu.enterLazyMmu();
            for (int k = 0; k < n; k++) {
              long old = backend.mmu.ptepGetAndClear(page, resident[k]);
              guest.check(backend, space, leaf, resident[k], old);
            }
            backend.mmu.leaveLazyMmu();
          });
      for (int k = 0; k < n; k++) {
        guest.frames.release(Pte.frame(leaf.reference[resident[k]]));
        guest.doubts.ended(space, leaf, resident[k]);
        leaf.set(resident[k], 0);
      }
      first = first < 0 ? leaf.address(resident[0]) : first;
      behind = leaf.address(resident[n - 1]) + Machine.PAGE_SIZE;
    }
    if (first >= 0) {
      guest.flush(space, (behind - first) >> Machine.PAGE_SHIFT);
    }
  }

  /**
   * Moves the break; growing maps private anonymous memory behind the heap, shrinking unmaps. A
   * call that only asks for the break, or fails, moves nothing: where its answer is another than
   * expected, the trace has missed something.
   *
   * @param protection of the memory behind the heap
   */
  void brk(AddressSpace space, long wanted, long newBreak, int protection) {
    long old = space.brk;
    space.brk = newBreak;
    space.heapStart = old == AddressSpace.NO_BREAK ? newBreak : space.heapStart;
    guest.doubts.changedByVmas(space);
    if (old == AddressSpace.NO_BREAK || old == newBreak || wanted != newBreak) {
      guest.enterSyscall(Cause.MMAP);
      return;
    }
    long from = Machine.pageUp(old);
    long to = Machine.pageUp(newBreak);
    guest.enterSyscall(to >= from ? Cause.MMAP : Cause.MUNMAP);
    if (to > from) {
      if (space.vmas.intersects(from, to)) {
        unmap(space, from, to);
        guest.cause(Cause.MMAP);
      }
      long flags = (protection & Vma.ACCESS) | Vma.ACCOUNT;
      Vma vma = new Vma(from, to, flags, Vma.ANONYMOUS, from >> Machine.PAGE_SHIFT);
      if (guest.kernel.keepsHeapApart()) {
        guest.merger.extend(space.vmas, vma, space.heapStart);
      } else {
        guest.merger.insert(space.vmas, vma);
      }
      guest.doubts.mapped(space, from, to);
      guest.doubts.permitted(space, from, to, flags);
    } else if (to < from) {
      unmap(space, to, from);
    }
  }

  /**
   * An mremap to a fixed place that fails because the old range is no single mapping (EFAULT): by
   * then mremap_to has unmapped what was at the new place, and what is too much of the old one.
   */
  void mremapFails(AddressSpace space, long old, long oldLength, long newLength, long target) {
    if (space.vmas.containing(old) == null) {
      return;
    }
    long oldEnd = old + Machine.pageUp(oldLength);
    long newSize = Machine.pageUp(newLength);
    guest.doubts.changedByVmas(space);
    unmap(space, target, target + newSize);
    if (old + newSize < oldEnd) {
      unmap(space, old + newSize, oldEnd);
    }
  }

  /** mremap to the address that the kernel chose. */
  void mremap(
      AddressSpace space, long old, long oldLength, long newLength, long flags, long target) {
    guest.enterSyscall(Cause.MUNMAP);
    long oldEnd = old + Machine.pageUp(oldLength);
    long newSize = Machine.pageUp(newLength);
    guest.doubts.changedByVmas(space);
    Vma vma = space.vmas.containing(old);
    if (vma == null) {
      // Nothing is known of the old mapping: the new one is deduced when it is used.
      unmap(space, old, Math.max(oldEnd, old));
      return;
    }
    Vma model = vma.copy();
    model.startAt(old);
    if (target == old) {
      if (old + newSize < oldEnd) {
        unmap(space, old + newSize, oldEnd);
      } else if (old + newSize > oldEnd) {
        Vma grown = model.copy();
        grown.startAt(oldEnd);
        grown.end = old + newSize;
        if (space.vmas.intersects(grown.start, grown.end)) {
          unmap(space, grown.start, grown.end);
        }
        guest.merger.insert(space.vmas, grown);
        Doubts.used(space, oldEnd, old + newSize);
      }
      return;
    }
    if (space.vmas.intersects(target, target + newSize)) {
      unmap(space, target, target + newSize);
    }
    Vma moved = model.copy();
    moved.start = target;
    moved.end = target + newSize;
    if (model.isPrivate() && model.isAnonymous() && model.anonVma == 0) {
      moved.pageOffset = target >> Machine.PAGE_SHIFT;
    }
    guest.merger.insert(space.vmas, moved);
    Doubts.used(space, target, target + newSize);
    move(space, old, Math.min(oldEnd, old + newSize), target);
    if ((flags & MREMAP_DONTUNMAP) == 0) {
      unmap(space, old, oldEnd);
    }
  }

  /** move_page_tables: every resident PTE is cleared at its old place and set at its new one. */
  private void move(AddressSpace space, long start, long end, long target) {
    long pages = 0;
    for (LeafTable leaf : space.tables.range(start, end)) {
      int to = Guest.to(leaf, end);
      for (int i = Guest.from(leaf, start); i < to; i++) {
        long pte = leaf.reference[i];
        if (pte == 0) {
          continue;
        }
        long address = target + (leaf.address(i) - start);
        LeafTable into = guest.table(space, address);
        int index = i;
        guest.each(
            backend -> {
              long old = backend.mmu.ptepGetAndClear(leaf.pages[backend.index], index);
              guest.check(backend, space, leaf, index, old);
              backend.mmu.setPte(
                  into.pages[backend.index], Machine.index(address), backend.comparable(old));
            });
        into.moveHere(Machine.index(address), leaf, i);
        pages++;
      }
    }
    if (pages > 0) {
      guest.flush(space, (end - start) >> Machine.PAGE_SHIFT);
    }
  }
}
