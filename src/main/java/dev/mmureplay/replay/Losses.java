package dev.mmureplay.replay;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;

import dev.mmureplay.event.EventBatch;
import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventReader;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.event.Ledger;
import dev.mmureplay.event.TraceInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Where events are missing from a trace: where its tracer says that it lost some, and where a line
 * was rejected.
 *
 * <p>A tracer with one buffer for each CPU marks where a gap ended; what is missing there happened
 * since the last event of that CPU, among events of other CPUs that are here. Of a loss that names
 * no CPU in a trace that otherwise does, nothing but the end is known. A trace without CPUs is one
 * stream: events are missing just there. A rejected line belongs between the events of the lines
 * before and behind it; where the importer ordered by time, that may be a stretch.
 */
final class Losses {
  private static final long NEVER = Long.MAX_VALUE / 2;

  private final long[] starts;
  private final long[] ends;
  private final int size;
  private final boolean everywhere;
  private int gap;
  private boolean open;

  private Losses(long[] starts, long[] ends, int size, boolean everywhere) {
    this.starts = starts;
    this.ends = ends;
    this.size = size;
    this.everywhere = everywhere;
  }

  /**
   * Reads a trace through for them, unless it lost nothing.
   *
   * @throws IOException if the file cannot be read
   */
  static Losses of(Path eventFile, TraceInfo info) throws IOException {
    long lost = info.fidelity().lost();
    Ledger ledger = info.ledger();
    if (lost == 0 && ledger.rejectedCount() == 0 && !info.kinds().containsKey(EventKind.LOST)) {
      return new Losses(new long[0], new long[0], 0, false);
    }
    Scan scan = new Scan(info.fidelity(), ledger);
    try (EventReader reader = EventReader.open(eventFile)) {
      while (reader.nextBatch()) {
        EventBatch batch = reader.batch();
        for (int row = 0; row < batch.rows(); row++) {
          scan.row(batch, row);
        }
      }
    }
    return scan.result();
  }

  /**
   * Goes on to an event.
   *
   * @param position how many events came before it
   * @return whether events are missing since the last one
   */
  boolean pass(long position) {
    boolean passed = false;
    while (next() <= position) {
      passed = true;
      open = !open && ends[gap] > position;
      if (!open) {
        gap++;
      }
    }
    return passed;
  }

  /** Returns whether events may be missing between those that are there from here on. */
  boolean isOpen() {
    return open || everywhere;
  }

  /** Returns how many events come before the next place where some are missing. */
  long next() {
    if (gap == size) {
      return NEVER;
    }
    return open ? ends[gap] : starts[gap];
  }

  /** Collects gaps in the order of their ends and joins those that overlap. */
  private static final class Scan {
    private final boolean cpus;
    private final long lost;
    private final long[] rejected;
    private final long[] firstBehind;
    private final long[] lastBefore;
    private final boolean rejectedElsewhere;
    private final Map<Integer, Long> lastOfCpu = new HashMap<>();
    private long[] starts = new long[8];
    private long[] ends = new long[8];
    private int size;
    private long events;
    private int passed;
    private long placed;
    private boolean uncounted;

    Scan(Fidelity fidelity, Ledger ledger) {
      cpus = fidelity.cpus();
      lost = fidelity.lost();
      rejected = ledger.rejections().stream().mapToLong(Ledger.Rejection::line).sorted().toArray();
      firstBehind = new long[rejected.length];
      Arrays.fill(firstBehind, UNKNOWN);
      lastBefore = new long[rejected.length];
      Arrays.fill(lastBefore, UNKNOWN);
      rejectedElsewhere = ledger.rejectedCount() > rejected.length;
    }

    void row(EventBatch batch, int row) {
      long seq = events++;
      long line = batch.line(row);
      if (rejected.length > 0 && line != UNKNOWN) {
        line(seq, line);
      }
      int cpu = batch.cpu(row);
      if (batch.kindCode(row) == EventKind.LOST.code()) {
        placed += batch.count(row);
        uncounted |= batch.count(row) == 0;
        add(cpus ? (cpu == UNKNOWN_INT ? 0 : lastOfCpu.getOrDefault(cpu, -1L) + 1) : seq, seq);
      }
      if (cpu != UNKNOWN_INT) {
        lastOfCpu.put(cpu, seq);
      }
    }

    private void line(long seq, long line) {
      for (; passed < rejected.length && rejected[passed] < line; passed++) {
        firstBehind[passed] = seq;
      }
      int next = Arrays.binarySearch(rejected, line);
      int behind = next < 0 ? -next - 1 : next + 1;
      if (behind < rejected.length) {
        lastBefore[behind] = seq;
      }
    }

    Losses result() {
      boolean elsewhere = lost < 0 ? !uncounted : placed < lost && !uncounted;
      long before = -1;
      for (int i = 0; i < rejected.length; i++) {
        before = Math.max(before, lastBefore[i]);
        long start = firstBehind[i] == UNKNOWN ? events : firstBehind[i];
        add(start, Math.max(start, before + 1));
      }
      join();
      return new Losses(starts, ends, size, elsewhere || rejectedElsewhere);
    }

    private void add(long start, long end) {
      if (size == starts.length) {
        starts = Arrays.copyOf(starts, size * 2);
        ends = Arrays.copyOf(ends, size * 2);
      }
      starts[size] = start;
      ends[size] = end;
      size++;
    }

    private void join() {
      Integer[] order = new Integer[size];
      Arrays.setAll(order, i -> i);
      Arrays.sort(order, (a, b) -> Long.compare(starts[a], starts[b]));
      long[] from = new long[size];
      long[] to = new long[size];
      int n = 0;
      for (int i : order) {
        if (n > 0 && starts[i] <= to[n - 1]) {
          to[n - 1] = Math.max(to[n - 1], ends[i]);
        } else {
          from[n] = starts[i];
          to[n++] = ends[i];
        }
      }
      starts = from;
      ends = to;
      size = n;
    }
  }
}
