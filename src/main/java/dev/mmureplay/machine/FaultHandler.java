package dev.mmureplay.machine;

import dev.mmureplay.mmu.Cause;
import dev.mmureplay.mmu.Pte;

/**
 * What a page fault means: population, copy on write, or a violation (handle_pte_fault of
 * mm/memory.c).
 */
final class FaultHandler {
  private final Guest guest;
  private final int faultAround;
  private final UffdFaults uffd;

  /** Whether the trace shows each PTE that the kernel sets, so that it populates nothing unseen. */
  boolean populatingShown;

  FaultHandler(Guest guest, int faultAround) {
    this.guest = guest;
    this.uffd = new UffdFaults(guest);
    this.faultAround = guest.kernel.faultsAround() ? faultAround : 1;
  }

  /**
   * Takes a fault at an address inside a VMA.
   *
   * @return false if the VMA does not allow the access: SIGSEGV, and no PTE changes
   */
  boolean fault(AddressSpace space, Vma vma, AccessKind kind, long address) {
    guest.cause(Cause.FAULT);
    guest.each(backend -> backend.mmu.pageFault());
    if (!allows(vma, kind)) {
      return false;
    }
    populate(space, vma, kind, address, true);
    return true;
  }

  /**
   * Does what a permitted fault does.
   *
   * @param faulted false if the kernel populates for itself, without a fault
   */
  private void populate(
      AddressSpace space, Vma vma, AccessKind kind, long address, boolean faulted) {
    LeafTable leaf = guest.table(space, address);
    int index = Machine.index(address);
    long pte = leaf.reference[index];
    boolean marked = uffd.faulted(space, kind, leaf.address(index), pte);
    if (pte == 0) {
      long entry = newEntry(space, vma, kind == AccessKind.WRITE);
      entry = marked ? (entry & ~Pte.RW) | Pte.UFFD_WP : entry;
      if (kind != AccessKind.WRITE && vma.file > Vma.ANONYMOUS) {
        aroundFault(space, vma, leaf, index);
      }
      guest.setPte(leaf, index, entry);
      leaf.learn(index, Unknown.ALL);
      leaf.doubt(index, guest.doubts.ofPopulated(space, vma, kind, address, entry, faulted));
      guest.populated++;
    } else if (kind == AccessKind.WRITE && !Pte.isWritable(pte)) {
      writeProtected(space, vma, leaf, index, pte);
      Doubts.opened(leaf, index, faulted);
    } else {
      leaf.learn(index, Unknown.RESIDENCY);
    }
  }

  /**
   * Faults every page of a range in, as the kernel does for itself: without a page fault
   * (populate_vma_page_range).
   */
  void populateRange(AddressSpace space, Vma vma, long start, long end, boolean write) {
    AccessKind kind = write ? AccessKind.WRITE : AccessKind.READ;
    if (populatingShown || !allows(vma, kind)) {
      return;
    }
    for (long address = start; address < end; address += Machine.PAGE_SIZE) {
      populate(space, vma, kind, address, false);
    }
  }

  /** Returns whether hardware lets an access through with this PTE. */
  static boolean permits(long pte, AccessKind kind) {
    if (!Pte.isPresent(pte)) {
      return false;
    }
    return switch (kind) {
      case READ -> true;
      case WRITE -> Pte.isWritable(pte);
      case FETCH -> (pte & Pte.NX) == 0;
    };
  }

  /** Makes a page resident without counting anything: state that is assumed, not seen. */
  void populateSilently(AddressSpace space, Vma vma, LeafTable leaf, int index, boolean write) {
    guest.place(leaf, index, newEntry(space, vma, write));
  }

  static boolean allows(Vma vma, AccessKind kind) {
    return switch (kind) {
      // x86 maps whatever is writable or executable as readable too.
      case READ -> vma.isAccessible();
      case WRITE -> vma.has(Vma.WRITE);
      case FETCH -> vma.has(Vma.EXEC);
    };
  }

