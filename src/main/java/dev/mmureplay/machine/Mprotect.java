package dev.mmureplay.machine;

import dev.mmureplay.mmu.Cause;
import dev.mmureplay.mmu.Operation;
import dev.mmureplay.mmu.PtePage;
import org.jspecify.annotations.Nullable;

/**
 * The mprotect system call: checks, VMA pieces, partial effects of failure, and the flush
 * (mm/mprotect.c).
 */
final class Mprotect {
  static final long EPERM = -1;
  static final long ENOMEM = -12;
  static final long EACCES = -13;
  static final long EINVAL = -22;

  private static final int PROT_SEM = 0x8;
  private static final int PROT_GROWSDOWN = 0x0100_0000;
  private static final int PROT_GROWSUP = 0x0200_0000;
  private static final int KNOWN_BITS = (int) Vma.ACCESS | PROT_SEM | PROT_GROWSDOWN | PROT_GROWSUP;

  private final Guest guest;
  private final FaultHandler faults;
  private final ProtectionWalk walk;
  private final PieceWork pieces;
  private final VmaCheck vmas = new VmaCheck();

  Mprotect(Guest guest, FaultHandler faults) {
    this.guest = guest;
    this.faults = faults;
    this.walk = new ProtectionWalk(guest);
    this.pieces = new PieceWork(guest);
  }

  /** Returns the walk, for others that change protections in the same way. */
  ProtectionWalk walk() {
    return walk;
  }

  void call(
      AddressSpace space,
      long start,
      long length,
      int protection,
      int key,
      long recorded,
      ProtectionChange facts) {
    facts.reset();
    guest.enterSyscall(Cause.MPROTECT);
    facts.result = check(start, length, protection);
    if (facts.result != 0 || length == 0) {
      return;
    }
    if (recorded < 0 && recorded != Machine.UNKNOWN_RESULT && !hasPartialEffect(recorded)) {
      facts.result = recorded;
      return;
    }
    guest.count(Operation.MMAP_LOCK, 1);
    long end = start + Machine.pageUp(length);
    long from = start;
    if ((protection & PROT_GROWSDOWN) != 0) {
      Vma first = space.vmas.containing(start);
      from = first == null ? start : first.start;
    }
    facts.presentPtes = countResident(space, from, end);
    walk.beginFlush();
    changePieces(space, from, end, protection & (int) Vma.ACCESS, key, recorded, facts);
    walk.check().counts(space, start);
    if (guest.kernel.gatheredFlush()) {
      walk.flushGathered(space);
      facts.flushPages = walk.flushPages();
    }
  }

  /** The checks before any VMA is looked at, in Linux's order. */
  private static long check(long start, long length, int protection) {
    if ((protection & PROT_GROWSDOWN) != 0 && (protection & PROT_GROWSUP) != 0) {
      return EINVAL;
    }
    if ((start & (Machine.PAGE_SIZE - 1)) != 0) {
      return EINVAL;
    }
    if (length == 0) {
      return 0;
    }
    long end = start + Machine.pageUp(length);
    if (Machine.pageUp(length) == 0 || Long.compareUnsigned(end, start) <= 0) {
      return ENOMEM;
    }
    return (protection & ~KNOWN_BITS) != 0 ? EINVAL : 0;
  }

  /**
   * EINVAL, EINTR and the like are found before the first VMA is changed; these may come in the
   * middle.
   */
  private static boolean hasPartialEffect(long error) {
    return error == ENOMEM || error == EACCES || error == EPERM;
  }

