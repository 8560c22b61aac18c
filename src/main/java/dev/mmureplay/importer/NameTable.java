package dev.mmureplay.importer;

import java.util.Map;

/**
 * Numbers by name, looked up with {@link LineScanner#hash(int, int)} so that no string is made; the
 * hash has 64 bits, so that a foreign name is not taken for one of a few hundred known ones.
 */
public final class NameTable {
  private final long[] hashes;
  private final long[] values;
  private final boolean[] taken;

  /** Makes a table of ASCII names and their numbers. */
  public NameTable(Map<String, Long> numbers) {
    int size = Integer.highestOneBit(Math.max(8, numbers.size())) * 4;
    hashes = new long[size];
    values = new long[size];
    taken = new boolean[size];
    numbers.forEach(
        (name, number) -> {
          int at = slot(LineScanner.hash(name));
          hashes[at] = LineScanner.hash(name);
          values[at] = number;
          taken[at] = true;
        });
  }

  /** Returns the number of the name with the given hash, or {@link LineScanner#NONE}. */
  public long get(long hash) {
    int at = slot(hash);
    return taken[at] ? values[at] : LineScanner.NONE;
  }

  private int slot(long hash) {
    int mask = hashes.length - 1;
    int at = (int) (hash ^ hash >>> 32) & mask;
    while (taken[at] && hashes[at] != hash) {
      at = at + 1 & mask;
    }
    return at;
  }
}
