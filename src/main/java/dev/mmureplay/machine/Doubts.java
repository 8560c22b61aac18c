package dev.mmureplay.machine;

import dev.mmureplay.mmu.Pte;

/**
 * What the capture leaves open about pages and calls, worked out as the model goes. A bit that is
 * not in a page's {@link Unknown} mask is known; the rules here keep that true:
 *
 * <ul>
 *   <li>A write that is shown makes everything about its page known; another access that it is
 *       resident and accessed.
 *   <li>Where touches stay unseen ({@link Visibility}), a clear A of a page that may be touched,
 *       and a clear D of one that may be written, are unknown at once; so is whether a page is
 *       still read-only that the kernel may have written. What the VMA forbids stays known: nobody
 *       touches a PROT_NONE page or writes to a read-only one.
 *   <li>There a page that the model does not have is known to be absent only in memory that was
 *       inaccessible since it was mapped ({@link AddressSpace#untouched}), and known not to be
 *       dirty in memory that was read-only since ({@link AddressSpace#unwritten}).
 *   <li>What is assumed, placed by hand or populated around a fault is unknown.
 *   <li>Where events are missing, everything is unknown and the address space <em>unsure</em>: its
 *       VMAs may be others for the rest of its life, and no bit is known to be clear. A shown
 *       access says again that a page is resident and A (and, for a write, D) set; unmapping ends
 *       that. A call whose effect depends on the VMAs (mremap, brk, clearing advice) makes all
 *       unknown again.
 * </ul>
 */
final class Doubts {
  private Visibility visibility = Visibility.COMPLETE;
  private boolean blind;
  private long ended;
  private long undecided;

  void visibility(Visibility shown) {
    visibility = shown;
  }

  /** From now on, or until now, events are missing that may belong anywhere. */
  void blind(boolean now) {
    blind = now;
  }

  boolean isBlind() {
    return blind;
  }

  /** Everything about an address space may be otherwise from here on. */
  static void forget(AddressSpace space) {
    space.unsure = true;
    space.untouched.clear();
    space.unwritten.clear();
    for (LeafTable leaf : space.tables.all()) {
      leaf.forget();
    }
  }

  /** A call changed an unsure address space in a way that depends on its VMAs. */
  void changedByVmas(AddressSpace space) {
    if (space.unsure) {
      forget(space);
    }
  }

  /** A new mapping: nothing in it is resident. */
  void mapped(AddressSpace space, long start, long end) {
    if (visibility.populatesUnseen() && !space.unsure) {
      space.untouched.add(start, end);
      space.unwritten.add(start, end);
    }
  }

  /** A range has the given permissions from now on: what they allow may happen unseen. */
  void permitted(AddressSpace space, long start, long end, long flags) {
    if ((flags & Vma.ACCESS) != 0) {
      space.untouched.remove(start, end);
      if (visibility.populatesUnseen()) {
        space.unseenTables.add(chunkDown(start), chunkUp(end));
      }
    }
    if ((flags & Vma.WRITE) != 0) {
      space.unwritten.remove(start, end);
    }
  }

  /** What was done to a range before is not known. */
  static void used(AddressSpace space, long start, long end) {
    space.untouched.remove(start, end);
    space.unwritten.remove(start, end);
    space.unseenTables.add(chunkDown(start), chunkUp(end));
  }

  /** A range is unmapped; PTE pages go where no VMA is left in a chunk. */
  static void unmapped(AddressSpace space, long start, long end) {
    space.uffdProtected.remove(start, end);
    space.uffdMarked.remove(start, end);
    space.untouched.remove(start, end);
    space.unwritten.remove(start, end);
    VmaList vmas = space.vmas;
    int index = vmas.firstEndingBehind(start);
    Vma before = vmas.at(index - 1);
    Vma behind = vmas.at(index);
    long first = before == null ? 0 : chunkUp(before.end);
    long last = behind == null ? chunkUp(end) : chunkDown(behind.start);
    space.unseenTables.remove(Math.max(first, chunkDown(start)), Math.min(last, chunkUp(end)));
  }

  private static long chunkDown(long address) {
    return address & -Machine.CHUNK_SIZE;
  }

  private static long chunkUp(long address) {
    return chunkDown(address + Machine.CHUNK_SIZE - 1);
  }

  /** A child begins with what is known of its parent. */
  static void inherit(AddressSpace parent, AddressSpace child) {
    child.unsure = parent.unsure;
    child.untouched.copyFrom(parent.untouched);
    child.unwritten.copyFrom(parent.unwritten);
    child.unseenTables.copyFrom(parent.unseenTables);
  }

