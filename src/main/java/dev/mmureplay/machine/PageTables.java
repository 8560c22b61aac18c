package dev.mmureplay.machine;

import dev.mmureplay.mmu.TableLevel;
import java.util.Arrays;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The page tables of one address space, reduced to what counts need: which 2 MiB chunks have a PTE
 * page, and which regions the PMD and PUD pages above. A hash table from chunk number to {@link
 * LeafTable} with linear probing; the access loop asks it for every event.
 */
final class PageTables {
  private static final long HASH = 0x9e37_79b9_7f4a_7c15L;

  private @Nullable LeafTable[] slots = new LeafTable[64];
  private int shift = 64 - 6;
  private int size;
  private final int backends;

  /** The regions with a PMD page and those with a PUD page: address divided by their size. */
  private final NavigableSet<Long> pmds = new TreeSet<>();

  private final NavigableSet<Long> puds = new TreeSet<>();

  PageTables(int backends) {
    this.backends = backends;
  }

  int size() {
    return size;
  }

  /** Returns the chunk's table, or null if nothing in the chunk was ever populated. */
  @Nullable LeafTable get(long chunk) {
    @Nullable LeafTable[] table = slots;
    int mask = table.length - 1;
    int i = (int) ((chunk * HASH) >>> shift);
    while (true) {
      LeafTable leaf = table[i];
      if (leaf == null || leaf.chunk == chunk) {
        return leaf;
      }
      i = (i + 1) & mask;
    }
  }

  /**
   * Returns the chunk's table; one that is not there comes into being, with those above it, and
   * counts as nothing.
   */
  LeafTable getOrCreate(long chunk) {
    LeafTable leaf = get(chunk);
    if (leaf == null) {
      leaf = new LeafTable(chunk, backends);
      if (size * 2 >= slots.length) {
        rehash(slots.length * 2);
      }
      place(leaf);
      size++;
      pmds.add(region(chunk, TableLevel.PMD));
      puds.add(region(chunk, TableLevel.PUD));
    }
    return leaf;
  }

  private static long region(long chunk, TableLevel level) {
    return chunk >> (level.shift() - Machine.CHUNK_SHIFT);
  }

  private NavigableSet<Long> upper(TableLevel level) {
    return level == TableLevel.PMD ? pmds : puds;
  }

  /** Returns whether a chunk has a table of a level. */
  boolean has(TableLevel level, long chunk) {
    return level == TableLevel.PTE
        ? get(chunk) != null
        : upper(level).contains(region(chunk, level));
  }

  /** Returns the first addresses of the upper-level tables that map a page of a range. */
  long[] upper(TableLevel level, long start, long end) {
    return upper(level)
        .subSet(start >> level.shift(), true, (end - 1) >> level.shift(), true)
        .stream()
        .mapToLong(region -> region << level.shift())
        .toArray();
  }

  /** Takes out the upper-level table that maps an address. */
  void removeUpper(TableLevel level, long address) {
    upper(level).remove(address >> level.shift());
  }

  /** Returns how many upper-level tables there are. */
  int upperSize() {
    return pmds.size() + puds.size();
  }

  void remove(long chunk) {
    if (get(chunk) == null) {
      return;
    }
    @Nullable LeafTable[] old = slots;
    slots = new LeafTable[old.length];
    for (LeafTable leaf : old) {
      if (leaf != null && leaf.chunk != chunk) {
        place(leaf);
      }
    }
    size--;
  }

  /**
   * Returns the tables of the chunks that have a page in {@code [start, end)}, in address order.
   */
  LeafTable[] range(long start, long end) {
    long first = start >>> Machine.CHUNK_SHIFT;
    long last = (end - 1) >>> Machine.CHUNK_SHIFT;
    if (start >= end) {
      return new LeafTable[0];
    }
    LeafTable[] found = new LeafTable[(int) Math.min(size, last - first + 1)];
    int n = 0;
    if (last - first < size) {
      for (long chunk = first; chunk <= last; chunk++) {
        LeafTable leaf = get(chunk);
        if (leaf != null) {
          found[n++] = leaf;
        }
      }
      return Arrays.copyOf(found, n);
    }
    for (LeafTable leaf : slots) {
      if (leaf != null && leaf.chunk >= first && leaf.chunk <= last) {
        found[n++] = leaf;
      }
    }
    LeafTable[] sorted = Arrays.copyOf(found, n);
    Arrays.sort(sorted, (a, b) -> Long.compare(a.chunk, b.chunk));
    return sorted;
  }

  /** Returns every table, in address order. */
  LeafTable[] all() {
    return range(0, Long.MAX_VALUE);
  }

  private void rehash(int length) {
    @Nullable LeafTable[] old = slots;
    slots = new LeafTable[length];
    shift = 64 - Integer.numberOfTrailingZeros(length);
    Arrays.stream(old).filter(Objects::nonNull).map(Objects::requireNonNull).forEach(this::place);
  }

  private void place(LeafTable leaf) {
    int mask = slots.length - 1;
    int i = (int) ((leaf.chunk * HASH) >>> shift);
    while (slots[i] != null) {
      i = (i + 1) & mask;
    }
    slots[i] = leaf;
  }
}
