package dev.mmureplay.machine;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Holds the VMAs that an mprotect call leaves behind to I13: the pages that it reached have the
 * protection and key asked for, everything else about them and everything around them is as it was,
 * and VMAs end where they ended before or where the range does, but nowhere else, and not between
 * two neighbours that the call made alike.
 *
 * <p>It knows nothing of how VMAs are split and merged: it takes down what lies around the range
 * before the call, and compares run by run of pages. Whether VMAs merge that differ in their
 * anon_vma is left to the kernel's own rules, see {@link VmaMerger}; so is accounting.
 */
final class VmaCheck {
  /** Flags that a call changes beside the protection, by rules of their own. */
  private static final long OPEN = Vma.ACCOUNT | Vma.GUESSED;

  private @Nullable Vma[] before = new Vma[8];
  private int size;

  /** The range under way: its start, where the call came to, and what it asked for. */
  private long start;

  private long end;
  private long reached;
  private int protection;
  private int key;

  /** A call on {@code [from, to)} begins. */
  void before(VmaList vmas, long from, long to) {
    start = from;
    end = to;
    size = 0;
    for (int i = vmas.firstEndingBehind(from - 1); isNear(vmas.at(i)); i++) {
      if (size == before.length) {
        before = Arrays.copyOf(before, 2 * size);
      }
      Vma kept = before[size];
      if (kept == null) {
        before[size] = vmas.get(i).copy();
      } else {
        kept.become(vmas.get(i));
      }
      size++;
    }
  }

  private boolean isNear(@Nullable Vma vma) {
    return vma != null && vma.start <= end;
  }

  /**
   * The call has ended.
   *
   * @param to the address that it came to: the end of the range, or where it failed
   * @param asked the protection
   * @param askedKey the protection key, or -1 for the one that is there
   * @return one sentence if the VMAs are not what the call makes of those before it, else null
   */
  @Nullable String after(VmaList vmas, long to, int asked, int askedKey) {
    reached = to;
    protection = asked;
    key = askedKey;
    int k = 0;
    int i = vmas.firstEndingBehind(start - 1);
    long at = Long.MIN_VALUE;
    Vma below = null;
    boolean belowChanged = false;
    while (true) {
      k += k < size && old(k).end <= at ? 1 : 0;
      Vma found = vmas.at(i);
      if (found != null && found.end <= at) {
        found = vmas.at(++i);
      }
      Vma old = k < size ? old(k) : null;
      found = isNear(found) ? found : null;
      if (old == null && found == null) {
        return null;
      }
      boolean was = old != null && old.start <= at;
      boolean is = found != null && found.start <= at;
      long next = nextBorder(at, old, found);
      if (was != is) {
        return String.format(
            "expected %x-%x %s but found it %s",
            at, next, was ? "mapped" : "unmapped", is ? "mapped" : "unmapped");
      }
      if (old != null && found != null && is) {
        boolean changes = changes(old, at);
        String wrong = difference(old, found, at, next, changes);
        if (wrong == null && found.end == next && next != old.end && isInside(next)) {
          wrong = String.format("expected no mapping to end at %x but found one", next);
        }
        if (wrong == null && below != null && below != found && (changes || belowChanged)) {
          wrong = isAlike(below, found) ? apart(at) : null;
        }
        if (wrong != null) {
          return wrong;
        }
        below = found;
        belowChanged = changes;
      }
      at = next;
    }
  }

  private Vma old(int index) {
    return Objects.requireNonNull(before[index]);
  }

  private boolean isInside(long border) {
    return border != start && border != reached;
  }

  private long nextBorder(long at, @Nullable Vma old, @Nullable Vma found) {
    long next = Math.min(nextBorder(at, old), nextBorder(at, found));
    next = start > at ? Math.min(next, start) : next;
    return reached > at ? Math.min(next, reached) : next;
  }

  private static long nextBorder(long at, @Nullable Vma vma) {
    return vma == null ? Long.MAX_VALUE : vma.start > at ? vma.start : vma.end;
  }

  /** Returns whether the call gives a page of a VMA another protection or key. */
  private boolean changes(Vma old, long page) {
    return page >= start
        && page < reached
        && (old.protection() != protection || (key >= 0 && key != old.protectionKey));
  }

  /** Compares one run of pages. */
  private @Nullable String difference(Vma old, Vma found, long at, long to, boolean changes) {
    long flags = changes ? (old.flags & ~Vma.ACCESS) | protection : old.flags;
    long wrong = (flags ^ found.flags) & ~OPEN;
    if ((wrong & Vma.ACCESS) != 0) {
      return String.format(
          Locale.ROOT,
          "expected %x-%x to be %s but found %s",
          at,
          to,
          text(flags),
          text(found.flags));
    }
    if (wrong != 0) {
      return String.format("expected %x-%x to keep its flags but found %x changed", at, to, wrong);
    }
    int wanted = changes && key >= 0 ? key : old.protectionKey;
    if (wanted != found.protectionKey) {
      return String.format(
          "expected %x-%x to have protection key %d but found %d",
          at, to, wanted, found.protectionKey);
    }
    boolean sameMemory = old.file == found.file && old.pageOffsetOf(at) == found.pageOffsetOf(at);
    return sameMemory
        ? null
        : String.format("expected %x-%x to stay the same memory but found other", at, to);
  }

  private static boolean isAlike(Vma low, Vma high) {
    return low.end == high.start
        && low.flags == high.flags
        && low.protectionKey == high.protectionKey
        && low.file == high.file
        && low.anonVma == high.anonVma
        && low.anonVma != 0
        && !low.has(Vma.HUGETLB)
        && high.pageOffset == low.pageOffsetOf(high.start);
  }

  private static String apart(long border) {
    return String.format("expected one mapping across %x but found two that are alike", border);
  }

  private static String text(long flags) {
    return ((flags & Vma.READ) != 0 ? "r" : "-")
        + ((flags & Vma.WRITE) != 0 ? "w" : "-")
        + ((flags & Vma.EXEC) != 0 ? "x" : "-");
  }
}
