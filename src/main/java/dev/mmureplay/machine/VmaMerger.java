package dev.mmureplay.machine;

import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.Operation;
import org.jspecify.annotations.Nullable;

/**
 * Merging and splitting of VMAs (vma_merge, split_vma and anon_vma_prepare of mm/mmap.c and
 * mm/rmap.c).
 *
 * <p>Two neighbours merge if their flags, protection key and file are equal, their offsets run on,
 * and their anon_vmas are compatible. Linux from 2.6.38 to 6.15 asked for a <em>singular</em>
 * anon_vma chain, which a VMA that was never written does not have: a written one does not merge
 * into such a neighbour. Later ones ask only that neither is a fork's copy.
 */
final class VmaMerger {
  private final boolean singularOnly;
  private final boolean forkedApart;
  private final boolean nextFirst;
  private final BackendState[] backends;
  private int lastAnonVma;

  VmaMerger(GuestKernel kernel, BackendState[] backends) {
    this.singularOnly = kernel.mergesOnlySingularAnonVma();
    this.forkedApart = kernel.keepsForkedAnonVmaApart();
    this.nextFirst = kernel.mapsNewIntoNext();
    this.backends = backends;
  }

  /**
   * Gives {@code [start, end)} of a VMA new flags: merged with a neighbour where possible, else
   * split off. What that takes is counted.
   *
   * @return the VMA that now covers the range
   */
  Vma change(VmaList vmas, Vma vma, long start, long end, long newFlags, int newKey) {
    Vma wanted = vma.copy();
    wanted.startAt(start);
    wanted.end = end;
    wanted.flags = newFlags;
    wanted.protectionKey = newKey;
    int index = vmas.indexOf(vma);
    Vma previous = start == vma.start ? mergeable(vmas.at(index - 1), wanted, true) : null;
    Vma next = end == vma.end ? mergeable(vmas.at(index + 1), wanted, false) : null;
    if (previous != null && next != null && compatible(previous, next, null)) {
      count(Operation.VMA_MERGE_BOTH);
      absorb(previous, vma);
      absorb(previous, next);
      previous.end = next.end;
      vmas.remove(index);
      vmas.remove(index);
      return previous;
    }
    if (previous != null || next != null) {
      boolean whole = start == vma.start && end == vma.end;
      count(whole ? Operation.VMA_MERGE : Operation.VMA_EXTEND);
    }
    if (previous != null) {
      absorb(previous, vma);
      previous.end = end;
      if (end == vma.end) {
        vmas.remove(index);
      } else {
        vma.startAt(end);
      }
      return previous;
    }
    if (next != null) {
      absorb(next, vma);
      next.startAt(start);
      if (start == vma.start) {
        vmas.remove(index);
      } else {
        vma.end = start;
      }
      return next;
    }
    countSplit(vma, start, Operation.VMA_SPLIT_LOW);
    countSplit(vma, end, Operation.VMA_SPLIT_HIGH);
    Vma middle = split(vmas, split(vmas, vma, start), end, true);
    middle.flags = newFlags;
    middle.protectionKey = newKey;
    return middle;
  }

  private void countSplit(Vma vma, long at, Operation split) {
    if (at > vma.start && at < vma.end) {
      count(split);
      if (vma.anonVma != 0) {
        count(Operation.ANON_VMA_CLONE);
      }
    }
  }

  private void count(Operation operation) {
    BackendState.count(backends, operation, 1);
  }

  /**
   * Splits a VMA at an address if that lies inside; returns the part behind it, or the VMA if it
   * starts there.
   */
  Vma split(VmaList vmas, Vma vma, long at) {
    return split(vmas, vma, at, false);
  }

  private static Vma split(VmaList vmas, Vma vma, long at, boolean front) {
    if (at <= vma.start || at >= vma.end) {
      return vma;
    }
    Vma behind = vma.copy();
    behind.startAt(at);
    vma.end = at;
    vmas.insert(behind);
    return front ? vma : behind;
  }

  /** Adds what mmap has made to the list, merged with its neighbours as mmap_region does. */
  Vma insertNew(VmaList vmas, Vma vma) {
    int index = vmas.firstEndingBehind(vma.start);
    Vma previous = mergeable(vmas.at(index - 1), vma, true);
    Vma next = nextFirst ? mergeable(vmas.at(index), vma, false) : null;
    if (previous == null || next == null || compatible(previous, next, null)) {
      return insert(vmas, vma);
    }
    absorb(next, vma);
    next.startAt(vma.start);
    return next;
  }

