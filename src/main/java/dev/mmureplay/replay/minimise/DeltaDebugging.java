package dev.mmureplay.replay.minimise;

import java.io.IOException;
import java.util.BitSet;

/**
 * Finds a small set of elements that still passes a test, by leaving out ever smaller pieces
 * (ddmin: Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input, IEEE TSE 28(2),
 * 2002). The result is 1-minimal: without any single one of its elements the test fails.
 */
final class DeltaDebugging {
  /** Says whether a set of elements still shows what is looked for. */
  @FunctionalInterface
  interface Test {
    boolean shows(BitSet kept) throws IOException;
  }

  private DeltaDebugging() {}

  /**
   * Returns a 1-minimal subset.
   *
   * @param all a set that passes the test; not changed
   */
  static BitSet minimise(BitSet all, Test test) throws IOException {
    BitSet kept = (BitSet) all.clone();
    int piece = Math.max(1, kept.cardinality() / 2);
    while (true) {
      boolean smaller = leaveOutPieces(kept, piece, test);
      if (piece == 1 && !smaller) {
        return kept;
      }
      piece = Math.max(1, Math.min(piece, kept.cardinality()) / 2);
    }
  }

  /** Leaves out each piece of that many elements if the rest still passes; returns if one could. */
  private static boolean leaveOutPieces(BitSet kept, int piece, Test test) throws IOException {
    boolean smaller = false;
    int from = kept.length();
    while (from > 0) {
      BitSet without = (BitSet) kept.clone();
      int at = from;
      for (int n = 0; n < piece && at > 0; n++) {
        at = kept.previousSetBit(at - 1);
        if (at < 0) {
          break;
        }
        without.clear(at);
      }
      if (without.cardinality() < kept.cardinality() && test.shows(without)) {
        kept.and(without);
        smaller = true;
      }
      from = Math.max(at, 0);
    }
    return smaller;
  }
}
