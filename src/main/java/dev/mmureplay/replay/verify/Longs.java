package dev.mmureplay.replay.verify;

import java.util.Arrays;

/** A growing list of numbers. */
final class Longs {
  long[] values = new long[16];
  private int size;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  long get(int index) {
    return values[index];
  }

  void add(long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    values[size++] = value;
  }

  void addToLast(long n) {
    values[size - 1] += n;
  }

  void set(int index, long value) {
    values[index] = value;
  }

  void addAll(Longs other) {
    for (int i = 0; i < other.size(); i++) {
      add(other.get(i));
    }
  }

  /** Forgets all but the first {@code n}. */
  void truncate(int n) {
    size = Math.min(size, n);
  }

  void clear() {
    size = 0;
  }

  boolean sameAs(Longs other) {
    return Arrays.equals(values, 0, size, other.values, 0, other.size);
  }

  /** Returns the numbers with runs of the same one drawn together, such as {@code 31×16, 15}. */
  String runs() {
    if (size == 0) {
      return "none";
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < size; ) {
      int end = i + 1;
      while (end < size && values[end] == values[i]) {
        end++;
      }
      text.append(text.length() == 0 ? "" : ", ").append(values[i]);
      if (end - i > 1) {
        text.append("x").append(end - i);
      }
      i = end;
    }
    return text.toString();
  }
}
