package dev.mmureplay.machine;

import dev.mmureplay.mmu.Pte;
import java.util.function.LongConsumer;

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

  /** From now on the kernel makes nothing resident without the trace showing it. */
  public void showPopulating() {
    faults.populatingShown = true;
  }

  /**
   * Returns whether a touch would make the kernel set a PTE: the page has none that permits it, and
   * nothing is known that forbids it.
   */
  public boolean wouldSet(AddressSpace space, int kind, long address) {
    if (address < 0) {
      return false;
    }
    AccessKind access = Accesses.KINDS[kind];
    LeafTable leaf = space.tables.get(address >>> Machine.CHUNK_SHIFT);
    if (leaf != null && FaultHandler.permits(leaf.reference[Machine.index(address)], access)) {
      return false;
    }
    Vma vma = space.vmas.containing(address);
    return vma == null || FaultHandler.allows(vma, access);
  }

  /**
   * The trace shows that the kernel set a PTE; counted as nothing, because the cause is counted
   * where it is replayed. In a mapping that the trace does not show, the mapping is deduced.
   *
   * @param pte the PTE as the kernel sees it
   */
  public void record(AddressSpace space, long address, long pte) {
    if (!Pte.isPresent(pte) && (pte & guest.kernel.protNone()) == 0) {
      return;
    }
    long page = address & -Machine.PAGE_SIZE;
    Vma vma = space.vmas.containing(page);
    if (vma == null) {
      vma = mprotect.deduce(space, page, page + Machine.PAGE_SIZE);
    }
    if (vma.has(Vma.ASSUMED)) {
      seeds.page(space, page, pte);
      return;
    }
    learnNotify(vma, pte);
    seeds.setPte(space, vma, page, pte);
    LeafTable leaf = space.tables.getOrCreate(page >>> Machine.CHUNK_SHIFT);
    guest.doubts.observed(space, vma, leaf, Machine.index(page), pte);
  }

  /** A file system that wants to know of the first write has no writable page that is clean. */
  static void learnNotify(Vma vma, long pte) {
    boolean clean = Pte.isPresent(pte) && Pte.isWritable(pte) && !Pte.isDirty(pte);
    vma.unnotified |= clean && Guest.wantsWriteNotify(vma);
  }

  /** Tells every page that is resident. */
  public void forEach(AddressSpace space, LongConsumer told) {
    for (LeafTable leaf : space.tables.range(0, Long.MAX_VALUE)) {
      for (int i = 0; i < leaf.reference.length; i++) {
        if (leaf.reference[i] != 0) {
          told.accept(leaf.address(i));
        }
      }
    }
  }

  /** The trace shows that a page is not resident. */
  public void gone(AddressSpace space, long page) {
    seeds.noPage(space, page);
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
