package dev.mmureplay.importer.ftrace;

import static dev.mmureplay.event.EventSchema.UNKNOWN;

import dev.mmureplay.event.EventRow;
import dev.mmureplay.importer.EventSequencer;
import java.util.ArrayList;
import java.util.List;

/**
 * The entries that one call on a range sets, while it is not known which page tables they are in.
 *
 * <p>The kernel walks a range upwards, so that the tables of a call lie in the order in which they
 * come up, each at a place of its own in the range, and only where the range has their slots. If
 * that leaves one place for a table, it is known.
 */
final class RangeWalk {
  private static final int PAGE_SHIFT = 12;
  private static final int CHUNK_SHIFT = 21;
  private static final int SLOTS = 512;

  /** An entry that waits for its page. */
  record Held(long entry, EventRow row, EventSequencer.Place place) {}

  /** One table of the walk: its address and the first and the last slot that were set. */
  private static final class Stretch {
    private final long table;
    private final int first;
    private int last;
    private long lowest;
    private long highest;

    private Stretch(long table, int slot) {
      this.table = table;
      this.first = slot;
      this.last = slot;
    }
  }

  private final long start;
  private final long length;
  private final List<Held> held = new ArrayList<>();
  private final List<Stretch> stretches = new ArrayList<>();
  private boolean orderly = true;

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
    int slot = (int) (next.entry >>> 3) & (SLOTS - 1);
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

  /** Returns the entries in order. */
  List<Held> held() {
    return held;
  }

  /** Finds the places of the tables: the lowest and the highest that each can have. */
  void settle() {
    long chunk = start >>> CHUNK_SHIFT;
    for (Stretch stretch : stretches) {
      chunk += chunk == start >>> CHUNK_SHIFT && stretch.first < slotOf(start) ? 1 : 0;
      stretch.lowest = chunk++;
    }
    long end = start + length - 1;
    chunk = end >>> CHUNK_SHIFT;
    for (int i = stretches.size() - 1; i >= 0; i--) {
      Stretch stretch = stretches.get(i);
      chunk -= chunk == end >>> CHUNK_SHIFT && stretch.last > slotOf(end) ? 1 : 0;
      stretch.highest = chunk--;
    }
  }

  private static int slotOf(long address) {
    return (int) (address >>> PAGE_SHIFT) & (SLOTS - 1);
  }

  /** Returns the page of an entry after {@link #settle}, or unknown if it may be one of several. */
  long page(long entry) {
    for (Stretch stretch : stretches) {
      if (orderly && stretch.table == entry >> PAGE_SHIFT && stretch.lowest == stretch.highest) {
        return (stretch.lowest << CHUNK_SHIFT) + ((entry >>> 3 & (SLOTS - 1)) << PAGE_SHIFT);
      }
    }
    return UNKNOWN;
  }
}
