package dev.mmureplay.machine.check;

import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.MmuBackend;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What every order of every program has shown of one backend on one platform.
 *
 * @param programs how many programs were run
 * @param schedules how many orders of them, which is all there are
 * @param violations how many of those orders broke an invariant
 * @param breaches for each broken invariant, in how many orders
 * @param transientFaults accesses that faulted because a PTE was absent for a moment; allowed
 * @param staleUses accesses by a right that memory no longer gave, before the flush; allowed
 * @param lateDirtyBits D bits that hardware set in PTEs that were read-only by then
 * @param mostAttempts the most attempts that one compare and exchange took
 * @param clean what becomes of a transaction that clears D
 * @param witnesses the shortest order for each broken invariant
 * @param failure one sentence if the backend threw, which ends its check; else null
 */
public record CheckResult(
    MmuBackend backend,
    GuestPlatform platform,
    long programs,
    long schedules,
    long violations,
    Map<Invariant, Long> breaches,
    long transientFaults,
    long staleUses,
    long lateDirtyBits,
    int mostAttempts,
    CleanOutcome clean,
    List<Witness> witnesses,
    @Nullable String failure) {
  /**
   * Returns whether the backend is what it claims to be: correct and without violation, or a
   * negative control and caught.
   */
  public boolean asClaimed() {
    return failure == null && backend.correct() == (violations == 0);
  }
}
