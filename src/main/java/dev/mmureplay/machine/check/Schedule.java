package dev.mmureplay.machine.check;

import java.util.Arrays;

/**
 * The choices that make one order of a program, and the way from each order to the next: depth
 * first, without repetition, until all have been taken.
 */
final class Schedule {
  private int[] choices = new int[16];
  private int[] options = new int[16];
  private int length;
  private int at;

  /** Begins a run that repeats the choices so far and then always chooses 0. */
  void rewind() {
    at = 0;
  }

  /**
   * Chooses.
   *
   * @param n how many options there are, at least 1
   * @return the option, from 0
   * @throws IllegalStateException if the same choices led to other options before
   */
  int choose(int n) {
    if (at == length) {
      if (length == choices.length) {
        choices = Arrays.copyOf(choices, 2 * length);
        options = Arrays.copyOf(options, 2 * length);
      }
      choices[length] = 0;
      options[length] = n;
      length++;
    } else if (options[at] != n) {
      throw new IllegalStateException(
          "the backend does not repeat itself: expected "
              + options[at]
              + " options but found "
              + n
              + " when its work was done again");
    }
    return choices[at++];
  }

  /** Moves to the next order; returns false if there is none. */
  boolean next() {
    length = at;
    while (length > 0) {
      int last = length - 1;
      if (choices[last] + 1 < options[last]) {
        choices[last]++;
        return true;
      }
      length = last;
    }
    return false;
  }

  /** Returns a schedule that makes the same choices. */
  Schedule copy() {
    Schedule copy = new Schedule();
    copy.choices = choices.clone();
    copy.options = options.clone();
    copy.length = length;
    return copy;
  }
}
