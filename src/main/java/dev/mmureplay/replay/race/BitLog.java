package dev.mmureplay.replay.race;

import dev.mmureplay.machine.AddressSpace;
import org.jspecify.annotations.Nullable;

/**
 * The latest accesses for which hardware set bits of a PTE, with the PTE before. It tells what a
 * PTE held when a call began, although accesses during the call are replayed before it.
 */
final class BitLog {
  static final int KEPT = 1 << 14;

  private final long[] seqs = new long[KEPT];
  private final long[] addresses = new long[KEPT];
  private final long[] befores = new long[KEPT];
  private final @Nullable AddressSpace[] spaces = new AddressSpace[KEPT];
  private long size;

  void add(AddressSpace space, long address, long before, long seq) {
    int at = (int) size & (KEPT - 1);
    seqs[at] = seq;
    addresses[at] = address;
    befores[at] = before;
    spaces[at] = space;
    size++;
  }

  /** Returns whether everything from a position of the event file on is still known. */
  boolean reaches(long fromSeq) {
    return size <= KEPT || seqs[(int) size & (KEPT - 1)] < fromSeq;
  }

  /**
   * Returns the PTE of a page before the first access from a position of the event file on set
   * bits, or {@link Candidates#NO_PTE} if none did.
   */
  long before(AddressSpace space, long address, long fromSeq) {
    long first = Candidates.NO_PTE;
    for (long i = size - 1; i >= Math.max(0, size - KEPT); i--) {
      int at = (int) i & (KEPT - 1);
      if (seqs[at] < fromSeq) {
        break;
      }
      if (addresses[at] == address && spaces[at] == space) {
        first = befores[at];
      }
    }
    return first;
  }
}
