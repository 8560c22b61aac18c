package dev.mmureplay.replay.race;

import static java.util.Objects.requireNonNull;

/**
 * What shows a breach to come from a race: the access that set the bit, and the update that
 * destroyed or invented it.
 *
 * @param call number of the mprotect call within the trace, from 0; {@link Races#NO_CALL} if the
 *     update was none of its
 * @param callLine line of the source on which the call begins, or {@link
 *     dev.mmureplay.event.EventSchema#UNKNOWN}
 * @param callSeq position of the call in the event file
 * @param accessSeq position of the access in the event file
 * @param accessLine line of the source, or unknown
 * @param accessTid the thread, or {@link dev.mmureplay.event.EventSchema#UNKNOWN_INT}
 * @param accessKind read, write or fetch
 * @param windowOperations memory operations on PTEs from the start of the page's update to its
 *     effective commit
 * @param grade how far the trace shows the race
 */
public record RaceEvidence(
    long call,
    long callSeq,
    long callLine,
    long accessSeq,
    long accessLine,
    int accessTid,
    String accessKind,
    int windowOperations,
    Grade grade) {
  /** How far a trace shows a race. */
  public enum Grade {
    /** The access and its moment within the call are recorded. */
    RECORDED,
    /** The access is recorded within the call; its moment is one of those tried. */
    UNPLACED,
    /** That the access raced with the call, or that the bit was clear before, is an assumption. */
    ASSUMED
  }

  public RaceEvidence {
    requireNonNull(accessKind, "accessKind");
    requireNonNull(grade, "grade");
  }
}
