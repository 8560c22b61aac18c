package dev.mmureplay.machine;

import dev.mmureplay.mmu.Pte;

/**
 * What becomes of empty slots when userfaultfd protects a range or ends that.
 *
 * @param marked the pages that have a marker so far
 * @param protect whether markers are put or taken away
 */
record UffdMarks(RangeSet marked, boolean protect) {
  /** Returns whether the empty slot of a page changes. */
  boolean changes(long page) {
    return marked.contains(page) != protect;
  }

  /** Returns what a slot that changes gets: an entry that is not present, or an empty one. */
  long entry() {
    return protect ? Pte.UFFD_WP : 0;
  }
}
