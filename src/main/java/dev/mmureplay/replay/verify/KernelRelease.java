package dev.mmureplay.replay.verify;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The release of the kernel that a trace was recorded on, where the tool wrote it down: {@code perf
 * script --header} ({@code # os release : 6.18.44}), or the kernel's own banner ({@code Linux
 * version 6.1.0-56-amd64}) in a comment.
 *
 * @param text as it stands there, such as {@code 6.1.0-56-amd64}
 * @param major the first number
 * @param minor the second
 */
public record KernelRelease(String text, int major, int minor) {
  private static final Pattern LINE =
      Pattern.compile(
          "^\\s*#.*?(?:os release\\s*:\\s*|Linux version )((\\d{1,4})\\.(\\d{1,4})\\S*)",
          Pattern.MULTILINE);

  /** Returns the release that the head of a trace's text names, or null. */
  public static @Nullable KernelRelease in(String text) {
    Matcher found = LINE.matcher(text);
    return found.find()
        ? new KernelRelease(
            found.group(1), Integer.parseInt(found.group(2)), Integer.parseInt(found.group(3)))
        : null;
  }

  /** Returns whether this is a given release or a later one. */
  public boolean isAtLeast(int otherMajor, int otherMinor) {
    return major > otherMajor || (major == otherMajor && minor >= otherMinor);
  }
}
