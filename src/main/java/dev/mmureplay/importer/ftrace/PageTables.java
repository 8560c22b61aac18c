package dev.mmureplay.importer.ftrace;

import static dev.mmureplay.event.EventSchema.UNKNOWN;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which page each slot of a page table maps.
 *
 * <p>The tracer prints where an entry lies ({@code ptep ffff88801ea74ed8}), not what it maps. Its
 * table's place in the tree tells:
 *
 * <pre>
 * alloc_ptpage pfn 1ea75 level 2              the table at (direct map + 1ea75000)
 * set_p4d  p4dp ffff888006762000 → 1ea75      slot 0 of a root: it maps 0 to 512 GiB
 * set_pud  pudp ffff88801ea75000 → 1ea7b      slot 0 of it: 0 to 1 GiB
 * set_pmd  pmdp ffff88801ea7b010 → 1ea74      slot 2 of that: 4 to 6 MiB
 * set_pte  ptep ffff88801ea74ed8              slot 475 of that: page 0x5db000
 * </pre>
 *
 * <p>A table that is older than the trace has no place until an event names a page and its slot at
 * once; the tables above it are then known too.
 */
final class PageTables {
  /** How many levels a table is above the pages that its tree maps; a root is a {@link #ROOT}. */
  static final int PTE = 1;

  static final int PMD = 2;
  static final int PUD = 3;
  static final int ROOT = 4;

  private static final int PAGE_SHIFT = 12;
  private static final int SLOT_BITS = 9;
  private static final int SLOT_MASK = (1 << SLOT_BITS) - 1;
  private static final long OFFSET_MASK = (1L << PAGE_SHIFT) - 1;
  private static final long FRAME_MASK = ((1L << 52) - 1) & ~OFFSET_MASK;

  /** Where Linux maps all memory if it does not randomise that place. */
  private static final long USUAL_DIRECT_MAP = 0xffff_8880_0000_0000L;

  /** A randomised direct map begins at a multiple of this. */
  private static final long DIRECT_MAP_ALIGNMENT = 1L << 30;

  /** How far around a fault the kernel maps pages that it has in memory anyway. */
  private static final long FAULT_AROUND_PAGES = 16;

  /** One table: a page of 512 entries. */
  static final class Table {
    private final int level;
    private long base = UNKNOWN;
    private @Nullable Table parent;
    private int slot;

    /** Whether its place is one of several that it can have. */
    private boolean assumed;

    /** Whose it is, or null while that is not known. */
    @Nullable AddressSpace space;

    private Table(int level, @Nullable AddressSpace space) {
      this.level = level;
      this.space = space;
      if (level == ROOT) {
        base = 0;
      }
    }
  }

  private final Map<Long, Table> tables = new HashMap<>();
  private long directMap = USUAL_DIRECT_MAP;
  private boolean directMapSure;

  /** The frames of the last tables made, by level. */
  private final long[] lastMade = {UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN};

  /** Notes that a frame has become a table of the given level. */
  void made(long frame, int level, AddressSpace space) {
    tables.put(addressOf(frame), new Table(level, space));
    lastMade[level] = frame;
  }

  /** Notes that a frame is no table any more. */
  void released(long frame) {
    tables.remove(addressOf(frame));
  }

  /** Forgets every table, because changes of them may have been missed. */
  void forget() {
    tables.clear();
  }

  /**
   * Notes that an entry above the lowest level was set.
   *
   * @param level the level of the table that holds the entry
   * @param entry where the entry lies
   * @param value the entry with the frame as the guest counts it, or 0
   */
  void setUpper(int level, long entry, long value) {
    if (entry >= 0) {
      return;
    }
    learnDirectMap(level, entry);
    long frame = (value & FRAME_MASK) >>> PAGE_SHIFT;
    if (frame == 0) {
      return;
    }
    Table parent = at(entry, level, null);
    Table child = tables.computeIfAbsent(addressOf(frame), key -> new Table(level - 1, null));
    if (child.level != level - 1) {
      return;
    }
    child.parent = parent;
    child.slot = slot(entry);
    if (child.space == null) {
      child.space = parent.space;
    } else if (parent.space == null) {
      parent.space = child.space;
    }
  }

  /**
   * The table that holds an entry may just have been made: then its frame and address are known.
   */
  private void learnDirectMap(int level, long entry) {
    long frame = level < lastMade.length ? lastMade[level] : UNKNOWN;
    if (directMapSure || frame == UNKNOWN) {
      return;
    }
    long base = (entry & ~OFFSET_MASK) - (frame << PAGE_SHIFT);
    if (base >= 0 || base % DIRECT_MAP_ALIGNMENT != 0) {
      return;
    }
    directMapSure = true;
    long moved = base - directMap;
    directMap = base;
    for (long made : lastMade) {
      Table table = made == UNKNOWN ? null : tables.remove(addressOf(made) - moved);
      if (table != null) {
        tables.put(addressOf(made), table);
      }
    }
  }

