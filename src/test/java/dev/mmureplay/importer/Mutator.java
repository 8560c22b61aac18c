package dev.mmureplay.importer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Makes small changes to a text of lines, as damage, other tools and other values would. */
final class Mutator {
  /** Bytes of the largest text made. */
  static final int MAX_BYTES = 1 << 16;

  private static final List<String> NUMBERS =
      List.of(
          "0",
          "1",
          "-1",
          "00",
          "4095",
          "4096",
          "2147483648",
          "4294967295",
          "9223372036854775807",
          "18446744073709551615",
          "99999999999999999999",
          "0x0",
          "0xffffffffffffffff",
          "0x",
          "?",
          "0x8000000000000000",
          "7fffffffffff",
          "1e9",
          "0.0",
          ".",
          "999999999999.999999999");

  private static final String MARKS = "\n\r\t ,()<>=|:[]{}-+/\\\"'#@.;?*\0";

  private final Random random;

  Mutator(Random random) {
    this.random = random;
  }

  /** Returns a changed copy of a text; another one lends lines to it. */
  byte[] mutate(byte[] text, byte[] other) {
    byte[] changed = text;
    for (int n = 1 + random.nextInt(4); n > 0; n--) {
      changed = once(changed, other);
    }
    return changed.length > MAX_BYTES ? Arrays.copyOf(changed, MAX_BYTES) : changed;
  }

  private byte[] once(byte[] text, byte[] other) {
    return switch (random.nextInt(9)) {
      case 0 -> setBytes(text, () -> (byte) random.nextInt(256));
      case 1 -> setBytes(text, () -> (byte) MARKS.charAt(random.nextInt(MARKS.length())));
      case 2 -> Arrays.copyOf(text, random.nextInt(text.length + 1));
      case 3 -> replaceNumber(text);
      case 4 -> withoutLine(text);
      case 5 -> moveLine(text, text);
      case 6 -> moveLine(text, other);
      case 7 -> splice(text, 0, at(text), text, at(text), text.length); // repeats or loses a piece
      default -> splice(text, 0, at(text), other, at(other), other.length);
    };
  }

  private interface ByteMaker {
    byte make();
  }

  private byte[] setBytes(byte[] text, ByteMaker maker) {
    byte[] changed = text.clone();
    for (int n = 1 + random.nextInt(8); n > 0 && changed.length > 0; n--) {
      changed[random.nextInt(changed.length)] = maker.make();
    }
    return changed;
  }

  private byte[] replaceNumber(byte[] text) {
    int from = at(text);
    while (from < text.length && Character.digit(text[from], 16) < 0) {
      from++;
    }
    int to = from;
    while (to < text.length && Character.digit(text[to], 16) >= 0) {
      to++;
    }
    byte[] number = NUMBERS.get(random.nextInt(NUMBERS.size())).getBytes(StandardCharsets.US_ASCII);
    return splice(splice(text, 0, from, number, 0, number.length), text, to);
  }

  private byte[] withoutLine(byte[] text) {
    int from = lineStart(text, at(text));
    return splice(text, 0, from, text, lineEnd(text, from), text.length);
  }

  private byte[] moveLine(byte[] text, byte[] source) {
    int from = lineStart(source, at(source));
    int to = lineStart(text, at(text));
    return splice(splice(text, 0, to, source, from, lineEnd(source, from)), text, to);
  }

  private int at(byte[] text) {
    return random.nextInt(text.length + 1);
  }

  private static int lineStart(byte[] text, int at) {
    int start = at;
    while (start > 0 && text[start - 1] != '\n') {
      start--;
    }
    return start;
  }

  private static int lineEnd(byte[] text, int at) {
    int end = at;
    while (end < text.length && text[end] != '\n') {
      end++;
    }
    return Math.min(end + 1, text.length);
  }

  private static byte[] splice(byte[] first, byte[] second, int from) {
    return splice(first, 0, first.length, second, from, second.length);
  }

  private static byte[] splice(byte[] a, int fromA, int toA, byte[] b, int fromB, int toB) {
    byte[] joined = Arrays.copyOf(Arrays.copyOfRange(a, fromA, toA), toA - fromA + toB - fromB);
    System.arraycopy(b, fromB, joined, toA - fromA, toB - fromB);
    return joined;
  }
}
