package dev.mmureplay.replay.race;

import dev.mmureplay.mmu.Pte;

/**
 * What races came to under one backend, counted by candidate: an access and an update of its PTE
 * that it may have raced with. A candidate counts once for each thing that any of the schedules
 * tried for it shows.
 */
public final class RaceTotals {
  private long windows;
  private long longestWindow;
  private long candidates;
  private long assumed;
  private long schedules;
  private long losing;
  private long races;
  private long accessedLost;
  private long dirtyLost;
  private long invented;
  private long transientFaults;
  private long staleUses;
  private long compareExchangeRetries;
  private long exchangeRetries;

  void window(long updates, int longest) {
    windows += updates;
    longestWindow = Math.max(longestWindow, longest);
  }

  void candidate(boolean isAssumed, int tried, int losingOnes, int outcome) {
    candidates++;
    assumed += isAssumed ? 1 : 0;
    schedules += tried;
    losing += losingOnes;
    races += (outcome & Schedule.RACED) != 0 ? 1 : 0;
    accessedLost += (Schedule.lost(outcome) & Pte.ACCESSED) != 0 ? 1 : 0;
    dirtyLost += (Schedule.lost(outcome) & Pte.DIRTY) != 0 ? 1 : 0;
    invented += Long.bitCount(Schedule.invented(outcome));
    transientFaults += (outcome & Schedule.TRANSIENT_FAULT) != 0 ? 1 : 0;
    staleUses += (outcome & Schedule.STALE_USE) != 0 ? 1 : 0;
    compareExchangeRetries += Schedule.compareExchangeRetries(outcome);
    exchangeRetries += Schedule.exchangeRetries(outcome);
  }

  /** Returns the transactions, from the start of a PTE's update to its effective commit. */
  public long windows() {
    return windows;
  }

  /** Returns the most memory operations on PTEs from a start to its effective commit. */
  public long longestWindow() {
    return longestWindow;
  }

  /** Returns the pairs of an access and an update that it may have raced with. */
  public long candidates() {
    return candidates;
  }

  /** Returns how many of them are only assumed to have been concurrent. */
  public long assumed() {
    return assumed;
  }

  /** Returns the schedules tried. */
  public long schedules() {
    return schedules;
  }

  /** Returns how many schedules lost a bit. */
  public long losingSchedules() {
    return losing;
  }

  /** Returns the candidates for which hardware set a bit between start and effective commit. */
  public long races() {
    return races;
  }

  /** Returns the candidates whose A bit was lost. */
  public long accessedLost() {
    return accessedLost;
  }

  /** Returns the candidates whose D bit was lost. */
  public long dirtyLost() {
    return dirtyLost;
  }

  /** Returns the A and D bits that came from nowhere. */
  public long invented() {
    return invented;
  }

  /** Returns the candidates that faulted only because the PTE was absent for a while. */
  public long transientFaults() {
    return transientFaults;
  }

  /** Returns the candidates that the TLB let through while the PTE in memory did not. */
  public long staleUses() {
    return staleUses;
  }

  /** Returns the repetitions of PRESERVE_AD's cmpxchg loop, at worst for each candidate. */
  public long compareExchangeRetries() {
    return compareExchangeRetries;
  }

  /** Returns the repetitions of the emulated xchg, at worst for each candidate. */
  public long exchangeRetries() {
    return exchangeRetries;
  }
}
