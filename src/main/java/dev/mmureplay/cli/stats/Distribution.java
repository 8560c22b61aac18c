package dev.mmureplay.cli.stats;

import java.util.Map;
import java.util.TreeMap;

/** Whole numbers with how often each came; exact, and as large as there are different numbers. */
public final class Distribution {
  private final TreeMap<Long, Long> counts = new TreeMap<>();
  private long size;
  private long total;

  /** Adds a number. */
  public void add(long value) {
    add(value, 1);
  }

  /** Adds a number that came so many times. */
  public void add(long value, long times) {
    counts.merge(value, times, Long::sum);
    size += times;
    total += value * times;
  }

  /** Returns how many numbers there are. */
  public long size() {
    return size;
  }

  /** Returns their sum. */
  public long total() {
    return total;
  }

  /**
   * Returns the least number that a share of all does not exceed (nearest rank); 0 if there is
   * none.
   *
   * @param share from 0, the smallest, to 1, the largest
   */
  public long quantile(double share) {
    long wanted = Math.max(1, (long) Math.ceil(share * size));
    long seen = 0;
    for (Map.Entry<Long, Long> entry : counts.entrySet()) {
      seen += entry.getValue();
      if (seen >= wanted) {
        return entry.getKey();
      }
    }
    return 0;
  }
}
