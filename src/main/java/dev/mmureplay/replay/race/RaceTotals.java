package dev.mmureplay.replay.race;

/**
 * What races came to under one backend, counted by candidate: an access and an update of its PTE
 * that it may have raced with. A candidate counts once for each thing that any of the schedules
 * tried for it shows.
 *
 * @param windows transactions, each open from the start of a PTE's update to its effective commit
 * @param longestWindow most memory operations on PTEs from a start to its effective commit
 * @param candidates pairs of an access and an update that it may have raced with
 * @param assumed how many of them are only assumed to have been concurrent
 * @param schedules schedules tried
 * @param losingSchedules how many of them lost a bit
 * @param races candidates for which hardware set a bit between start and effective commit
 * @param accessedLost candidates whose A bit was lost
 * @param dirtyLost candidates whose D bit was lost
 * @param assumedLost how many of these A and D bits rest on an assumption: that the access raced,
 *     or that A had been cleared
 * @param invented A and D bits that came from nowhere
 * @param transientFaults candidates that faulted only because the PTE was absent for a while
 * @param staleUses candidates that the TLB let through while the PTE in memory did not
 * @param compareExchangeRetries repetitions of PRESERVE_AD's cmpxchg loop, at worst for each
 *     candidate
 * @param exchangeRetries repetitions of the emulated xchg, at worst for each candidate
 */
public record RaceTotals(
    long windows,
    long longestWindow,
    long candidates,
    long assumed,
    long schedules,
    long losingSchedules,
    long races,
    long accessedLost,
    long dirtyLost,
    long assumedLost,
    long invented,
    long transientFaults,
    long staleUses,
    long compareExchangeRetries,
    long exchangeRetries) {}
