package dev.mmureplay.replay.race;

import dev.mmureplay.machine.AccessKind;
import dev.mmureplay.machine.PteUpdate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * What every schedule of one access against one update comes to under one backend; remembered,
 * because it depends on little: the PTE's flags before, those it gets, and the kind of access.
 */
final class ScheduleTable {
  private static final AccessKind[] KINDS = AccessKind.values();
  private static final int HIGH_FLAGS = 58;
  private static final int HIGH_SHIFT = 12;
  private static final int FLAG_BITS = 18;

  /** The schedules of one kind of access against one kind of update. */
  static final class Row {
    private final int[] schedules;
    private final int positions;
    private final boolean cacheable;
    private final int worst;
    private final int union;
    private final int losing;

    private Row(int[] schedules, int positions, boolean cacheable) {
      this.schedules = schedules;
      this.positions = positions;
      this.cacheable = cacheable;
      int worstSoFar = schedules[0];
      int unionSoFar = 0;
      int losingSoFar = 0;
      for (int schedule : schedules) {
        worstSoFar = Schedule.worse(worstSoFar, schedule);
        unionSoFar = Schedule.union(unionSoFar, schedule);
        losingSoFar += Schedule.lost(schedule) != 0 ? 1 : 0;
      }
      worst = worstSoFar;
      union = unionSoFar;
      losing = losingSoFar;
    }

    /** Returns how many schedules differ. */
    int size() {
      return schedules.length;
    }

    /** Returns the worst schedule of all. */
    int worst() {
      return worst;
    }

    /** Returns what any of the schedules comes to, and the most retries of one. */
    int union() {
      return union;
    }

    /** Returns how many of the schedules lose a bit. */
    int losing() {
      return losing;
    }

    /**
     * Returns one schedule.
     *
     * @param cached whether the TLB holds the translation; without effect if hardware would not
     *     have cached it
     */
    int at(int position, boolean cached) {
      return schedules[cached && cacheable ? positions + position : position];
    }

    /** Returns how many schedules of one position differ. */
    int sizeOfPosition() {
      return cacheable ? 2 : 1;
    }

    /** Returns the worse of the two that differ in what the TLB holds. */
    int at(int position) {
      return Schedule.worse(at(position, false), at(position, true));
    }
  }

  private final RacingPte pte;
  private final Map<Long, Row> rows = new HashMap<>();
  private long lastKey = -1;
  private Row last = new Row(new int[1], 1, false);

  ScheduleTable(RacingPte pte) {
    this.pte = pte;
  }

  /**
   * Returns the schedules.
   *
   * @param old the PTE before the update
   * @param flags permission flags that it gets
   * @param upgrade a constant of {@link dev.mmureplay.machine.PteUpdate}
   * @param kind the ordinal of an {@link AccessKind}
   */
  Row row(long old, long flags, byte upgrade, int kind) {
    long key = ((((key(old) << FLAG_BITS) | key(flags)) << PteUpdate.BITS | upgrade) << 2) | kind;
    if (key != lastKey) {
      Row found = rows.get(key);
      if (found == null) {
        found = run(old, flags, upgrade, KINDS[kind]);
        rows.put(key, found);
      }
      last = found;
      lastKey = key;
    }
    return last;
  }

  /** Everything but the frame, which no backend looks at. */
  private static long key(long pte) {
    return ((pte >>> HIGH_FLAGS) << HIGH_SHIFT) | (pte & ((1 << HIGH_SHIFT) - 1));
  }

  private Row run(long old, long flags, byte upgrade, AccessKind kind) {
    int positions = pte.operations() + 1;
    boolean cacheable = pte.mayBeCached(old);
    int[] schedules = new int[cacheable ? 2 * positions : positions];
    Arrays.setAll(
        schedules,
        i -> {
          RacingAccess access = new RacingAccess(kind, i % positions, i >= positions, 0);
          return pte.race(old, flags, upgrade, access);
        });
    return new Row(schedules, positions, cacheable);
  }
}