  /** Returns the table that holds the entry at an address, or null if nothing is known of it. */
  @Nullable Table holding(long entry) {
    return tables.get(entry & ~OFFSET_MASK);
  }

  /** Returns the page that an entry of the lowest level maps, or unknown. */
  long page(long entry) {
    Table table = holding(entry);
    long base = table == null || table.level != PTE ? UNKNOWN : base(table);
    return base == UNKNOWN ? UNKNOWN : base + ((long) slot(entry) << PAGE_SHIFT);
  }

  /** Learns from an event that names an entry and the page that it maps. */
  void learn(long entry, long page, AddressSpace space) {
    if (entry >= 0 || ((page >>> PAGE_SHIFT) & SLOT_MASK) != slot(entry)) {
      return;
    }
    Table table = at(entry, PTE, space);
    table.space = space;
    table.assumed = false;
    if (base(table) != (page & ~spanMask(PTE))) {
      place(table, page & ~spanMask(PTE));
    }
  }

  /** Takes an entry to map a page, one of several that it may map. */
  void assume(long entry, long page, AddressSpace space) {
    learn(entry, page, space);
    Table table = holding(entry);
    if (table != null) {
      table.assumed = true;
    }
  }

  /** Returns whether the place of the table that holds an entry is no more than assumed. */
  boolean isAssumed(long entry) {
    Table table = holding(entry);
    return table != null && table.assumed;
  }

  /**
   * Learns from an entry that was set while a fault was handled, if it can be the entry of the page
   * that was missing or of one near it.
   *
   * @return whether the entry's page is known now
   */
  boolean learnFromFault(long entry, long fault, AddressSpace space) {
    long distance = slot(entry) - ((fault >>> PAGE_SHIFT) & SLOT_MASK);
    if (entry >= 0 || Math.abs(distance) >= FAULT_AROUND_PAGES) {
      return false;
    }
    learn(entry, (fault & ~OFFSET_MASK) + (distance << PAGE_SHIFT), space);
    return true;
  }

  /**
   * Learns from an entry that was set by a call on a range of pages, if only one page in the range
   * has that slot.
   *
   * @return whether the entry's page is known now
   */
  boolean learnFromRange(long entry, long start, long length, AddressSpace space) {
    long slots = (length - 1) >>> PAGE_SHIFT;
    if (entry >= 0 || length <= 0 || slots > SLOT_MASK) {
      return false;
    }
    long distance = (slot(entry) - (start >>> PAGE_SHIFT)) & SLOT_MASK;
    if (distance > slots) {
      return false;
    }
    learn(entry, (start & ~OFFSET_MASK) + (distance << PAGE_SHIFT), space);
    return true;
  }

  private Table at(long entry, int level, @Nullable AddressSpace space) {
    Table table = tables.computeIfAbsent(entry & ~OFFSET_MASK, key -> new Table(level, space));
    if (table.level != level) {
      table = new Table(level, space);
      tables.put(entry & ~OFFSET_MASK, table);
    }
    return table;
  }

  private static void place(Table table, long base) {
    table.base = base;
    Table parent = table.parent;
    if (parent != null && base(parent) == UNKNOWN) {
      long parentBase = base - ((long) table.slot << spanShift(table.level));
      if ((parentBase & spanMask(parent.level)) == 0) {
        place(parent, parentBase);
      }
    }
  }

  /** Returns the first address that a table maps, or unknown. */
  private static long base(Table table) {
    Table parent = table.parent;
    if (table.base != UNKNOWN || parent == null || parent.level != table.level + 1) {
      return table.base;
    }
    long parentBase = base(parent);
    if (parentBase != UNKNOWN) {
      table.base = parentBase + ((long) table.slot << spanShift(table.level));
    }
    return table.base;
  }

  /** Returns the logarithm of how many bytes a table maps. */
  private static int spanShift(int level) {
    return PAGE_SHIFT + level * SLOT_BITS;
  }

  private static long spanMask(int level) {
    return (1L << spanShift(level)) - 1;
  }

  private static int slot(long entry) {
    return (int) (entry >>> 3) & SLOT_MASK;
  }

  private long addressOf(long frame) {
    return directMap + (frame << PAGE_SHIFT);
  }
}
