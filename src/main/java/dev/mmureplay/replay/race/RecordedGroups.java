package dev.mmureplay.replay.race;

import dev.mmureplay.machine.UpdateLog;
import java.util.Arrays;

/**
 * The candidates of one call, grouped: accesses to one PTE whose moments are known share a group,
 * in the order of their moments; one whose moment is not known is a group of its own.
 */
final class RecordedGroups {
  private Integer[] order = new Integer[0];
  private int[] updates = new int[0];
  private int[] starts = new int[0];
  private int[] list = new int[0];
  private int size;

  void sort(Candidates candidates, UpdateLog log) {
    int n = candidates.size();
    updates = new int[n];
    int updated = 0;
    order = new Integer[n];
    for (int i = 0; i < n; i++) {
      updates[i] = log.find(candidates.address(i));
      if (updates[i] >= 0) {
        order[updated++] = i;
      }
    }
    order = Arrays.copyOf(order, updated);
    Arrays.sort(order, (a, b) -> compare(candidates, a, b));
    starts = new int[updated + 1];
    size = 0;
    for (int i = 0; i < updated; i++) {
      if (i == 0 || !together(candidates, order[i - 1], order[i])) {
        starts[size++] = i;
      }
    }
    starts[size] = updated;
  }

  private int compare(Candidates candidates, int a, int b) {
    int byUpdate = Integer.compare(updates[a], updates[b]);
    int byMoment = Double.compare(candidates.moment(a), candidates.moment(b));
    return byUpdate != 0
        ? byUpdate
        : byMoment != 0 ? byMoment : Long.compare(candidates.seq(a), candidates.seq(b));
  }

  private boolean together(Candidates candidates, int a, int b) {
    return updates[a] == updates[b] && candidates.placed(a) && candidates.placed(b);
  }

  /** Returns how many groups there are. */
  int size() {
    return size;
  }

  /** Returns how many candidates a group has, and puts them into {@link #list}. */
  int members(int group) {
    int n = starts[group + 1] - starts[group];
    list = new int[n];
    for (int i = 0; i < n; i++) {
      list[i] = order[starts[group] + i];
    }
    return n;
  }

  /** Returns the members of the group that was asked for last. */
  int[] list() {
    return list;
  }

  /** Returns which of the updated PTEs a group is about. */
  int update(int group) {
    return updates[order[starts[group]]];
  }
}
