package dev.mmureplay.machine;

import dev.mmureplay.mmu.Pte;

/**
 * Pages that become resident, or do not, because the trace shows or lacks it, rather than by an
 * access that is replayed. Counted as nothing.
 */
public final class RecordedPages {
  private final Guest guest;
  private final FaultHandler faults;
  private final Mprotect mprotect;
  private final Seeds seeds;

  RecordedPages(Guest guest, FaultHandler faults, Mprotect mprotect, Seeds seeds) {
    this.guest = guest;
    this.faults = faults;
    this.mprotect = mprotect;
    this.seeds = seeds;
  }

  /**
   * Makes every page of a range resident that an accessible VMA covers, written where it may be: an
   * assumption, counted as such and as nothing else.
   */
  public void assume(AddressSpace space, long start, long length) {
    mprotect.assumeResident(space, start, start + Machine.pageUp(length));
  }

  /**
   * The trace shows that the kernel set a PTE; counted as nothing, because the cause is counted
   * where it is replayed. In a mapping that the trace shows, a page that is resident already stays
   * as it is; one that the trace does not show is deduced, and its PTE is what was set.
   *
   * @param pte the PTE as the kernel sees it; a writable one was written
   */
  public void record(AddressSpace space, long address, long pte) {
    long page = address & -Machine.PAGE_SIZE;
    Vma vma = space.vmas.containing(page);
    if (vma == null) {
      vma = mprotect.deduce(space, page, page + Machine.PAGE_SIZE);
    }
    if (vma.has(Vma.ASSUMED)) {
      seeds.page(space, page, pte);
      return;
    }
    LeafTable leaf = space.tables.getOrCreate(page >>> Machine.CHUNK_SHIFT);
    long known = leaf.reference[Machine.index(page)];
    if (known != 0 && Pte.isWritable(pte) && !Pte.isWritable(known) && vma.has(Vma.WRITE)) {
      // The kernel wrote for the program, without a fault.
      seeds.page(space, page, pte);
    }
    if (vma.isAccessible() && leaf.reference[Machine.index(page)] == 0) {
      boolean written = Pte.isWritable(pte) && vma.has(Vma.WRITE);
      faults.populateSilently(space, vma, leaf, Machine.index(page), written);
    }
    if (leaf.reference[Machine.index(page)] != 0) {
      guest.doubts.observed(space, vma, leaf, Machine.index(page), pte);
    }
  }

  /**
   * The trace shows that a page of a mapping was resident, and no fault that made it so: the kernel
   * populated it for itself, as for mlock and direct I/O, written where it may be.
   *
   * @return whether the model lacked it
   */
  public boolean populated(AddressSpace space, long address) {
    Vma vma = space.vmas.containing(address);
    LeafTable leaf = space.tables.getOrCreate(address >>> Machine.CHUNK_SHIFT);
    int index = Machine.index(address);
    if (vma == null || leaf.reference[index] != 0) {
      return false;
    }
    faults.populateSilently(space, vma, leaf, index, vma.has(Vma.WRITE));
    leaf.learn(index, Unknown.RESIDENCY);
    return true;
  }

  /**
   * The fault that made a page resident ended in a signal, so that it did not: the model permitted
   * an access that the kernel refused, because the trace does not show what the mapping permits. A
   * mapping that it does show must have changed unseen.
   */
  public void takeBack(AddressSpace space, long address) {
    Vma vma = space.vmas.containing(address);
    if (vma != null && !vma.has(Vma.ASSUMED)) {
      Doubts.forget(space);
    }
    seeds.noPage(space, address & -Machine.PAGE_SIZE);
  }
}
