package dev.mmureplay.replay.race;

import java.util.Arrays;

/** The accesses that may have raced with one call. One object, refilled for every call. */
final class Candidates {
  /** Stands for a moment that the trace does not give. */
  static final double NO_MOMENT = Double.NaN;

  /** Stands for a PTE of which the model knows better than the trace. */
  static final long NO_PTE = -1;

  private int size;
  private byte[] kinds = new byte[16];
  private int[] tids = new int[16];
  private long[] addresses = new long[16];
  private long[] seqs = new long[16];
  private long[] lines = new long[16];
  private double[] moments = new double[16];
  private long[] befores = new long[16];
  private boolean[] assumed = new boolean[16];

  void clear() {
    size = 0;
  }

  /**
   * Adds one and returns its index.
   *
   * @param moment the part of the call that had passed, from 0 to 1, or {@link #NO_MOMENT}
   * @param isAssumed whether the trace shows the access outside the call
   */
  int add(byte kind, int tid, long address, long seq, long line, double moment, boolean isAssumed) {
    if (size == kinds.length) {
      int length = 2 * size;
      kinds = Arrays.copyOf(kinds, length);
      tids = Arrays.copyOf(tids, length);
      addresses = Arrays.copyOf(addresses, length);
      seqs = Arrays.copyOf(seqs, length);
      lines = Arrays.copyOf(lines, length);
      moments = Arrays.copyOf(moments, length);
      befores = Arrays.copyOf(befores, length);
      assumed = Arrays.copyOf(assumed, length);
    }
    kinds[size] = kind;
    tids[size] = tid;
    addresses[size] = address;
    seqs[size] = seq;
    lines[size] = line;
    moments[size] = moment;
    befores[size] = NO_PTE;
    assumed[size] = isAssumed;
    return size++;
  }

  /** Sets the PTE whose A and D are those that the page had before any access of the window. */
  void before(int index, long pte) {
    befores[index] = pte;
  }

  int size() {
    return size;
  }

  /** Returns the ordinal of the {@link dev.mmureplay.machine.AccessKind}. */
  int kind(int index) {
    return kinds[index];
  }

  int tid(int index) {
    return tids[index];
  }

  long address(int index) {
    return addresses[index];
  }

  long seq(int index) {
    return seqs[index];
  }

  long line(int index) {
    return lines[index];
  }

  double moment(int index) {
    return moments[index];
  }

  /** Returns whether the trace gives the moment within the call. */
  boolean placed(int index) {
    return !Double.isNaN(moments[index]);
  }

  long before(int index) {
    return befores[index];
  }

  boolean assumed(int index) {
    return assumed[index];
  }

  /** Returns how far the trace shows the race of one that is not assumed. */
  RaceEvidence.Grade grade(int index) {
    return placed(index) ? RaceEvidence.Grade.RECORDED : RaceEvidence.Grade.UNPLACED;
  }
}
