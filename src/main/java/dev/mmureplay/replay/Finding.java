package dev.mmureplay.replay;

import static java.util.Objects.requireNonNull;

import dev.mmureplay.replay.race.RaceEvidence;
import org.jspecify.annotations.Nullable;

/**
 * One breach of an invariant, or one {@link dev.mmureplay.machine.Outcome} that breaks none.
 *
 * @param backend the backend that broke it, or under which it came out so
 * @param invariant its number, such as {@code I14}, or the outcome's name
 * @param pid the process, or -1
 * @param address the page, or 0
 * @param seq position of the event in the event file, or -1
 * @param message one sentence with expectation and finding
 * @param race the access and the update between which the race was, or null if the breach was not
 *     seen to come from one
 */
public record Finding(
    String backend,
    String invariant,
    int pid,
    long address,
    long seq,
    String message,
    @Nullable RaceEvidence race) {
  /** A breach that no race is known to have brought about. */
  public Finding(
      String backend, String invariant, int pid, long address, long seq, String message) {
    this(backend, invariant, pid, address, seq, message, null);
  }

  public Finding {
    requireNonNull(backend, "backend");
    requireNonNull(invariant, "invariant");
    requireNonNull(message, "message");
  }

  /** Returns who did what, such as {@code naive breaks I1: lost the bit that a write set: D}. */
  public String sentence() {
    boolean breach = invariant.matches("I[0-9]+");
    return backend + (breach ? " breaks " : " comes to ") + invariant + ": " + message;
  }
}
