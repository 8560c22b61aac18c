package dev.mmureplay.importer;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Function;

/** What a line says about the tool that wrote it, and what the first lines of a trace say. */
public enum Looks {
  /** No other tool writes such a line. */
  CERTAIN,
  /** The tool writes such lines. */
  ALIKE,
  /** The tool does not write such lines, but its program or a cut may have. */
  UNLIKE,
  /** Anybody may write such a line. */
  NEUTRAL;

  /**
   * Returns whether one of the first lines is certain, or most of them, and at least one, are
   * alike.
   *
   * @param head the first bytes of a trace; a last line without its end is not looked at
   * @param lines how many lines to look at
   * @param look looks at the scanner's line
   */
  public static boolean most(byte[] head, int lines, Function<LineScanner, Looks> look) {
    int[] balance = {0};
    Looks last =
        until(
            head,
            lines,
            line -> {
              Looks found = look.apply(line);
              balance[0] += found == ALIKE ? 1 : found == UNLIKE ? -1 : 0;
              return found == CERTAIN ? CERTAIN : NEUTRAL;
            });
    return last == CERTAIN || balance[0] > 0;
  }

  /**
   * Returns whether the first of the lines that not anybody may write is certain or alike.
   *
   * @param head the first bytes of a trace; a last line without its end is not looked at
   * @param lines how many lines to look at
   * @param look looks at the scanner's line
   */
  public static boolean first(byte[] head, int lines, Function<LineScanner, Looks> look) {
    Looks found = until(head, lines, look);
    return found == CERTAIN || found == ALIKE;
  }

  /** Returns what the first line looks like that is not neutral, or neutral. */
  private static Looks until(byte[] head, int lines, Function<LineScanner, Looks> look) {
    LineScanner line = new LineScanner(new ByteArrayInputStream(head));
    try {
      while (line.lineNumber() < lines && line.nextLine() && line.terminated()) {
        Looks found = look.apply(line);
        if (found != NEUTRAL) {
          return found;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory can always be read", e);
    }
    return NEUTRAL;
  }
}
