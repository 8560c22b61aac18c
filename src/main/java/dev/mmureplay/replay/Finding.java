package dev.mmureplay.replay;

import static java.util.Objects.requireNonNull;

import dev.mmureplay.event.EventSchema;
import dev.mmureplay.replay.race.RaceEvidence;
import org.jspecify.annotations.Nullable;

/**
 * One breach of an invariant, or one {@link dev.mmureplay.machine.Outcome} that breaks none.
 *
 * @param backend the backend that broke it, or under which it came out so; {@link #TRACE} if the
 *     trace itself has what Linux does not do
 * @param invariant its number, such as {@code I14}, or the outcome's name
 * @param pid the process, or -1
 * @param address the page, or 0
 * @param place the event in the course of which it was found; of a race the call
 * @param message one sentence with expectation and finding
 * @param race the access and the update between which the race was, or null if the breach was not
 *     seen to come from one
 */
public record Finding(
    String backend,
    String invariant,
    int pid,
    long address,
    Place place,
    String message,
    @Nullable RaceEvidence race) {
  /** Stands for the backend of a finding that concerns none. */
  public static final String TRACE = "trace";

  /**
   * An event of a trace.
   *
   * @param seq its position in the event file, or -1
   * @param line its line in the raw trace, or {@link EventSchema#UNKNOWN}
   * @param call its number among the mprotect calls, or -1 if it is none of them
   */
  public record Place(long seq, long line, long call) {
    /** The trace had ended. */
    public static final Place END = new Place(-1, EventSchema.UNKNOWN, -1);
  }

  /** A breach that no race is known to have brought about. */
  public Finding(
      String backend, String invariant, int pid, long address, Place place, String message) {
    this(backend, invariant, pid, address, place, message, null);
  }

  public Finding {
    requireNonNull(backend, "backend");
    requireNonNull(invariant, "invariant");
    requireNonNull(place, "place");
    requireNonNull(message, "message");
  }

  /** Returns who did what, such as {@code naive breaks I1: lost the bit that a write set: D}. */
  public String sentence() {
    boolean breach = invariant.matches("I[0-9]+");
    return backend + (breach ? " breaks " : " comes to ") + invariant + ": " + message;
  }
}
