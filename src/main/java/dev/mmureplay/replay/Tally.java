package dev.mmureplay.replay;

/**
 * How much of a replay is known.
 *
 * @param calls mprotect calls by {@link Certainty#ordinal()}
 * @param updatedPtes PTEs that those calls rewrote, likewise
 * @param pages resident pages that ended: unmapped, or there when their address space or the trace
 *     ended
 * @param undecided those of them of which accessed, dirty or being there at all is not known
 */
public record Tally(Split calls, Split updatedPtes, long pages, long undecided) {
  /** A number split by how far the capture carries it. */
  public record Split(long known, long assumed, long unknown) {
    /** Nothing. */
    public static final Split NONE = new Split(0, 0, 0);

    /** Returns the sum with more of one kind. */
    Split plus(Certainty certainty, long n) {
      return switch (certainty) {
        case KNOWN -> new Split(known + n, assumed, unknown);
        case ASSUMED -> new Split(known, assumed + n, unknown);
        case UNKNOWN -> new Split(known, assumed, unknown + n);
      };
    }
  }
}
