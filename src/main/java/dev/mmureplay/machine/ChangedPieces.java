package dev.mmureplay.machine;

import java.util.Arrays;

/**
 * The VMA pieces whose flags one mprotect call changed, in address order. One object, refilled for
 * every call.
 */
public final class ChangedPieces {
  private static final int COLUMNS = 3;

  private long[] values = new long[8 * COLUMNS];
  private int size;

  void reset() {
    size = 0;
  }

  void add(long start, long end, int before) {
    int at = size * COLUMNS;
    if (at == values.length) {
      values = Arrays.copyOf(values, values.length * 2);
    }
    values[at] = start;
    values[at + 1] = end;
    values[at + 2] = before;
    size++;
  }

  /** Returns a copy, which stays as it is. */
  public ChangedPieces copy() {
    ChangedPieces copy = new ChangedPieces();
    copy.values = values.clone();
    copy.size = size;
    return copy;
  }

  /** Returns how many there are. */
  public int size() {
    return size;
  }

  /** Returns the first address of a piece. */
  public long start(int piece) {
    return values[piece * COLUMNS];
  }

  /** Returns the address behind a piece. */
  public long end(int piece) {
    return values[piece * COLUMNS + 1];
  }

  /** Returns the protection of a piece before the call: PROT_READ 1, PROT_WRITE 2, PROT_EXEC 4. */
  public int before(int piece) {
    return (int) values[piece * COLUMNS + 2];
  }

  /** Returns the pages of all pieces. */
  public long pages() {
    long pages = 0;
    for (int piece = 0; piece < size; piece++) {
      pages += (end(piece) - start(piece)) >> Machine.PAGE_SHIFT;
    }
    return pages;
  }
}