  private void changePieces(
      AddressSpace space,
      long start,
      long end,
      int protection,
      int key,
      long recorded,
      ProtectionChange facts) {
    boolean failed = recorded < 0 && recorded != Machine.UNKNOWN_RESULT;
    if (recorded == 0) {
      facts.assumed |= fillGaps(space, start, end);
    }
    long refusedAt =
        failed && recorded != ENOMEM ? refusingVma(space, start, end, protection, facts) : end;
    vmas.before(space.vmas, start, end);
    boolean gap = false;
    long at = start;
    while (at < end) {
      Vma vma = space.vmas.at(space.vmas.firstEndingBehind(at));
      if (vma == null || vma.start > at) {
        gap = true;
        break;
      }
      if (at >= refusedAt) {
        break;
      }
      if (failed && recorded == ENOMEM && !gapAhead(space, at, end)) {
        // No gap explains the failure: a split ran into max_map_count, or accounting refused, at
        // the first VMA.
        guest.assumptions.use(Assumptions.REFUSING_VMA, 1);
        facts.assumed = true;
        break;
      }
      facts.assumed |= vma.has(Vma.ASSUMED);
      guest.count(Operation.VMA_CHECK, 1);
      guest.count(Operation.FILE_CHECK, vma.isAnonymous() ? 0 : 1);
      Vma changed = changePiece(space, vma, at, Math.min(end, vma.end), protection, key, facts);
      // A VMA that took its successor in needs no second look.
      at = Math.min(end, changed.end);
      guest.count(Operation.VMA_NEXT, at < end ? 1 : 0);
    }
    facts.result = failed ? recorded : gap ? ENOMEM : 0;
    String wrong = vmas.after(space.vmas, at, protection, key);
    if (wrong != null) {
      // All backends share the VMA layer.
      guest.each(backend -> guest.breach(backend, "I13", space, start, wrong));
    }
  }

  /**
   * mprotect_fixup: nothing if the flags stay, else merge or split, rewrite the PTEs, and in 2.6.27
   * flush.
   *
   * @return the VMA that covers the piece now
   */
  private Vma changePiece(
      AddressSpace space,
      Vma vma,
      long start,
      long end,
      int protection,
      int key,
      ProtectionChange facts) {
    long flags = (vma.flags & ~(Vma.ACCESS | Vma.GUESSED)) | protection;
    int newKey = key < 0 ? vma.protectionKey : key;
    if (flags == vma.flags && newKey == vma.protectionKey) {
      return vma;
    }
    flags = accounted(vma, flags);
    facts.vmaPieces++;
    pieces.count(space, vma, start, end, flags);
    facts.pieces.add(start, end, vma.protection());
    Vma changed = guest.merger.change(space.vmas, vma, start, end, flags, newKey);
    ProtectionObserver observer = guest.protectionObserver;
    if (observer != null) {
      observer.changed(space, changed);
    }
    if (!changed.has(Vma.HUGETLB)) {
      facts.unseen |= !guest.doubts.knowsResidency(space, start, end);
      guest.doubts.permitted(space, start, end, flags);
      walk.change(space, changed, start, end, facts);
    }
    if (!guest.kernel.gatheredFlush()) {
      guest.each(
          backend -> {
            walk.check().beginFlush(backend);
            guest.flush(backend, space, -1);
            walk.check().endFlush(backend, space);
          });
      facts.flushPages += (end - start) >> Machine.PAGE_SHIFT;
    }
    return changed;
  }

  /**
   * A private mapping that becomes writable is charged; an anonymous one that nothing was written
   * to gets the charge back with WRITE.
   */
  private long accounted(Vma vma, long flags) {
    long unaccounted = Vma.ACCOUNT | Vma.WRITE | Vma.HUGETLB | Vma.SHARED | Vma.NORESERVE;
    if ((flags & Vma.WRITE) != 0) {
      return (vma.flags & unaccounted) == 0 ? flags | Vma.ACCOUNT : flags;
    }
    boolean unwritten = vma.isAnonymous() && vma.anonVma == 0;
    return unwritten && guest.kernel.unaccountsUnwritten() ? flags & ~Vma.ACCOUNT : flags;
  }