  /**
   * Adds a new mapping to the list, merged with its neighbours where possible; returns the VMA that
   * covers it.
   */
  Vma insert(VmaList vmas, Vma vma) {
    int index = vmas.firstEndingBehind(vma.start);
    Vma previous = mergeable(vmas.at(index - 1), vma, true);
    Vma next = mergeable(vmas.at(index), vma, false);
    if (previous != null) {
      absorb(previous, vma);
      previous.end = vma.end;
      if (next != null && compatible(previous, next, null)) {
        absorb(previous, next);
        previous.end = next.end;
        vmas.remove(index);
      }
      return previous;
    }
    if (next != null) {
      absorb(next, vma);
      next.startAt(vma.start);
      return next;
    }
    vmas.insert(vma);
    return vma;
  }

  /**
   * Adds a new mapping to the list: more of its neighbour in front where that may be, and where
   * that reaches behind a limit (do_brk_flags), else a mapping of its own.
   */
  void extend(VmaList vmas, Vma vma, long limit) {
    int index = vmas.firstEndingBehind(vma.start);
    Vma previous = mergeable(vmas.at(index - 1), vma, true);
    if (previous != null && previous.end > limit) {
      absorb(previous, vma);
      previous.end = vma.end;
    } else {
      vmas.insert(vma);
    }
  }

  /**
   * Gives a VMA an anon_vma before its first private page, a neighbour's where that would let them
   * merge later.
   */
  void prepareAnonVma(VmaList vmas, Vma vma) {
    if (vma.anonVma != 0) {
      return;
    }
    int index = vmas.indexOf(vma);
    Vma next = vmas.at(index + 1);
    Vma previous = vmas.at(index - 1);
    if (next != null && next.anonVmaChain == 1 && anonVmaCompatible(vma, next)) {
      vma.anonVma = next.anonVma;
    } else if (previous != null && previous.anonVmaChain == 1 && anonVmaCompatible(previous, vma)) {
      vma.anonVma = previous.anonVma;
    } else {
      vma.anonVma = ++lastAnonVma;
    }
    vma.anonVmaChain = 1;
  }

  /** Gives a VMA copied by fork its own anon_vma on top of the parent's (anon_vma_fork). */
  void forkAnonVma(Vma child) {
    if (child.anonVma != 0) {
      child.anonVma = ++lastAnonVma;
      child.anonVmaChain = 2;
    }
  }

  private static boolean anonVmaCompatible(Vma a, Vma b) {
    return a.end == b.start
        && a.file == b.file
        && ((a.flags ^ b.flags) & ~Vma.ACCESS) == 0
        && b.pageOffset == a.pageOffsetOf(b.start);
  }

  /** Returns the neighbour if the range may be merged into it, else null. */
  private @Nullable Vma mergeable(@Nullable Vma neighbour, Vma range, boolean before) {
    if (neighbour == null
        || (before ? neighbour.end != range.start : neighbour.start != range.end)
        || !sameFlags(neighbour, range)
        || neighbour.protectionKey != range.protectionKey
        || neighbour.file != range.file
        || neighbour.has(Vma.HUGETLB)) {
      return null;
    }
    boolean runsOn =
        before
            ? range.pageOffset == neighbour.pageOffsetOf(range.start)
            : neighbour.pageOffset == range.pageOffsetOf(range.end);
    return runsOn && compatible(range, neighbour, neighbour) ? neighbour : null;
  }

  /** Whether a mapping that is only seen through its use is accounted is not known. */
  private static boolean sameFlags(Vma a, Vma b) {
    long unknown = a.has(Vma.ASSUMED) && b.has(Vma.ASSUMED) ? Vma.ACCOUNT : 0;
    return ((a.flags ^ b.flags) & ~unknown) == 0;
  }

  /**
   * is_mergeable_anon_vma; {@code into} is the VMA whose chain must be singular, null when two VMAs
   * are joined.
   */
  private boolean compatible(Vma a, Vma b, @Nullable Vma into) {
    if (a.has(Vma.ASSUMED) && b.has(Vma.ASSUMED)) {
      // Pieces of one mapping that is only seen through its use have no anon_vmas of their own.
      return true;
    }
    boolean oneIsFree = a.anonVma == 0 || b.anonVma == 0;
    if (oneIsFree && (into == null || mayTakeOver(a, b, into))) {
      return true;
    }
    return a.anonVma == b.anonVma;
  }

  private boolean mayTakeOver(Vma a, Vma b, Vma into) {
    if (singularOnly) {
      return into.anonVmaChain == 1;
    }
    return !forkedApart || (a.anonVmaChain <= 1 && b.anonVmaChain <= 1);
  }

  private static void absorb(Vma into, Vma from) {
    into.unnotified |= from.unnotified;
    if (into.anonVma == 0) {
      into.anonVma = from.anonVma;
      into.anonVmaChain = from.anonVmaChain;
    }
  }
}
