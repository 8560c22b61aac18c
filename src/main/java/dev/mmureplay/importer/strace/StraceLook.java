package dev.mmureplay.importer.strace;

import dev.mmureplay.event.EventSchema;
import dev.mmureplay.importer.LineScanner;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Tells strace's logs from others by their first lines.
 *
 * <p>QEMU's user-mode {@code -strace} is the nearest relative; it sets no blank between arguments
 * and says {@code errno=2} instead of a name.
 */
final class StraceLook {
  private static final int LINES = 60;

  private StraceLook() {}

  /** Returns whether most of the first lines, and at least one, look like lines of strace. */
  static boolean isStrace(byte[] head) {
    LineScanner line = new LineScanner(new ByteArrayInputStream(head));
    StracePrefix prefix = new StracePrefix();
    int alike = 0;
    int unlike = 0;
    try {
      while (line.lineNumber() < LINES && line.nextLine() && line.terminated()) {
        if (line.atEnd()
            || line.looksAt("strace: ")
            || line.looksAt(" > ")
            || line.peek() == ')'
            || StraceAside.isDump(line)) {
          continue;
        }
        prefix.read(line);
        if (isRecord(line, prefix)) {
          alike++;
        } else {
          unlike++;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory can always be read", e);
    }
    return alike > unlike;
  }

  private static boolean isRecord(LineScanner line, StracePrefix prefix) {
    if (line.skip("--- ")) {
      return line.looksAt("SIG") || line.looksAt("stopped by SIG");
    }
    if (line.skip("+++ ")) {
      return line.looksAt("exited with ")
          || line.looksAt("killed by ")
          || line.looksAt("superseded by ");
    }
    if (line.skip("<... ")) {
      return line.indexOf(" resumed>") > 0;
    }
    int from = line.position();
    while (isNameByte(line.peek())) {
      line.advance();
    }
    if (line.position() == from || !line.skip('(')) {
      return false;
    }
    if (line.indexOf(" <unfinished ...>") > 0 || line.indexOf(" <detached ...>") > 0) {
      return true;
    }
    if (line.indexOf("strace: Process ") > 0) {
      return true;
    }
    boolean named = prefix.time() != EventSchema.UNKNOWN || prefix.bracketed();
    return line.indexOf(" = ") > 0 && line.indexOf(" errno=") < 0 && (named || spaced(line));
  }

  /** Returns whether the first comma, if there is one, is followed by a blank. */
  private static boolean spaced(LineScanner line) {
    int comma = line.indexOf(",");
    return comma < 0 || line.byteAt(comma + 1) == ' ';
  }

  private static boolean isNameByte(int b) {
    return LineScanner.isWordByte(b) || b == '?';
  }
}
