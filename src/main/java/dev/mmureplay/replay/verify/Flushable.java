package dev.mmureplay.replay.verify;

import dev.mmureplay.machine.AddressSpace;
import dev.mmureplay.machine.ChangedPieces;
import dev.mmureplay.machine.Knowledge;
import dev.mmureplay.machine.Machine;
import dev.mmureplay.machine.Seeds;
import dev.mmureplay.machine.Vma;

/**
 * From the first page to the last that an mprotect could flush from the TLB, if all were resident:
 * those whose protection it changes and whose PTEs were present, so were not PROT_NONE.
 *
 * @param first the first address
 * @param behind the address behind the last, the first one if there is nothing to flush
 */
record Flushable(long first, long behind) {
  private static final Flushable NOTHING = new Flushable(0, 0);

  /** Returns that of a call that has been replayed. */
  static Flushable of(ChangedPieces pieces) {
    Flushable range = NOTHING;
    for (int piece = 0; piece < pieces.size(); piece++) {
      if (pieces.before(piece) != 0) {
        range = range.with(pieces.start(piece), pieces.end(piece));
      }
    }
    return range;
  }

  /** Returns that of a call that is about to be replayed. */
  static Flushable of(AddressSpace space, long start, long end, int protection) {
    Flushable range = NOTHING;
    for (long at = start; at < end; ) {
      Vma vma = space.vmaOf(at);
      if (vma == null) {
        break;
      }
      long until = Math.min(end, vma.end());
      if (vma.protection() != 0 && vma.protection() != protection) {
        range = range.with(at, until);
      }
      at = until;
    }
    return range;
  }

  private Flushable with(long start, long end) {
    return pages() == 0 ? new Flushable(start, end) : new Flushable(first, end);
  }

  long pages() {
    return (behind - first) >> Machine.PAGE_SHIFT;
  }

  /**
   * Returns how long the flush can be at most, if pages were resident that are not in the model.
   *
   * @param others whether pages that the model has are flushed, too
   */
  long most(AddressSpace space, Seeds seeds, boolean others) {
    long from = -1;
    long to = -1;
    boolean absent = false;
    for (long page = first; page < behind; page += Machine.PAGE_SIZE) {
      boolean isAbsent = seeds.pte(space, page) == 0;
      absent |= isAbsent;
      if (isAbsent || others) {
        from = from < 0 ? page : from;
        to = page + Machine.PAGE_SIZE;
      }
    }
    return absent ? (to - from) >> Machine.PAGE_SHIFT : 0;
  }

  /** Returns whether a mapping in it may have huge pages. */
  boolean mayHaveHugePages(AddressSpace space) {
    for (long at = first; at < behind; ) {
      Vma vma = space.vmaOf(at);
      if (vma == null || vma.mayHaveHugePages()) {
        return vma != null;
      }
      at = vma.end();
    }
    return false;
  }

  /** Returns whether the model has a page in it that is not known to be resident. */
  boolean hasDoubtfulPage(AddressSpace space, Knowledge knowledge) {
    return knowledge.hasDoubtfulPage(space, first, behind);
  }
}
