package dev.mmureplay.importer.strace;

import dev.mmureplay.importer.LineScanner;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The command line that an execve shows: {@code ("/bin/demo", ["demo", "a b"], 0x7ff…) = 0}. */
final class StraceCommand {
  private StraceCommand() {}

  /** Returns the second argument's strings joined by blanks, or null if there are none. */
  static @Nullable String read(LineScanner line) {
    if (!line.skipTo("[\"")) {
      return null;
    }
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    readString(line, text);
    while (line.skip(", \"")) {
      text.write(' ');
      readString(line, text);
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  /** Reads to behind the closing quote; {@code ...} behind it says that strace left some out. */
  private static void readString(LineScanner line, ByteArrayOutputStream text) {
    while (!line.atEnd() && line.peek() != '"') {
      if (line.skip('\\') && !line.atEnd()) {
        text.write(escaped(line));
      } else {
        text.write(line.peek());
      }
      line.advance();
    }
    line.skip('"');
    if (line.skip("...")) {
      text.writeBytes("...".getBytes(StandardCharsets.US_ASCII));
    }
  }

  /** Returns the byte that an escape stands for; leaves the position on its last character. */
  private static int escaped(LineScanner line) {
    int c = line.peek();
    if (c < '0' || c > '7') {
      return switch (c) {
        case 'n' -> '\n';
        case 't' -> '\t';
        case 'r' -> '\r';
        default -> c;
      };
    }
    int value = 0;
    for (int digits = 0; digits < 3; digits++) {
      value = value * 8 + line.peek() - '0';
      int next = line.byteAt(line.position() + 1);
      if (next < '0' || next > '7') {
        break;
      }
      if (digits < 2) {
        line.advance();
      }
    }
    return value;
  }
}
