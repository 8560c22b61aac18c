package dev.mmureplay.replay.race;

/**
 * In which order a backend touches the PTEs of one lazy-MMU region: the moments of the region are
 * its memory operations on PTEs, numbered from 0.
 */
final class Timeline {
  private final int total;
  private final int[][] steps;
  private final int longest;

  /**
   * Keeps the steps.
   *
   * @param total memory operations in the region
   * @param steps for each PTE, the numbers of the operations on it, ascending
   */
  Timeline(int total, int[][] steps) {
    this.total = total;
    this.steps = steps;
    int most = 0;
    for (int place = 0; place < steps.length; place++) {
      most = Math.max(most, window(place));
    }
    longest = most;
  }

  /** Returns how many memory operations on PTEs the region has. */
  int total() {
    return total;
  }

  /** Returns how many of the operations on a PTE come before the given operation of the region. */
  int position(int place, long operation) {
    int position = 0;
    for (int step : steps[place]) {
      if (step >= operation) {
        break;
      }
      position++;
    }
    return position;
  }

  /** Returns the operations from the start of a PTE's update to its effective commit. */
  int window(int place) {
    int[] own = steps[place];
    return own.length == 0 ? 0 : own[own.length - 1] - own[0];
  }

  /** Returns the longest window of all. */
  int longestWindow() {
    return longest;
  }
}
