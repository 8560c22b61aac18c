package dev.mmureplay.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Which of the standard streams are a terminal, and whether to colour.
 *
 * @param in whether somebody types
 * @param out whether results are read as they appear
 * @param err whether progress is read as it appears
 * @param colours whether results are coloured
 */
record Screen(boolean in, boolean out, boolean err, boolean colours) {
  /** No terminal at all. */
  static final Screen NONE = new Screen(false, false, false, false);

  /** Looks at this process. */
  static Screen detect() {
    boolean out = isTerminal(1);
    return new Screen(
        isTerminal(0),
        out,
        isTerminal(2),
        coloured(out, System.getenv("NO_COLOR"), System.getenv("TERM")));
  }

  /** Returns whether to colour; see https://no-color.org. */
  static boolean coloured(boolean terminal, @Nullable String noColor, @Nullable String term) {
    return terminal && (noColor == null || noColor.isEmpty()) && !"dumb".equals(term);
  }

  /** Java can only ask for stdin and stdout together, so ask Linux where there is one. */
  @SuppressWarnings("SystemConsoleNull") // Asked only where it may be null.
  private static boolean isTerminal(int descriptor) {
    Path link = Path.of("/proc/self/fd/" + descriptor);
    if (!Files.isSymbolicLink(link)) {
      return Runtime.version().feature() < 22 && System.console() != null;
    }
    try {
      String target = Files.readSymbolicLink(link).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException e) {
      return false; // Not knowing, behave as in a pipe.
    }
  }
}
