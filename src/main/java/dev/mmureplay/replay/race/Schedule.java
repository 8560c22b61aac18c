package dev.mmureplay.replay.race;

import dev.mmureplay.mmu.Pte;

/**
 * What one schedule came to, one access or several at chosen moments of one update, packed into an
 * int so that a million of them cost nothing.
 */
final class Schedule {
  /** Hardware set A or D between the start and the effective commit. */
  static final int RACED = 1 << 4;

  /** An access that both the old and the new PTE allow found the PTE absent. */
  static final int TRANSIENT_FAULT = 1 << 5;

  /** The TLB let an access through that the PTE in memory did not allow just then. */
  static final int STALE_USE = 1 << 6;

  private static final int INVENTED_SHIFT = 2;
  private static final int COMPARE_EXCHANGE_SHIFT = 8;
  private static final int EXCHANGE_SHIFT = 16;
  private static final int RETRIES = 0xff;

  private Schedule() {}

  /**
   * Packs an outcome.
   *
   * @param lost A and D bits that were lost
   * @param invented A and D bits that nobody set
   * @param flags of the constants here
   * @param compareExchangeRetries repetitions of the cmpxchg loop of PRESERVE_AD
   * @param exchangeRetries repetitions of the emulated xchg
   */
  static int of(
      long lost, long invented, int flags, int compareExchangeRetries, int exchangeRetries) {
    return pack(lost)
        | (pack(invented) << INVENTED_SHIFT)
        | flags
        | (Math.min(compareExchangeRetries, RETRIES) << COMPARE_EXCHANGE_SHIFT)
        | (Math.min(exchangeRetries, RETRIES) << EXCHANGE_SHIFT);
  }

  private static int pack(long bits) {
    return ((bits & Pte.ACCESSED) != 0 ? 1 : 0) | ((bits & Pte.DIRTY) != 0 ? 2 : 0);
  }

  private static long unpack(int packed) {
    return ((packed & 1) != 0 ? Pte.ACCESSED : 0) | ((packed & 2) != 0 ? Pte.DIRTY : 0);
  }

  /** Returns the A and D bits that were lost. */
  static long lost(int schedule) {
    return unpack(schedule & 3);
  }

  /** Returns the A and D bits that nobody set. */
  static long invented(int schedule) {
    return unpack((schedule >> INVENTED_SHIFT) & 3);
  }

  static int compareExchangeRetries(int schedule) {
    return (schedule >> COMPARE_EXCHANGE_SHIFT) & RETRIES;
  }

  static int exchangeRetries(int schedule) {
    return (schedule >> EXCHANGE_SHIFT) & RETRIES;
  }

  /**
   * Returns the worse of two: bits lost count most, then bits invented, then a transient fault,
   * then whatever else.
   */
  static int worse(int a, int b) {
    return badness(b) > badness(a) ? b : a;
  }

  /** Returns what either of two came to, with the more retries of each kind. */
  static int union(int a, int b) {
    int bits = (1 << COMPARE_EXCHANGE_SHIFT) - 1;
    int more = Math.max(compareExchangeRetries(a), compareExchangeRetries(b));
    int moreExchanges = Math.max(exchangeRetries(a), exchangeRetries(b));
    return ((a | b) & bits) | (more << COMPARE_EXCHANGE_SHIFT) | (moreExchanges << EXCHANGE_SHIFT);
  }

  /** Returns an outcome with what one of several accesses saw in place of what any of them did. */
  static int seen(int schedule, int flags) {
    return (schedule & ~(RACED | TRANSIENT_FAULT | STALE_USE)) | flags;
  }

  private static int badness(int schedule) {
    int lost = Integer.bitCount(schedule & 3);
    int invented = Integer.bitCount((schedule >> INVENTED_SHIFT) & 3);
    int fault = (schedule & TRANSIENT_FAULT) != 0 ? 1 : 0;
    int rest = Integer.bitCount(schedule & (RACED | STALE_USE));
    return 1000 * lost + 100 * invented + 10 * fault + rest;
  }
}
