package dev.mmureplay.machine;

/**
 * What the trace lets be known of a machine's memory, and what it does not. Saying so changes no
 * PTE and no count.
 */
public final class Knowledge {
  private final Doubts doubts;

  Knowledge(Doubts doubts) {
    this.doubts = doubts;
  }

  /** Says what the capture shows, before anything happens; without it, everything. */
  public void capture(Visibility visibility) {
    doubts.visibility(visibility);
  }

  /** Events of an address space are missing here: whatever was known of it is not any more. */
  public void forget(AddressSpace space) {
    Doubts.forget(space);
  }

  /**
   * The trace shows a real PTE, before or after a call: a page is resident, and A and D are known
   * to be set where they are set here and there. Nothing but knowledge changes.
   */
  public void confirm(AddressSpace space, long address, long word) {
    LeafTable leaf = space.tables.get(address >>> Machine.CHUNK_SHIFT);
    if (leaf != null && leaf.reference[Machine.index(address)] != 0 && word != 0) {
      Doubts.confirmed(leaf, Machine.index(address), word);
    }
  }

  /** Returns whether a page that the model has resident is known to be. */
  public boolean isKnownResident(AddressSpace space, long address) {
    LeafTable leaf = space.tables.get(address >>> Machine.CHUNK_SHIFT);
    int index = Machine.index(address);
    return leaf != null
        && leaf.reference[index] != 0
        && (leaf.unknown(index) & Unknown.RESIDENCY) == 0;
  }

  /** Returns whether a range has a page that the model has resident and that may not be. */
  public boolean hasDoubtfulPage(AddressSpace space, long start, long end) {
    for (LeafTable leaf : space.tables.range(start, end)) {
      for (int i = Guest.from(leaf, start); i < Guest.to(leaf, end); i++) {
        if (leaf.reference[i] != 0 && (leaf.unknown(i) & Unknown.RESIDENCY) != 0) {
          return true;
        }
      }
    }
    return false;
  }

  /** Nothing is known any more of the page at an address. */
  public void doubt(AddressSpace space, long address) {
    Doubts.disturbed(
        space,
        address & -Machine.PAGE_SIZE,
        (address & -Machine.PAGE_SIZE) + Machine.PAGE_SIZE,
        Unknown.ALL);
  }

  /**
   * Nothing in the trace made an address space: nothing is known of it, and it may be the same
   * memory as another one.
   */
  public void distrust(AddressSpace space) {
    Doubts.forget(space);
    space.foreign = true;
  }

  /**
   * Between events that are missing somewhere here, nothing is known of any page, nor of an address
   * space that begins here.
   */
  public void blind(boolean now) {
    doubts.blind(now);
  }

  /** Returns how many resident pages ended, by being unmapped or with their address space. */
  public long pagesEnded() {
    return doubts.pagesEnded();
  }

  /** Returns of how many of them accessed or dirty was not known. */
  public long pagesUndecided() {
    return doubts.pagesUndecided();
  }
}
