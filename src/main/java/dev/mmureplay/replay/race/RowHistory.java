package dev.mmureplay.replay.race;

import dev.mmureplay.event.EventBatch;

/** The rows of the batch at hand, from 0, and the last ones before it, from -1 down. */
final class RowHistory {
  /** How many rows before the batch are kept. */
  static final int KEPT = 4_096;

  private final byte[] kinds = new byte[KEPT];
  private final int[] pids = new int[KEPT];
  private final int[] tids = new int[KEPT];
  private final long[] addresses = new long[KEPT];
  private final long[] seqs = new long[KEPT];
  private final long[] lines = new long[KEPT];
  private final long[] times = new long[KEPT];
  private final long[] flags = new long[KEPT];
  private final long[] results = new long[KEPT];
  private final long[] lengths = new long[KEPT];
  private int kept;
  private boolean dropped;
  private final EventBatch batch;

  RowHistory(EventBatch batch) {
    this.batch = batch;
  }

  /** Keeps the end of the batch at hand, before it is refilled. */
  void keep() {
    int rows = batch.rows();
    int copied = Math.min(rows, KEPT);
    int staying = Math.min(kept, KEPT - copied);
    dropped |= kept + rows > KEPT;
    shift(kept - staying, staying);
    for (int i = 0; i < copied; i++) {
      int row = rows - copied + i;
      int to = staying + i;
      kinds[to] = batch.kindCode(row);
      pids[to] = batch.pid(row);
      tids[to] = batch.tid(row);
      addresses[to] = batch.address(row);
      seqs[to] = batch.seq(row);
      lines[to] = batch.line(row);
      times[to] = batch.time(row);
      flags[to] = batch.flags(row);
      results[to] = batch.result(row);
      lengths[to] = batch.length(row);
    }
    kept = staying + copied;
  }

  private void shift(int from, int n) {
    for (Object column :
        new Object[] {kinds, pids, tids, addresses, seqs, lines, times, flags, results, lengths}) {
      System.arraycopy(column, from, column, 0, n);
    }
  }

  /** Returns the first row that is still known. */
  int first() {
    return -kept;
  }

  /** Returns the row behind the last. */
  int end() {
    return batch.rows();
  }

  /** Returns whether there were rows before the first. */
  boolean dropped() {
    return dropped;
  }

  byte kind(int row) {
    return row < 0 ? kinds[kept + row] : batch.kindCode(row);
  }

  int pid(int row) {
    return row < 0 ? pids[kept + row] : batch.pid(row);
  }

  int tid(int row) {
    return row < 0 ? tids[kept + row] : batch.tid(row);
  }

  long address(int row) {
    return row < 0 ? addresses[kept + row] : batch.address(row);
  }

  long seq(int row) {
    return row < 0 ? seqs[kept + row] : batch.seq(row);
  }

  long line(int row) {
    return row < 0 ? lines[kept + row] : batch.line(row);
  }

  long time(int row) {
    return row < 0 ? times[kept + row] : batch.time(row);
  }

  long flags(int row) {
    return row < 0 ? flags[kept + row] : batch.flags(row);
  }

  long result(int row) {
    return row < 0 ? results[kept + row] : batch.result(row);
  }

  long length(int row) {
    return row < 0 ? lengths[kept + row] : batch.length(row);
  }
}
