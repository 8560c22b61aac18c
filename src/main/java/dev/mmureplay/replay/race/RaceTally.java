package dev.mmureplay.replay.race;

import dev.mmureplay.mmu.Pte;

/** Counts what races come to under one backend; see {@link RaceTotals}. */
final class RaceTally {
  private long windows;
  private long longestWindow;
  private long candidates;
  private long assumed;
  private long schedules;
  private long losing;
  private long races;
  private long accessedLost;
  private long dirtyLost;
  private long assumedLost;
  private long invented;
  private long transientFaults;
  private long staleUses;
  private long compareExchangeRetries;
  private long exchangeRetries;

  /** Counts the windows of a call. */
  void windows(long updates, int longest) {
    windows += updates;
    longestWindow = Math.max(longestWindow, longest);
  }

  /**
   * Counts one candidate.
   *
   * @param outcome what any of its schedules came to, a {@link Schedule}
   */
  void candidate(boolean isAssumed, int tried, int losingOnes, int outcome) {
    candidates++;
    assumed += isAssumed ? 1 : 0;
    schedules += tried;
    losing += losingOnes;
    races += (outcome & Schedule.RACED) != 0 ? 1 : 0;
    invented += Long.bitCount(Schedule.invented(outcome));
    transientFaults += (outcome & Schedule.TRANSIENT_FAULT) != 0 ? 1 : 0;
    staleUses += (outcome & Schedule.STALE_USE) != 0 ? 1 : 0;
    compareExchangeRetries += Schedule.compareExchangeRetries(outcome);
    exchangeRetries += Schedule.exchangeRetries(outcome);
  }

  /**
   * Counts the bits that a candidate lost.
   *
   * @param rests whether that rests on an assumption
   */
  void lost(boolean rests, int outcome) {
    int accessed = (Schedule.lost(outcome) & Pte.ACCESSED) != 0 ? 1 : 0;
    int dirty = (Schedule.lost(outcome) & Pte.DIRTY) != 0 ? 1 : 0;
    accessedLost += accessed;
    dirtyLost += dirty;
    assumedLost += rests ? accessed + dirty : 0;
  }

  RaceTotals totals() {
    return new RaceTotals(
        windows,
        longestWindow,
        candidates,
        assumed,
        schedules,
        losing,
        races,
        accessedLost,
        dirtyLost,
        assumedLost,
        invented,
        transientFaults,
        staleUses,
        compareExchangeRetries,
        exchangeRetries);
  }
}
