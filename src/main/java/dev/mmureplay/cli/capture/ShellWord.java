package dev.mmureplay.cli.capture;

import java.util.regex.Pattern;

/** A word as a POSIX shell reads it back. */
final class ShellWord {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+:,./=-]+");

  private ShellWord() {}

  /** Quotes a word where a shell would take it apart or replace it. */
  static String quote(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
