package dev.mmureplay.importer.ftrace;

import static dev.mmureplay.event.EventSchema.UNKNOWN;

import dev.mmureplay.event.EventRow;
import dev.mmureplay.importer.EventSequencer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The entries that one call on a range sets, while it is not known which page tables they are in.
 *
 * <p>The kernel walks a range upwards, so that the tables of a call lie in the order in which they
 * come up, each at a place of its own in the range, and only where the range has their slots. If
 * that leaves several places for a table, the pages tell that the call flushes, or where the table
 * was seen before. What is still open then is assumed: the first table as low and the others as
 * high as they can be.
 */
final class RangeWalk {
  private static final int PAGE_SHIFT = 12;
  private static final int CHUNK_SHIFT = 21;
  private static final int SLOTS = 512;

  /** An entry that waits for its page. */
  record Held(long entry, EventRow row, EventSequencer.Place place) {}

  /** One table of the walk: its address, the first and the last slot that were set, its places. */
  private static final class Stretch {
    private final long table;
    private final int first;
    private int last;
    private long lowest;
    private long highest;
    private boolean assumed;

    private Stretch(long table, int slot) {
      this.table = table;
      this.first = slot;
      this.last = slot;
    }

    private boolean isOpen() {
      return lowest < highest;
    }

    private boolean mayBeAt(long chunk) {
      return lowest <= chunk && chunk <= highest;
    }
  }

  private final long start;
  private final long length;
  private final List<Held> held = new ArrayList<>();
  private final List<Stretch> stretches = new ArrayList<>();
  private boolean orderly = true;
  private long flushStart = UNKNOWN;
  private long flushEnd = UNKNOWN;

  /** Begins the walk of a call on a range of bytes. */
  RangeWalk(long start, long length) {
    this.start = start;
    this.length = length;
  }

  /** Returns whether this is the walk of a call on a given range. */
  boolean isOf(long otherStart, long otherLength) {
    return start == otherStart && length == otherLength;
  }

  /** Adds the entry that was set next. */
  void add(Held next) {
    held.add(next);
    long table = next.entry >> PAGE_SHIFT;
    int slot = slotOfEntry(next.entry);
    Stretch last = stretches.isEmpty() ? null : stretches.get(stretches.size() - 1);
    if (last != null && last.table == table) {
      orderly &= slot > last.last;
      last.last = slot;
    } else {
      for (Stretch earlier : stretches) {
        orderly &= earlier.table != table;
      }
      stretches.add(new Stretch(table, slot));
    }
  }

  /** Notes that pages are flushed behind the walk: from the first that was present to the last. */
  void flushed(long address, long bytes) {
    flushStart = flushStart == UNKNOWN ? address : flushStart;
    flushEnd = address + bytes;
  }

  /** Returns the entries in order. */
  List<Held> held() {
    return held;
  }

  /**
   * Finds the places of the tables.
   *
   * @param tables what is known of them from elsewhere, as it was when it was seen
   */
  void settle(PageTables tables) {
    boundBySlots();
    if (flushStart != UNKNOWN) {
      settleByFlush();
    }
    for (Stretch stretch : stretches) {
      long before = tables.page(stretch.table << PAGE_SHIFT);
      if (stretch.isOpen() && before != UNKNOWN && stretch.mayBeAt(before >>> CHUNK_SHIFT)) {
        stretch.assumed = tables.isAssumed(stretch.table << PAGE_SHIFT);
        place(stretch, before >>> CHUNK_SHIFT);
      }
    }
    for (int i = stretches.size(); i > 0; i--) {
      Stretch stretch = stretches.get(i % stretches.size());
      if (stretch.isOpen()) {
        stretch.assumed = true;
        place(stretch, i == stretches.size() ? stretch.lowest : stretch.highest);
      }
    }
  }

  private void boundBySlots() {
    long end = start + length - 1;
    for (Stretch stretch : stretches) {
      stretch.lowest = (start >>> CHUNK_SHIFT) + (stretch.first < slotOf(start) ? 1 : 0);
      stretch.highest = (end >>> CHUNK_SHIFT) - (stretch.last > slotOf(end) ? 1 : 0);
    }
    bound();
  }

  /** Tables lie in the order in which they come up. */
  private void bound() {
    for (int i = 1; i < stretches.size(); i++) {
      Stretch stretch = stretches.get(i);
      stretch.lowest = Math.max(stretch.lowest, stretches.get(i - 1).lowest + 1);
    }
    for (int i = stretches.size() - 2; i >= 0; i--) {
      Stretch stretch = stretches.get(i);
      stretch.highest = Math.min(stretch.highest, stretches.get(i + 1).highest - 1);
    }
  }

  private void place(Stretch stretch, long chunk) {
    stretch.lowest = chunk;
    stretch.highest = chunk;
    bound();
  }

  /** The first and the last page of a flush are pages of the walk. */
  private void settleByFlush() {
    for (int i = 0; i < held.size(); i++) {
      if (settles(held.get(i).entry, flushStart)) {
        break;
      }
    }
    for (int i = held.size() - 1; i >= 0; i--) {
      if (settles(held.get(i).entry, flushEnd - 1)) {
        break;
      }
    }
  }

  private boolean settles(long entry, long page) {
    Stretch stretch = of(entry);
    if (stretch == null
        || slotOfEntry(entry) != slotOf(page)
        || !stretch.mayBeAt(page >>> CHUNK_SHIFT)) {
      return false;
    }
    place(stretch, page >>> CHUNK_SHIFT);
    return true;
  }

  private static int slotOf(long address) {
    return (int) (address >>> PAGE_SHIFT) & (SLOTS - 1);
  }

  private static int slotOfEntry(long entry) {
    return (int) (entry >>> 3) & (SLOTS - 1);
  }

  private @Nullable Stretch of(long entry) {
    for (Stretch stretch : stretches) {
      if (stretch.table == entry >> PAGE_SHIFT) {
        return stretch;
      }
    }
    return null;
  }

  /** Returns the page of an entry after {@link #settle}, or unknown if it has no place. */
  long page(long entry) {
    Stretch stretch = of(entry);
    if (!orderly || stretch == null || stretch.lowest != stretch.highest) {
      return UNKNOWN;
    }
    return (stretch.lowest << CHUNK_SHIFT) + ((long) slotOfEntry(entry) << PAGE_SHIFT);
  }

  /** Returns whether the page of an entry may be another one than {@link #page} says. */
  boolean isAssumed(long entry) {
    Stretch stretch = of(entry);
    return stretch != null && stretch.assumed;
  }
}
