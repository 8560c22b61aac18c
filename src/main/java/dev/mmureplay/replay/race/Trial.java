package dev.mmureplay.replay.race;

import dev.mmureplay.machine.AccessKind;
import dev.mmureplay.machine.BackendState;
import dev.mmureplay.machine.UpdateLog;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.Pte;
import org.jspecify.annotations.Nullable;

/** Races under one backend: its schedules, its timelines, its totals. */
final class Trial {
  private static final AccessKind[] KINDS = AccessKind.values();
  private static final long STATE = Pte.ACCESSED | Pte.DIRTY_BITS;

  private final BackendState state;
  private final GuestPlatform platform;
  private final boolean lateDirty;
  private final boolean aging;
  private final RaceTally tally = new RaceTally();
  private @Nullable RacingPte pte;
  private @Nullable ScheduleTable table;

  Trial(BackendState state, GuestPlatform platform, Interleaving interleaving) {
    this.state = state;
    this.platform = platform;
    this.lateDirty = interleaving.lateDirty();
    this.aging = interleaving.aging();
  }

  /** Made when it is first needed, where a backend that throws is dealt with. */
  private RacingPte pte() {
    RacingPte made = pte;
    if (made == null) {
      made = new RacingPte(state.backend(), platform, lateDirty, aging);
      pte = made;
    }
    return made;
  }

  private ScheduleTable table() {
    ScheduleTable made = table;
    if (made == null) {
      made = new ScheduleTable(pte());
      table = made;
    }
    return made;
  }

  BackendState state() {
    return state;
  }

  RaceTally tally() {
    return tally;
  }

  /** Counts the windows of a call. */
  void windows(long updates, int largestChunk) {
    tally.windows(updates, largestChunk == 0 ? 0 : pte().timeline(largestChunk).longestWindow());
  }

  /** Returns the memory operations from the start of a PTE's update to its effective commit. */
  int window(UpdateLog updates, int index) {
    return pte()
        .timeline(updates.chunkSize(updates.chunkOf(index)))
        .window(updates.placeInChunk(index));
  }

  /**
   * Returns whether a schedule shows a PTE to be absent for a moment although start left it live.
   */
  boolean goesAbsent(int schedule) {
    return (schedule & Schedule.TRANSIENT_FAULT) != 0 && pte().startLeavesLive();
  }

  /** Returns every schedule of a candidate against the update of its PTE. */
  ScheduleTable.Row row(UpdateLog updates, int index, Candidates candidates, int candidate) {
    return table()
        .row(
            old(updates, index, candidates, candidate),
            updates.flags(index),
            updates.upgrade(index),
            candidates.kind(candidate));
  }

  /**
   * Returns the PTE as it was when the call began. The TLB is not flushed when A is cleared, so
   * that it may still hold the translation.
   */
  private long old(UpdateLog updates, int index, Candidates candidates, int candidate) {
    long old = shown(updates, index, candidates, candidate);
    return aging ? old & ~Pte.ACCESSED : old;
  }

  /** The same by the trace alone: accesses of the window were replayed before the call. */
  private long shown(UpdateLog updates, int index, Candidates candidates, int candidate) {
    long old = updates.old(index);
    long before = candidates.before(candidate);
    if (before == Candidates.NO_PTE) {
      return old;
    }
    return platform.kernel().settleDirty((old & ~STATE) | (before & STATE));
  }

  /**
   * Returns whether what a candidate comes to rests on an assumption: that it raced, or that A had
   * been cleared.
   */
  boolean rests(UpdateLog updates, int index, Candidates candidates, int candidate) {
    return candidates.assumed(candidate)
        || (aging && Pte.isAccessed(shown(updates, index, candidates, candidate)));
  }

  /**
   * Returns the position, on one PTE's own memory operations, of a moment of the call: the
   * operations of the call are taken to be spread evenly over its recorded duration.
   *
   * @param moment the part of the call that has passed, from 0 to 1
   */
  int position(UpdateLog updates, int index, double moment) {
    long total = 0;
    long before = 0;
    int chunk = updates.chunkOf(index);
    for (int c = 0; c < updates.chunks(); c++) {
      int operations = pte().timeline(updates.chunkSize(c)).total();
      before += c < chunk ? operations : 0;
      total += operations;
    }
    long operation = (long) (moment * (total + 1));
    return pte()
        .timeline(updates.chunkSize(chunk))
        .position(updates.placeInChunk(index), operation - before);
  }

  /** Returns what one of several accesses saw that were carried out together just now. */
  int seenBy(int access) {
    return pte().seenBy(access);
  }

  /** Carries out several accesses to one PTE at their recorded moments, in order. */
  int together(UpdateLog updates, int index, Candidates candidates, int[] members, int n) {
    RacingAccess[] accesses = new RacingAccess[n];
    for (int i = 0; i < n; i++) {
      int member = members[i];
      int position = position(updates, index, candidates.moment(member));
      AccessKind kind = KINDS[candidates.kind(member)];
      accesses[i] = new RacingAccess(kind, position, false, candidates.tid(member));
    }
    return pte()
        .race(
            old(updates, index, candidates, members[0]),
            updates.flags(index),
            updates.upgrade(index),
            accesses);
  }
}
