package dev.mmureplay.machine;

import dev.mmureplay.mmu.Pte;

/**
 * What userfaultfd learns of faults in pages that it protects against writes. A tracker that is
 * told of a write is taken to lift the protection of that page and let the write go on, as one does
 * that saves the page first.
 */
final class UffdFaults {
  /** A tracker was told of a write and is taken to have lifted the protection. */
  static final String LIFTED = "uffd-protection-lifted-after-a-write";

  private final Guest guest;

  UffdFaults(Guest guest) {
    this.guest = guest;
  }

  /**
   * A fault in a page is being handled.
   *
   * @param pte what was there
   * @return whether the page comes in protected, because an entry in its place says so
   */
  boolean faulted(AddressSpace space, AccessKind kind, long page, long pte) {
    boolean marked = space.uffdMarked.contains(page);
    if (marked) {
      space.uffdMarked.remove(page, page + Machine.PAGE_SIZE);
    }
    if (kind != AccessKind.WRITE) {
      return marked;
    }
    if (space.uffdProtected.contains(page)) {
      space.uffdProtected.remove(page, page + Machine.PAGE_SIZE);
      if (marked || (pte & Pte.UFFD_WP) != 0) {
        guest.assumptions.use(LIFTED, 1);
      } else {
        guest.each(backend -> guest.outcome(backend, Outcome.UFFD_WRITE_MISSED, space, page, 1));
      }
    }
    return false;
  }
}