  private static boolean gapAhead(AddressSpace space, long start, long end) {
    long at = start;
    while (at < end) {
      Vma vma = space.vmas.at(space.vmas.firstEndingBehind(at));
      if (vma == null || vma.start > at) {
        return true;
      }
      at = vma.end;
    }
    return false;
  }

  /**
   * Returns where a call that failed with EACCES or EPERM stopped: at the first VMA that may have
   * refused, a shared file mapping asked for more than it has, else at the beginning.
   */
  private long refusingVma(
      AddressSpace space, long start, long end, int protection, ProtectionChange facts) {
    guest.assumptions.use(Assumptions.REFUSING_VMA, 1);
    facts.assumed = true;
    for (long at = start; at < end; ) {
      Vma vma = space.vmas.at(space.vmas.firstEndingBehind(at));
      if (vma == null || vma.start >= end) {
        break;
      }
      if (vma.has(Vma.SHARED) && (protection & ~vma.flags & Vma.ACCESS) != 0) {
        return vma.start;
      }
      at = vma.end;
    }
    return start;
  }

  /**
   * The call succeeded, so every page of its range was mapped: what the trace does not show is
   * deduced.
   */
  private boolean fillGaps(AddressSpace space, long start, long end) {
    boolean filled = false;
    for (long at = start; at < end; ) {
      Vma vma = space.vmas.at(space.vmas.firstEndingBehind(at));
      long gapEnd = vma == null ? end : Math.min(end, vma.start);
      if (gapEnd > at) {
        deduce(space, at, gapEnd);
        filled = true;
      }
      at = vma == null ? end : Math.max(at, vma.end);
    }
    return filled;
  }

  /**
   * Adds a private anonymous mapping that nothing in the trace made. It permits everything, because
   * what it really permits is not known, and deduced neighbours are one mapping until a call tells
   * them apart.
   */
  Vma deduce(AddressSpace space, long start, long end) {
    guest.assumptions.use(Assumptions.MAPPING, 1);
    long flags = Vma.ACCESS | Vma.ASSUMED | Vma.GUESSED;
    Vma vma = new Vma(start, end, flags, Vma.ANONYMOUS, start >> Machine.PAGE_SHIFT);
    Doubts.used(space, start, end);
    return guest.merger.insert(space.vmas, vma);
  }

  /**
   * The call that follows succeeded: its whole range was mapped, and is now resident where it may
   * be touched.
   */
  void assumeResident(AddressSpace space, long start, long end) {
    fillGaps(space, start, end);
    long assumed = 0;
    for (long at = start; at < end; ) {
      @Nullable Vma vma = space.vmas.at(space.vmas.firstEndingBehind(at));
      if (vma == null || vma.start >= end) {
        break;
      }
      if (vma.isAccessible() && !vma.has(Vma.HUGETLB)) {
        assumed += populate(space, vma, Math.max(at, vma.start), Math.min(end, vma.end));
      }
      at = vma.end;
    }
    if (assumed > 0) {
      guest.assumptions.use(Assumptions.RESIDENCY, assumed);
    }
  }

  private long populate(AddressSpace space, Vma vma, long start, long end) {
    long populated = 0;
    for (long address = start; address < end; address += Machine.PAGE_SIZE) {
      LeafTable leaf = space.tables.getOrCreate(address >>> Machine.CHUNK_SHIFT);
      int index = Machine.index(address);
      if (leaf.reference[index] == 0) {
        faults.populateSilently(space, vma, leaf, index, vma.has(Vma.WRITE));
        populated++;
      }
    }
    return populated;
  }

  /** Returns how many pages of a range are resident. */
  static long countResident(AddressSpace space, long start, long end) {
    long n = 0;
    for (LeafTable leaf : space.tables.range(start, end)) {
      int from = Guest.from(leaf, start);
      int to = Guest.to(leaf, end);
      n += to - from == PtePage.ENTRIES ? leaf.resident() : leaf.resident(from, to);
    }
    return n;
  }
}
