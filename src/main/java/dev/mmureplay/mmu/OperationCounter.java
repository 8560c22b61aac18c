package dev.mmureplay.mmu;

/**
 * Counts operations by cause: one {@code long[]} indexed by both. A subclass may look at each
 * operation as it is counted.
 */
public class OperationCounter {
  private static final int CAUSES = Cause.values().length;

  private final long[] counts = new long[CAUSES * Operation.COUNT];
  private int base = Cause.FAULT.ordinal() * Operation.COUNT;

  /** Counts what follows under the given cause. */
  public void cause(Cause cause) {
    base = cause.ordinal() * Operation.COUNT;
  }

  /** Counts one operation under the current cause. */
  public void count(Operation operation) {
    counts[base + operation.ordinal()]++;
  }

  /** Counts {@code n} operations under the current cause. */
  public void count(Operation operation, long n) {
    counts[base + operation.ordinal()] += n;
  }

  /** Returns how often an operation was counted under a cause. */
  public final long get(Cause cause, Operation operation) {
    return counts[cause.ordinal() * Operation.COUNT + operation.ordinal()];
  }

  /** Returns how often an operation was counted under the current cause. */
  public final long get(Operation operation) {
    return counts[base + operation.ordinal()];
  }

  /**
   * Copies the counts of one cause, indexed by {@link Operation#ordinal()}, into an array of {@link
   * Operation#COUNT}.
   */
  public final void copy(Cause cause, long[] into) {
    System.arraycopy(counts, cause.ordinal() * Operation.COUNT, into, 0, Operation.COUNT);
  }
}