  /**
   * Returns the entry for a page that has none: do_anonymous_page, do_read_fault, do_cow_fault,
   * do_shared_fault.
   */
  private long newEntry(AddressSpace space, Vma vma, boolean write) {
    long flags = guest.pageFlags(vma);
    if (vma.has(Vma.SHARED)) {
      if (vma.file > Vma.ANONYMOUS) {
        guest.assumptions.use(Assumptions.WRITE_NOTIFY, vma.has(Vma.WRITE) ? 1 : 0);
      }
      return Pte.of(guest.frames.allocateFile(), write ? flags | Pte.RW | Pte.DIRTY : flags);
    }
    if (!vma.isAnonymous() && !write) {
      return Pte.of(guest.frames.allocateFile(), flags);
    }
    if (!write && guest.kernel.mapsZeroPage()) {
      return Pte.of(FrameTable.ZERO_PAGE, flags | Pte.SPECIAL);
    }
    guest.merger.prepareAnonVma(space.vmas, vma);
    long entry = Pte.of(guest.frames.allocateAnonymous(), flags);
    return vma.has(Vma.WRITE) ? entry | Pte.RW | Pte.DIRTY : entry;
  }

  /**
   * do_fault_around: the aligned window around the fault, within the VMA and the PTE page, as far
   * as it is empty.
   */
  private void aroundFault(AddressSpace space, Vma vma, LeafTable leaf, int index) {
    if (faultAround == 1) {
      return;
    }
    int first = Math.max(index & -faultAround, Guest.from(leaf, vma.start));
    int end = Math.min(first + faultAround, Guest.to(leaf, vma.end));
    long flags = guest.pageFlags(vma);
    for (int i = first; i < end; i++) {
      if (i != index && leaf.reference[i] == 0) {
        long entry = Pte.of(guest.frames.allocateFile(), flags);
        guest.setPte(leaf, i, entry);
        leaf.doubt(i, guest.doubts.ofAround(space, vma, leaf.address(i), entry));
        guest.assumptions.use(Assumptions.FAULT_AROUND, 1);
      }
    }
  }

  /** do_wp_page: a write to a page that is present and not writable. */
  private void writeProtected(AddressSpace space, Vma vma, LeafTable leaf, int index, long pte) {
    int frame = Pte.frame(pte);
    // A tracker that was told of the write has lifted its protection of the page.
    long open = pte & ~Pte.UFFD_WP;
    long taken = guest.kernel.makeWritable(open | Pte.DIRTY | Pte.ACCESSED);
    if (vma.has(Vma.SHARED)) {
      guest.setPte(leaf, index, taken);
      return;
    }
    if (guest.frames.isReusable(frame)) {
      guest.frames.makeExclusive(frame);
      guest.setPte(leaf, index, taken);
      return;
    }
    guest.merger.prepareAnonVma(space.vmas, vma);
    long entry =
        Pte.of(guest.frames.allocateAnonymous(), guest.pageFlags(vma)) | Pte.RW | Pte.DIRTY;
    guest.each(
        backend -> {
          long old = backend.mmu.ptepGetAndClear(leaf.pages[backend.index], index);
          guest.check(backend, space, leaf, index, old);
        });
    guest.flush(space, 1);
    guest.setPte(leaf, index, entry);
    guest.frames.release(frame);
  }

  /**
   * A present PTE allows the access: hardware sets A, and D for a write, with a locked update of
   * every PTE.
   */
  void hardwareAccess(LeafTable leaf, int index, boolean write) {
    long bits = write ? Pte.ACCESSED_DIRTY : Pte.ACCESSED;
    for (BackendState backend : guest.backends) {
      leaf.pages[backend.index].entries[index] |= bits;
    }
    leaf.touched(index, write);
    leaf.learn(index, write ? Unknown.ALL : Unknown.RESIDENCY | Unknown.ACCESSED);
  }
}
