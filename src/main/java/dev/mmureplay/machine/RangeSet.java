package dev.mmureplay.machine;

import java.util.Arrays;

/** A set of addresses as sorted ranges that do not touch each other. */
final class RangeSet {
  /** Start and end of each range in turn: strictly ascending. */
  private long[] bounds = new long[8];

  private int size;

  /** Adds {@code [start, end)}. */
  void add(long start, long end) {
    if (start < end) {
      replace(lower(start), upper(end), start, end, true);
    }
  }

  /** Takes {@code [start, end)} out. */
  void remove(long start, long end) {
    if (start < end) {
      replace(lower(start), upper(end), start, end, false);
    }
  }

  void clear() {
    size = 0;
  }

  void copyFrom(RangeSet other) {
    bounds = Arrays.copyOf(other.bounds, other.bounds.length);
    size = other.size;
  }

  boolean contains(long address) {
    return (upper(address) & 1) != 0;
  }

  /** Returns where the run of addresses that are all in or all out ends, at most {@code end}. */
  long runEnd(long address, long end) {
    int i = upper(address);
    return i < size ? Math.min(end, bounds[i]) : end;
  }

  /** Returns how many bounds lie below an address. */
  private int lower(long address) {
    int found = Arrays.binarySearch(bounds, 0, size, address);
    return found < 0 ? -found - 1 : found;
  }

  /** Returns how many bounds lie at or below an address; odd if the address is in the set. */
  private int upper(long address) {
    int found = Arrays.binarySearch(bounds, 0, size, address);
    return found < 0 ? -found - 1 : found + 1;
  }

  /**
   * Puts {@code start} and {@code end} in place of the bounds from {@code low} to {@code high},
   * each only where it now parts what is in from what is out.
   */
  private void replace(int low, int high, long start, long end, boolean in) {
    boolean before = (low & 1) != 0;
    boolean behind = (high & 1) != 0;
    int n = (before != in ? 1 : 0) + (behind != in ? 1 : 0);
    int newSize = size - (high - low) + n;
    if (newSize > bounds.length) {
      bounds = Arrays.copyOf(bounds, newSize * 2);
    }
    System.arraycopy(bounds, high, bounds, low + n, size - high);
    int at = low;
    if (before != in) {
      bounds[at++] = start;
    }
    if (behind != in) {
      bounds[at] = end;
    }
    size = newSize;
  }
}
