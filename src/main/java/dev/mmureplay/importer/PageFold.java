package dev.mmureplay.importer;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.EventSink;
import java.io.IOException;
import java.util.Arrays;

/**
 * The page accesses of one epoch, folded: one row for each thread, CPU, page and kind, with a
 * count, in the order of the first touch.
 *
 * <p>An epoch is a stretch without a call that changes the address space. Inside it nothing can
 * clear an accessed or dirty bit, so a second access of the same kind by the same thread to the
 * same page tells nothing that the first did not. On another CPU it does: translations are cached
 * there, too, until another process runs there, which ends the epoch. {@link #flush} ends the
 * epoch; a table that is full is flushed early, which splits rows but loses no count.
 *
 * <pre>
 * slots  hash of thread, page and kind ─▶ row + 1        open addressing, cleared row by row
 * rows   key │ count │ line and time of the first touch  dense, in order of the first touch
 * </pre>
 */
public final class PageFold {
  /** Rows that an epoch may have before it is split. */
  public static final int MAX_ROWS = 1 << 15;

  /** Threads that an epoch may have before it is split. */
  static final int MAX_THREADS = 64;

  private static final int SLOT_BITS = 17;
  private static final int SLOT_MASK = (1 << SLOT_BITS) - 1;
  private static final int PAGE_SHIFT = 12;
  private static final int KINDS = 3;
  private static final int KIND_BITS = 2;
  private static final int THREAD_SHIFT = Long.SIZE - PAGE_SHIFT + KIND_BITS;
  private static final long PAGE_AND_KIND = (1L << THREAD_SHIFT) - 1;

  private final EventSink sink;
  private final EventRow event = new EventRow();
  private final int[] slots = new int[1 << SLOT_BITS];
  private final long[] keys = new long[MAX_ROWS];
  private final long[] counts = new long[MAX_ROWS];
  private final long[] lines = new long[MAX_ROWS];
  private final long[] times = new long[MAX_ROWS];
  private final int[] slotOf = new int[MAX_ROWS];
  private int rows;

  /** The page last accessed by each kind, and its row: most accesses stay on the page. */
  private final long[] lastPage = new long[KINDS];

  private final int[] lastRow = new int[KINDS];

  /** The threads of this epoch. */
  private final int[] pids = new int[MAX_THREADS];

  private final int[] tids = new int[MAX_THREADS];
  private final int[] cpus = new int[MAX_THREADS];
  private int threads;
  private int thread = -1;
  private int pid;
  private int tid;
  private int cpu = EventSchema.UNKNOWN_INT;
  private long time = EventSchema.UNKNOWN;

  /** Passes folded accesses on to a sink. */
  public PageFold(EventSink sink) {
    this.sink = sink;
    Arrays.fill(lastPage, -1);
  }

  /** Says whose accesses follow; the epoch goes on. */
  public void thread(int newPid, int newTid) {
    if (newTid != tid || newPid != pid) {
      pid = newPid;
      tid = newTid;
      thread = -1;
      Arrays.fill(lastPage, -1);
    }
  }

  /** Says on which CPU the accesses that follow were made, for tools that know. */
  public void cpu(int newCpu) {
    if (newCpu != cpu) {
      cpu = newCpu;
      thread = -1;
      Arrays.fill(lastPage, -1);
    }
  }

  /** Says when the accesses that follow were made, ns, for tools that know. */
  public void time(long newTime) {
    time = newTime;
  }

  /** Adds one access; {@code kind} is the code of an access and {@code page} a page number. */
  public void add(int kind, long page, long line) throws IOException {
    if (lastPage[kind] == page) {
      counts[lastRow[kind]]++;
    } else {
      addElsewhere(kind, page, line);
    }
  }

  private void addElsewhere(int kind, long page, long line) throws IOException {
    if (rows == MAX_ROWS || (thread < 0 && !findThread())) {
      flush();
      findThread();
    }
    int row = row(((long) thread << THREAD_SHIFT) | (page << KIND_BITS) | kind, line);
    counts[row]++;
    lastPage[kind] = page;
    lastRow[kind] = row;
  }

  /**
   * Finds the thread among those of the epoch, or adds it; false if there is no room, or another
   * process ran on its CPU.
   */
  private boolean findThread() {
    int found = -1;
    for (int i = 0; i < threads; i++) {
      if (cpus[i] == cpu) {
        if (pids[i] != pid && cpu != EventSchema.UNKNOWN_INT) {
          return false;
        }
        found = tids[i] == tid && pids[i] == pid ? i : found;
      }
    }
    if (found >= 0) {
      thread = found;
      return true;
    }
    if (threads == MAX_THREADS) {
      return false;
    }
    pids[threads] = pid;
    tids[threads] = tid;
    cpus[threads] = cpu;
    thread = threads++;
    return true;
  }

  private int row(long key, long line) {
    // The high bits of a product with 2^64 / golden ratio: neighbouring pages spread evenly.
    int slot = (int) ((key * 0x9E3779B97F4A7C15L) >>> (Long.SIZE - SLOT_BITS));
    for (int found = slots[slot]; found != 0; found = slots[slot]) {
      if (keys[found - 1] == key) {
        return found - 1;
      }
      slot = (slot + 1) & SLOT_MASK;
    }
    int row = rows++;
    slots[slot] = row + 1;
    slotOf[row] = slot;
    keys[row] = key;
    counts[row] = 0;
    lines[row] = line;
    times[row] = time;
    return row;
  }

  /** Ends the epoch and passes its rows on. */
  public void flush() throws IOException {
    for (int row = 0; row < rows; row++) {
      int by = (int) (keys[row] >>> THREAD_SHIFT);
      long left = counts[row];
      while (left > 0) {
        int count = (int) Math.min(left, Integer.MAX_VALUE);
        event.reset(EventKind.ofCode((int) keys[row] & (1 << KIND_BITS) - 1), pids[by], tids[by]);
        event.cpu = cpus[by];
        event.time = times[row];
        event.address = (keys[row] & PAGE_AND_KIND) >>> KIND_BITS << PAGE_SHIFT;
        event.flags = 0;
        event.count = count;
        event.line = lines[row];
        sink.append(event);
        left -= count;
      }
      slots[slotOf[row]] = 0;
    }
    rows = 0;
    threads = 0;
    thread = -1;
    Arrays.fill(lastPage, -1);
  }
}
