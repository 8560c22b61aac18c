package dev.mmureplay.machine.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What happened in one run: how many steps it took, which invariants broke at which step, and, if
 * asked for, every step in words.
 */
final class Journal {
  private static final int INVARIANTS = Invariant.values().length;

  private final boolean telling;
  private final List<String> lines = new ArrayList<>(0);
  private final Map<Invariant, String> reasons = new HashMap<>(0);
  private final int[] brokenAt = new int[INVARIANTS];
  private boolean broken;
  private int steps;

  Journal(boolean telling) {
    this.telling = telling;
    Arrays.fill(brokenAt, -1);
  }

  /** Begins a step; returns whether it should be told. */
  boolean step() {
    steps++;
    return telling;
  }

  /** Tells the step that has just begun, or its outcome. */
  void tell(int cpu, String what) {
    lines.add(String.format("%4d  CPU %d  %s", steps, cpu, what));
  }

  int steps() {
    return steps;
  }

  /** An invariant broke now. */
  void breach(Invariant invariant, Supplier<String> reason) {
    breach(invariant, steps, reason);
  }

  /** An invariant broke; the earliest step counts. */
  void breach(Invariant invariant, int at, Supplier<String> reason) {
    broken = true;
    int i = invariant.ordinal();
    if (brokenAt[i] < 0 || at < brokenAt[i]) {
      brokenAt[i] = at;
      if (telling) {
        reasons.put(invariant, reason.get());
      }
    }
  }

  boolean broken() {
    return broken;
  }

  /** Returns the step at which an invariant broke; -1 if it holds. */
  int brokenAt(Invariant invariant) {
    return brokenAt[invariant.ordinal()];
  }

  /** Returns what broke it, in words. */
  @Nullable String reason(Invariant invariant) {
    return reasons.get(invariant);
  }

  /** Returns the steps in words up to one. */
  List<String> lines(int last) {
    return lines.stream()
        .filter(line -> Integer.parseInt(line.substring(0, 4).strip()) <= last)
        .toList();
  }
}