  /**
   * Returns what is unknown of a page that an access or a call just populated. A call populates
   * only what is absent: a page that was there unseen stays as it was.
   *
   * @param faulted whether the trace shows it as an access
   */
  int ofPopulated(
      AddressSpace space, Vma vma, AccessKind kind, long address, long pte, boolean faulted) {
    boolean absent = isAbsent(space, vma, address);
    int unknown = faulted || absent ? 0 : Unknown.ACCESSED;
    if (kind == AccessKind.WRITE) {
      return faulted || absent ? 0 : Unknown.ACCESSED | Unknown.DIRTY;
    }
    // A read faults only where there is no page; what it populates is up to the VMA.
    boolean sure = !space.unsure && !vma.has(Vma.ASSUMED);
    boolean fresh = sure && faulted && visibility.faultsOnly();
    if (!fresh && !absent && !(sure && space.unwritten.contains(address))) {
      unknown |= Unknown.DIRTY | Unknown.WRITABLE;
    }
    return unknown | exposed(space, vma, pte);
  }

  /**
   * A page that was read-only was written: by an access, which makes everything known, or by a call
   * for which it may have been writable all along.
   */
  static void opened(LeafTable leaf, int index, boolean faulted) {
    boolean sure = (leaf.unknown(index) & (Unknown.RESIDENCY | Unknown.WRITABLE)) == 0;
    leaf.learn(index, Unknown.ALL);
    if (!faulted && !sure) {
      leaf.doubt(index, Unknown.ACCESSED | Unknown.DIRTY);
    }
  }

  /** Returns what is unknown of a page that a fault beside it populated, if it was cached. */
  int ofAround(AddressSpace space, Vma vma, long address, long pte) {
    return Unknown.RESIDENCY
        | Unknown.ACCESSED
        | ofPopulated(space, vma, AccessKind.READ, address, pte, /* faulted= */ false);
  }

  private boolean isAbsent(AddressSpace space, Vma vma, long address) {
    return !space.unsure
        && !vma.has(Vma.ASSUMED)
        && (!visibility.populatesUnseen() || space.untouched.contains(address));
  }

  /** Returns what can no longer be known of a PTE for what may happen to it unseen. */
  int exposed(AddressSpace space, Vma vma, long pte) {
    boolean sure = !space.unsure;
    int unknown = 0;
    if (!Pte.isAccessed(pte) && !(sure && (visibility.everyTouch() || !vma.isAccessible()))) {
      unknown |= Unknown.ACCESSED;
    }
    if (sure && (visibility.everyTouch() || !vma.has(Vma.WRITE))) {
      return unknown;
    }
    boolean opened = !sure || visibility.populatesUnseen();
    if (!Pte.isDirty(pte) && (Pte.isWritable(pte) || opened)) {
      unknown |= Unknown.DIRTY;
    }
    if (!Pte.isWritable(pte) && opened) {
      unknown |= Unknown.WRITABLE;
    }
    return unknown;
  }

  /** A VMA's page changed in a known way: only what is exposed by it becomes unknown. */
  void changed(AddressSpace space, Vma vma, LeafTable leaf, int index) {
    leaf.doubt(index, exposed(space, vma, leaf.reference[index]));
  }

  /**
   * mprotect changed a PTE.
   *
   * @param byDirtiness whether it became writable if it was dirty
   * @return whether what was counted for it rests on something unknown
   */
  boolean protectionChanged(
      AddressSpace space, Vma vma, LeafTable leaf, int index, boolean byDirtiness) {
    int before = leaf.unknown(index);
    boolean open = byDirtiness && (before & Unknown.DIRTY) != 0;
    if (open) {
      leaf.doubt(index, Unknown.WRITABLE);
    }
    changed(space, vma, leaf, index);
    return open || (before & (Unknown.RESIDENCY | Unknown.WRITABLE)) != 0;
  }

  /**
   * The kernel cleared A, D or both of a private anonymous page. Of one that another address space
   * may map, too, it may have let them be.
   */
  void cleaned(
      AddressSpace space, Vma vma, LeafTable leaf, int index, long bits, boolean exclusive) {
    int mask =
        ((bits & Pte.ACCESSED) != 0 ? Unknown.ACCESSED : 0)
            | ((bits & Pte.DIRTY) != 0 ? Unknown.DIRTY : 0);
    if (exclusive && (leaf.unknown(index) & (Unknown.RESIDENCY | Unknown.WRITABLE)) == 0) {
      leaf.learn(index, mask);
    } else {
      leaf.doubt(index, mask);
    }
    changed(space, vma, leaf, index);
  }

