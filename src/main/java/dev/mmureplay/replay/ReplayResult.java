package dev.mmureplay.replay;

import dev.mmureplay.machine.Outcome;
import dev.mmureplay.mmu.OperationCounter;
import dev.mmureplay.replay.race.Interleaving;
import dev.mmureplay.replay.race.RaceTotals;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The totals of one replay.
 *
 * @param residency the residency assumption that was in force
 * @param events events read
 * @param accesses page accesses, folded ones counted once
 * @param calls mprotect and pkey_mprotect calls
 * @param addressSpaces address spaces that existed
 * @param pages pages whose final state was reported
 * @param assumptions how often each named assumption was used, in name order; empty if nothing was
 *     assumed
 * @param tally how much of it is known
 * @param backends what each backend yielded, in the order of the options
 * @param interleaving when accesses happened that race with an mprotect call
 * @param races what they came to, for every backend in that order; empty if nothing raced
 */
public record ReplayResult(
    Residency residency,
    long events,
    long accesses,
    long calls,
    long addressSpaces,
    long pages,
    Map<String, Long> assumptions,
    Tally tally,
    List<Backend> backends,
    Interleaving interleaving,
    List<RaceTotals> races) {

  /**
   * One backend's totals.
   *
   * @param name the backend
   * @param correct whether it claims to keep every A/D bit
   * @param failure one sentence if the backend threw and was dropped from the replay; its counts
   *     are then partial
   * @param digest of all final PTEs with Xen-owned bits masked, and dirtiness as it should be where
   *     an outcome says that it is not; equal for all correct backends
   * @param findings breaches of invariants
   * @param outcomes to how many pages something happened that breaks no invariant and is worth to
   *     be known; empty if nothing did
   * @param counts operations by cause
   */
  public record Backend(
      String name,
      boolean correct,
      @Nullable String failure,
      long digest,
      long findings,
      Map<Outcome, Long> outcomes,
      OperationCounter counts) {
    public Backend {
      outcomes = Map.copyOf(outcomes);
    }
  }

  /**
   * Checks that every backend that claims to keep A/D bits, and did not fail, kept every invariant
   * and ended with the same PTEs as the others.
   *
   * @return one sentence for each that did not; empty if all is well
   */
  public List<String> disagreements() {
    List<String> sentences = new ArrayList<>();
    Backend first = null;
    for (Backend backend : backends) {
      if (!backend.correct() || backend.failure() != null) {
        continue;
      }
      if (backend.findings() > 0) {
        sentences.add(
            backend.name()
                + " claims to keep every accessed and dirty bit but broke an invariant "
                + backend.findings()
                + " times; the table finding has them");
      }
      if (first == null) {
        first = backend;
      } else if (backend.digest() != first.digest()) {
        sentences.add(backend.name() + " ended with other PTEs than " + first.name());
      }
    }
    return sentences;
  }
}
