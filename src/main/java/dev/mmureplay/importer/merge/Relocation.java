package dev.mmureplay.importer.merge;

import static dev.mmureplay.event.EventSchema.UNKNOWN;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where the mappings of the second run lie in the first: learnt from the results of calls that
 * match. A mapping that no call made is known where a matching call names it.
 */
final class Relocation {
  /** Where one range of the second run lies in the first. */
  private record Moved(long end, long shift) {}

  /** Stands for the place of memory that the first run does not have. */
  static final long NOWHERE = Long.MIN_VALUE + 1;

  private final TreeMap<Long, Moved> ranges = new TreeMap<>();
  private long firstBreak = UNKNOWN;
  private long shiftOfBreak;

  private boolean identical = true;

  /** Returns whether a call names memory of which nothing is known yet. */
  boolean isNew(EventRow second) {
    return isNamed(second) && shift(second.address) == UNKNOWN;
  }

  /** Learns from a mapping that was there before the trace, which a matching call names. */
  void before(EventRow first, EventRow second) {
    put(second.address, second.length, first.address - second.address);
  }

  /** Says that some mapping lies elsewhere, so that nothing is known of those never named. */
  void notIdentical() {
    identical = false;
  }

  /** Returns whether everything seen so far lies at the same addresses in both runs. */
  boolean identical() {
    return identical;
  }

  /**
   * Learns from two calls that are the same.
   *
   * @return false if they contradict what was learnt before
   */
  boolean learn(EventRow first, EventRow second) {
    boolean failed = isFailure(first.result) || isFailure(second.result);
    switch (second.kind) {
      case MMAP -> {
        if (!failed) {
          put(second.result, second.length, first.result - second.result);
        }
      }
      case MREMAP -> {
        if (!failed) {
          forget(second);
          put(second.result, second.length2, first.result - second.result);
        }
      }
      case BRK -> learnBreak(first.result, second.result);
      case MUNMAP -> {
        boolean agrees = agrees(first, second);
        forget(second);
        return agrees;
      }
      case MPROTECT, PKEY_MPROTECT, MADVISE -> {
        return failed || agrees(first, second);
      }
      case EXECVE -> ranges.clear();
      default -> {}
    }
    return true;
  }

  private void learnBreak(long first, long second) {
    if (first == UNKNOWN || second == UNKNOWN) {
      return;
    }
    if (firstBreak == UNKNOWN) {
      firstBreak = second;
      shiftOfBreak = first - second;
    }
    if (second > firstBreak) {
      put(firstBreak, second - firstBreak, shiftOfBreak);
    }
  }

  private boolean agrees(EventRow first, EventRow second) {
    long shift = shift(second.address);
    return !isNamed(second) || shift == UNKNOWN || shift == first.address - second.address;
  }

  /**
   * Takes note of a call that only the second run makes: what it maps has no place in the first.
   */
  void onlySecond(EventRow second) {
    forget(second);
    if (!isFailure(second.result)) {
      switch (second.kind) {
        case MMAP -> put(second.result, second.length, NOWHERE);
        case MREMAP -> put(second.result, second.length2, NOWHERE);
        default -> {}
      }
    }
  }

  private void forget(EventRow second) {
    boolean gone = second.kind == EventKind.MUNMAP || second.kind == EventKind.MREMAP;
    if (gone && isNamed(second) && !isFailure(second.result)) {
      cut(second.address, second.address + pageUp(second.length));
    }
  }

  private static boolean isFailure(long result) {
    return result == UNKNOWN || (result < 0 && result >= -4095);
  }

  private static boolean isNamed(EventRow row) {
    return row.address != UNKNOWN && row.length != UNKNOWN && row.length > 0;
  }

  private void put(long start, long length, long shift) {
    long end = start + pageUp(length);
    cut(start, end);
    ranges.put(start, new Moved(end, shift));
    identical &= shift == 0 || shift == NOWHERE;
  }

  private void cut(long start, long end) {
    Map.Entry<Long, Moved> below = ranges.lowerEntry(start);
    if (below != null && below.getValue().end() > start) {
      Moved moved = below.getValue();
      ranges.put(below.getKey(), new Moved(start, moved.shift()));
      if (moved.end() > end) {
        ranges.put(end, moved);
      }
    }
    List<Long> inside = new ArrayList<>(ranges.subMap(start, end).keySet());
    for (long each : inside) {
      Moved moved = ranges.get(each);
      ranges.remove(each);
      if (moved != null && moved.end() > end) {
        ranges.put(end, moved);
      }
    }
  }

  private static long pageUp(long length) {
    return (length + EventSchema.PAGE_SIZE - 1) & -EventSchema.PAGE_SIZE;
  }

  /** Returns how far an address of the second run is moved, or unknown. */
  private long shift(long address) {
    Map.Entry<Long, Moved> entry = ranges.floorEntry(address);
    return entry != null && address < entry.getValue().end() ? entry.getValue().shift() : UNKNOWN;
  }

  /**
   * Returns where an address of the second run lies in the first: {@link #NOWHERE} if only the
   * second has the mapping, unknown if no call names it.
   */
  long relocated(long address) {
    long shift = shift(address);
    if (shift == UNKNOWN) {
      return identical ? address : UNKNOWN;
    }
    return shift == NOWHERE ? NOWHERE : address + shift;
  }
}
