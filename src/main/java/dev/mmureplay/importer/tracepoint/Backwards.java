package dev.mmureplay.importer.tracepoint;

import dev.mmureplay.event.EventSchema;
import dev.mmureplay.importer.LineScanner;

/**
 * Looks at a line from an offset towards its beginning, where the columns have to be told apart
 * from a thread's name that may hold anything.
 */
public final class Backwards {
  /** What {@link #taskAt} and {@link #cpuAt} answer for a number that can be none. */
  public static final int TOO_LARGE = Integer.MIN_VALUE + 1;

  private Backwards() {}

  /** Returns where the digits begin that end before the offset; the offset if there are none. */
  public static int digits(LineScanner line, int end) {
    int at = end;
    while (isDigit(line.byteAt(at - 1))) {
      at--;
    }
    return at;
  }

  /** Returns where the blanks begin that end before the offset; the offset if there are none. */
  public static int blanks(LineScanner line, int end) {
    int at = end;
    while (line.byteAt(at - 1) == ' ') {
      at--;
    }
    return at;
  }

  /** Returns where the word without a blank begins that ends before the offset. */
  public static int word(LineScanner line, int end) {
    int at = end;
    while (at > 0 && line.byteAt(at - 1) != ' ') {
      at--;
    }
    return at;
  }

  /** Reads a number of a CPU at the offset; {@link #TOO_LARGE} if it can be none. */
  public static int cpuAt(LineScanner line, int from) {
    int number = taskAt(line, from);
    return number > EventSchema.MAX_CPU ? TOO_LARGE : number;
  }

  /** Reads a number of a task at the offset; {@link #TOO_LARGE} if it can be none. */
  public static int taskAt(LineScanner line, int from) {
    line.position(from);
    boolean negative = line.skip('-');
    long number = line.decimal();
    if (number < 0 || number > Integer.MAX_VALUE) {
      return TOO_LARGE;
    }
    return negative ? -(int) number : (int) number;
  }

  /** Returns whether a byte of the line is a digit. */
  public static boolean isDigit(int b) {
    return b >= '0' && b <= '9';
  }
}
