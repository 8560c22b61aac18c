package dev.mmureplay.importer.lackey;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSink;
import java.io.IOException;
import java.util.Arrays;

/**
 * The page accesses of one epoch, folded: one row for each page and kind, with a count, in the
 * order of the first touch.
 *
 * <p>An epoch is a stretch of one thread's run without a call that changes the address space.
 * Inside it nothing can clear an accessed or dirty bit, so a second access of the same kind to the
 * same page tells nothing that the first did not. {@link #flush} ends the epoch; a table that is
 * full is flushed early, which splits rows but loses no count.
 *
 * <pre>
 * slots  hash of page and kind ─▶ row + 1        open addressing, cleared row by row
 * rows   key │ count │ line of the first touch   dense, in order of the first touch
 * </pre>
 */
final class PageFold {
  /** Rows that an epoch may have before it is split. */
  static final int MAX_ROWS = 1 << 15;

  private static final int SLOT_BITS = 17;
  private static final int SLOT_MASK = (1 << SLOT_BITS) - 1;
  private static final int PAGE_SHIFT = 12;
  private static final int KINDS = 3;

  private final EventSink sink;
  private final EventRow event = new EventRow();
  private final int[] slots = new int[1 << SLOT_BITS];
  private final long[] keys = new long[MAX_ROWS];
  private final long[] counts = new long[MAX_ROWS];
  private final long[] lines = new long[MAX_ROWS];
  private final int[] slotOf = new int[MAX_ROWS];
  private int rows;

  /** The page last accessed by each kind, and its row: most accesses stay on the page. */
  private final long[] lastPage = new long[KINDS];

  private final int[] lastRow = new int[KINDS];

  private int pid;
  private int tid;

  PageFold(EventSink sink) {
    this.sink = sink;
    Arrays.fill(lastPage, -1);
  }

  /** Ends the epoch; what follows belongs to another thread. */
  void thread(int newPid, int newTid) throws IOException {
    flush();
    pid = newPid;
    tid = newTid;
  }

  /** Adds one access; {@code kind} is the code of an access and {@code page} a page number. */
  void add(int kind, long page, long line) throws IOException {
    if (lastPage[kind] == page) {
      counts[lastRow[kind]]++;
    } else {
      addElsewhere(kind, page, line);
    }
  }

  private void addElsewhere(int kind, long page, long line) throws IOException {
    int row = row((page << 2) | kind, line);
    counts[row]++;
    lastPage[kind] = page;
    lastRow[kind] = row;
  }

  private int row(long key, long line) throws IOException {
    // The high bits of a product with 2^64 / golden ratio: neighbouring pages spread evenly.
    int slot = (int) ((key * 0x9E3779B97F4A7C15L) >>> (Long.SIZE - SLOT_BITS));
    for (int found = slots[slot]; found != 0; found = slots[slot]) {
      if (keys[found - 1] == key) {
        return found - 1;
      }
      slot = (slot + 1) & SLOT_MASK;
    }
    if (rows == MAX_ROWS) {
      flush();
      return row(key, line);
    }
    int row = rows++;
    slots[slot] = row + 1;
    slotOf[row] = slot;
    keys[row] = key;
    counts[row] = 0;
    lines[row] = line;
    return row;
  }

  /** Ends the epoch and passes its rows on. */
  void flush() throws IOException {
    if (rows == 0) {
      return;
    }
    for (int row = 0; row < rows; row++) {
      long left = counts[row];
      while (left > 0) {
        int count = (int) Math.min(left, Integer.MAX_VALUE);
        event.reset(EventKind.ofCode((int) keys[row] & 3), pid, tid);
        event.address = keys[row] >>> 2 << PAGE_SHIFT;
        event.flags = 0;
        event.count = count;
        event.line = lines[row];
        sink.append(event);
        left -= count;
      }
      slots[slotOf[row]] = 0;
    }
    rows = 0;
    Arrays.fill(lastPage, -1);
  }
}
