package dev.mmureplay.importer.xentrace;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Reads little-endian words and the records made of them. */
final class RecordStream {
  /** The most words that a record may have behind its TSC. */
  static final int MAX_WORDS = 7;

  private static final int EVENT_BITS = 0x0fff_ffff;
  private static final int CYCLES = 1 << 31;
  private static final int WORDS_SHIFT = 28;

  private final InputStream in;
  private final int[] words = new int[MAX_WORDS];
  private int event;
  private int count;
  private int bytes;
  private boolean hasTsc;
  private long tsc;

  RecordStream(InputStream in) {
    this.in = in;
  }

  /**
   * Reads the next record.
   *
   * @return false at the end of the file
   * @throws EOFException if the file ends within the record
   */
  boolean next() throws IOException {
    int first = in.read();
    if (first < 0) {
      return false;
    }
    int header = word(first);
    event = header & EVENT_BITS;
    count = (header >>> WORDS_SHIFT) & MAX_WORDS;
    hasTsc = (header & CYCLES) != 0;
    bytes = Integer.BYTES * (1 + count + (hasTsc ? 2 : 0));
    if (hasTsc) {
      long low = word() & 0xffff_ffffL;
      tsc = low | ((long) word() << Integer.SIZE);
    }
    for (int i = 0; i < count; i++) {
      words[i] = word();
    }
    return true;
  }

  private int word() throws IOException {
    return word(in.read());
  }

  private int word(int first) throws IOException {
    int value = first;
    int last = first;
    for (int shift = 8; shift < Integer.SIZE; shift += 8) {
      last = in.read();
      value |= last << shift;
    }
    if (first < 0 || last < 0) {
      throw new EOFException();
    }
    return value;
  }

  /** Passes over bytes; returns how many there were less than that. */
  long skip(long n) throws IOException {
    long left = n;
    while (left > 0) {
      long skipped = in.skip(left);
      if (skipped == 0 && in.read() < 0) {
        return left;
      }
      left -= Math.max(skipped, 1);
    }
    return 0;
  }

  int event() {
    return event;
  }

  /** Returns how many words the record has. */
  int count() {
    return count;
  }

  /** Returns the size of the record, its header and TSC with it. */
  int bytes() {
    return bytes;
  }

  boolean hasTsc() {
    return hasTsc;
  }

  long tsc() {
    return tsc;
  }

  int word(int index, int otherwise) {
    return index < count ? words[index] : otherwise;
  }

  /** Returns a word as an unsigned number; the record must have it. */
  long unsigned(int index) {
    return words[index] & 0xffff_ffffL;
  }

  /** Returns two words as one of 64 bits; the record must have them. */
  long wide(int index) {
    return unsigned(index) | ((long) words[index + 1] << Integer.SIZE);
  }

  /** Returns the record as the ledger keeps it. */
  String text() {
    StringBuilder text = new StringBuilder(String.format("%08x", event));
    for (int i = 0; i < count; i++) {
      text.append(String.format(" %08x", words[i]));
    }
    return text.toString();
  }
}