  /** There was nothing to clean: unless a write that nobody saw had made another page of it. */
  static void leftUnclean(LeafTable leaf, int index) {
    if ((leaf.unknown(index) & (Unknown.RESIDENCY | Unknown.WRITABLE)) != 0) {
      leaf.doubt(index, Unknown.ACCESSED | Unknown.DIRTY);
    }
  }

  /**
   * fork copied a PTE without A, and of shared memory without D, and took write access away. It
   * copies PTEs of VMAs in which something was written; of one that may have been written unseen,
   * or is only assumed to have been, it is not known whether it did, unless the page itself was.
   *
   * @param written whether the page is a private copy
   */
  void copied(
      AddressSpace parent,
      AddressSpace child,
      Vma vma,
      LeafTable from,
      LeafTable into,
      int index,
      boolean written) {
    int cleared = vma.has(Vma.SHARED) ? Unknown.ACCESSED | Unknown.DIRTY : Unknown.ACCESSED;
    int unknown = parent.unsure ? Unknown.ALL : from.unknown(index) & ~cleared;
    into.learn(index, Unknown.ALL & ~unknown);
    into.doubt(index, visibility.everyTouch() || written ? unknown : Unknown.ALL);
    changed(child, vma, into, index);
    changed(parent, vma, from, index);
  }

  /** Advice may have changed resident pages of a range in a way that is not modelled. */
  static void disturbed(AddressSpace space, long start, long end, int unknown) {
    for (LeafTable leaf : space.tables.range(start, end)) {
      int to = Guest.to(leaf, end);
      for (int i = Guest.from(leaf, start); i < to; i++) {
        if (leaf.reference[i] != 0) {
          leaf.doubt(i, unknown);
        }
      }
    }
  }

  /** A page was seen to be resident, with the A and D bits of a real PTE. */
  static void confirmed(LeafTable leaf, int index, long word) {
    long both = leaf.reference[index] & word;
    boolean dirty = Pte.isDirty(leaf.reference[index]) && Pte.isDirty(word);
    leaf.learn(
        index,
        Unknown.RESIDENCY
            | (Pte.isAccessed(both) ? Unknown.ACCESSED : 0)
            | (dirty ? Unknown.DIRTY : 0));
  }

  /** The trace shows a real PTE of a resident page: what it agrees with is known now. */
  void observed(AddressSpace space, Vma vma, LeafTable leaf, int index, long word) {
    long pte = leaf.reference[index];
    int known = Unknown.RESIDENCY;
    known |= Pte.isAccessed(pte) == Pte.isAccessed(word) ? Unknown.ACCESSED : 0;
    known |= Pte.isDirty(pte) == Pte.isDirty(word) ? Unknown.DIRTY : 0;
    boolean sameRight = Pte.isWritable(pte) == Pte.isWritable(word);
    // Of a dirty page without the right to write it is not seen whether another process has it.
    boolean alone = Pte.isWritable(word) || !Pte.isDirty(word);
    known |= sameRight && alone ? Unknown.WRITABLE : 0;
    leaf.learn(index, known);
    leaf.doubt(index, Unknown.ALL & ~known);
    changed(space, vma, leaf, index);
  }

  /**
   * Returns whether it is known which pages of a range of one VMA are resident, and which PTE pages
   * there are for it.
   */
  boolean knowsResidency(AddressSpace space, long start, long end) {
    for (long at = chunkDown(start); at < end; at += Machine.CHUNK_SIZE) {
      LeafTable leaf = space.tables.get(at >>> Machine.CHUNK_SHIFT);
      if (leaf == null ? space.unseenTables.contains(at) : !leaf.isKnown()) {
        return false;
      }
    }
    return !visibility.populatesUnseen() || isFull(space, start, end);
  }

  /** Returns whether all pages are resident that are not known to be absent. */
  private static boolean isFull(AddressSpace space, long start, long end) {
    for (long at = start; at < end; ) {
      long runEnd = space.untouched.runEnd(at, end);
      if (!space.untouched.contains(at)
          && Mprotect.countResident(space, at, runEnd) < (runEnd - at) >> Machine.PAGE_SHIFT) {
        return false;
      }
      at = runEnd;
    }
    return true;
  }

  /** Returns what is unknown of a page whose life ends here, and counts it. */
  int ended(AddressSpace space, LeafTable leaf, int index) {
    int unknown = blind || space.foreign ? Unknown.ALL : leaf.unknown(index);
    ended++;
    undecided += Unknown.decides(unknown) ? 0 : 1;
    return unknown;
  }

  /** Returns how many resident pages ended, by being unmapped or with their address space. */
  long pagesEnded() {
    return ended;
  }

  /** Returns of how many of them accessed or dirty was not known. */
  long pagesUndecided() {
    return undecided;
  }
}
