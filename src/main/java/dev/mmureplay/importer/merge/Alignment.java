package dev.mmureplay.importer.merge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which calls of two runs are the same call: a longest common subsequence, found as in E. Myers,
 * "An O(ND) difference algorithm and its variations", 1986.
 */
final class Alignment {
  /** Stands for a call without a counterpart. */
  static final int NONE = -1;

  /** Runs that differ in more calls than this are not runs of the same deterministic program. */
  static final int MOST_DIFFERENCES = 4_000;

  private final int[] ofFirst;
  private int matched;

  private Alignment(int size) {
    ofFirst = new int[size];
    Arrays.fill(ofFirst, NONE);
  }

  /** Returns the alignment of two runs, or null if they differ in too many calls. */
  static @Nullable Alignment of(List<CallKey> first, List<CallKey> second) {
    Alignment alignment = new Alignment(first.size());
    List<int[]> furthest = new ArrayList<>();
    int most = Math.min(first.size() + second.size(), MOST_DIFFERENCES);
    int[] reached = {0};
    for (int edits = 0; edits <= most; edits++) {
      int[] next = new int[2 * edits + 1];
      for (int k = -edits; k <= edits; k += 2) {
        int i = edits == 0 ? 0 : step(reached, edits, k);
        while (i < first.size()
            && i - k < second.size()
            && first.get(i).equals(second.get(i - k))) {
          i++;
        }
        next[k + edits] = i;
        if (i >= first.size() && i - k >= second.size()) {
          furthest.add(next);
          alignment.trace(furthest, first.size(), second.size());
          return alignment;
        }
      }
      furthest.add(next);
      reached = next;
    }
    return null;
  }

  /**
   * Returns where a path on the diagonal {@code k} begins to run along it: one call of the second
   * run passed over from the diagonal above, or one of the first from the one below.
   */
  private static int step(int[] reached, int edits, int k) {
    return passesSecond(reached, edits, k)
        ? at(reached, edits, k + 1)
        : at(reached, edits, k - 1) + 1;
  }

  private static boolean passesSecond(int[] reached, int edits, int k) {
    return k == -edits || (k != edits && at(reached, edits, k - 1) < at(reached, edits, k + 1));
  }

  /** The row of the step before is narrower by one on each side. */
  private static int at(int[] reached, int edits, int k) {
    return reached[k + edits - 1];
  }

  private void trace(List<int[]> furthest, int endOfFirst, int endOfSecond) {
    int i = endOfFirst;
    int j = endOfSecond;
    for (int edits = furthest.size() - 1; edits >= 0; edits--) {
      int k = i - j;
      int begin = edits == 0 ? 0 : step(furthest.get(edits - 1), edits, k);
      while (i > begin) {
        i--;
        j--;
        ofFirst[i] = j;
        matched++;
      }
      if (edits > 0) {
        boolean second = passesSecond(furthest.get(edits - 1), edits, k);
        i -= second ? 0 : 1;
        j -= second ? 1 : 0;
      }
    }
  }

  /** Returns the call of the second run that is a call of the first, or {@link #NONE}. */
  int secondOf(int call) {
    return ofFirst[call];
  }

  /** Returns how many calls have a counterpart. */
  int matched() {
    return matched;
  }
}
