package dev.mmureplay.importer;

import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.event.Ledger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A line of text and a position in it, working on bytes: no string is made unless asked for.
 *
 * <p>A method that does not find what it is asked for leaves the position where it was and answers
 * with a sentinel, because in a trace the other shape of a line is the normal case, not an error.
 */
public abstract sealed class LineCursor permits LineScanner {
  private static final long FNV_BASIS = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private static final int NANO_DIGITS = 9;
  private static final long[] NANO_PLACES = {
    100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1
  };
  private static final long MAX_SECONDS = 9_000_000_000L;

  /** Holds the line, from {@link #start} to before {@link #end}. */
  protected byte[] text;

  protected int start;
  protected int end;
  protected int position;

  /** Begins with no line. */
  LineCursor(byte[] text) {
    this.text = text;
  }

  /** Returns the number of bytes in the current line, without its end. */
  public int length() {
    return end - start;
  }

  /** Returns the byte at an offset into the line, or -1 in front of it or behind its end. */
  public int byteAt(int offset) {
    int at = start + offset;
    return offset >= 0 && at < end ? text[at] : -1;
  }

  /** Returns the byte at the position, or -1 at the end of the line. */
  public int peek() {
    return position < end ? text[position] : -1;
  }

  /** Returns whether the position is at the end of the line. */
  public boolean atEnd() {
    return position >= end;
  }

  /** Returns the offset of the position in the line. */
  public int position() {
    return position - start;
  }

  /** Moves the position to an offset in the line. */
  public void position(int offset) {
    position = Math.min(start + offset, end);
  }

  /** Moves the position by one byte. */
  public void advance() {
    position = Math.min(position + 1, end);
  }

  /** Moves over blanks and tabs. */
  public void skipBlanks() {
    while (position < end && (text[position] == ' ' || text[position] == '\t')) {
      position++;
    }
  }

  /** Moves over the given byte if it is next; returns whether it was. */
  public boolean skip(char expected) {
    if (position < end && text[position] == expected) {
      position++;
      return true;
    }
    return false;
  }

  /** Moves over the given ASCII text if it is next; returns whether it was. */
  public boolean skip(String expected) {
    if (!looksAt(expected)) {
      return false;
    }
    position += expected.length();
    return true;
  }

  /** Returns whether the given ASCII text is next. */
  public boolean looksAt(String expected) {
    int length = expected.length();
    if (end - position < length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (text[position + i] != expected.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Moves to just behind the next occurrence of the text; returns false and stays if there is none.
   */
  public boolean skipTo(String text) {
    int at = indexOf(text);
    if (at < 0) {
      return false;
    }
    position = start + at + text.length();
    return true;
  }

  /**
   * Returns the offset in the line of the next occurrence of the ASCII text from the position on,
   * or -1.
   */
  public int indexOf(String wanted) {
    int length = wanted.length();
    byte first = (byte) wanted.charAt(0);
    outer:
    for (int at = position; at <= end - length; at++) {
      if (text[at] == first) {
        for (int i = 1; i < length; i++) {
          if (text[at + i] != wanted.charAt(i)) {
            continue outer;
          }
        }
        return at - start;
      }
    }
    return -1;
  }

  /**
   * Returns the offset in the line of the last occurrence of the ASCII text from the position on,
   * or -1.
   */
  public int lastIndexOf(String wanted) {
    int length = wanted.length();
    outer:
    for (int at = end - length; at >= position; at--) {
      for (int i = 0; i < length; i++) {
        if (text[at + i] != wanted.charAt(i)) {
          continue outer;
        }
      }
      return at - start;
    }
    return -1;
  }

  /**
   * Reads hex digits without prefix; {@link LineScanner#NONE} if there is none or the number has
   * more than 64 bits.
   */
  public long hex() {
    long value = 0;
    int at = position;
    while (at < end) {
      int digit = hexDigit(text[at]);
      if (digit < 0) {
        break;
      }
      if (value >>> 60 != 0) {
        return NONE;
      }
      value = (value << 4) | digit;
      at++;
    }
    if (at == position) {
      return NONE;
    }
    position = at;
    return value;
  }

  /**
   * Reads decimal digits as an unsigned number; {@link LineScanner#NONE} if there is none or it has
   * more than 64 bits.
   */
  public long decimal() {
    long value = 0;
    int at = position;
    while (at < end) {
      int digit = text[at] - '0';
      if (digit < 0 || digit > 9) {
        break;
      }
      // Compared as unsigned: results such as rt_sigreturn's use all 64 bits.
      if (value >>> 59 != 0
          && Long.compareUnsigned(value, Long.divideUnsigned(-1L - digit, 10)) > 0) {
        return NONE;
      }
      value = value * 10 + digit;
      at++;
    }
    if (at == position) {
      return NONE;
    }
    position = at;
    return value;
  }

  /**
   * Reads {@code 0x…} as hex and anything else as decimal; {@link LineScanner#NONE} if neither is
   * there.
   */
  public long number() {
    int before = position;
    if (skip("0x")) {
      long value = hex();
      if (value == NONE) {
        position = before;
      }
      return value;
    }
    return decimal();
  }

  /**
   * Reads seconds, with or without a fraction, as nanoseconds; {@link LineScanner#NONE} if there
   * are none or too many.
   */
  public long nanos() {
    int before = position;
    long seconds = decimal();
    if (seconds < 0 || seconds > MAX_SECONDS) {
      position = before;
      return NONE;
    }
    long nanos = 0;
    if (position + 1 < end && text[position] == '.' && isDigit(text[position + 1])) {
      position++;
      for (int digits = 0; position < end && isDigit(text[position]); position++, digits++) {
        if (digits < NANO_DIGITS) {
          nanos += (text[position] - '0') * NANO_PLACES[digits];
        }
      }
    }
    return seconds * NANO_PLACES[0] * 10 + nanos;
  }

  /**
   * Puts text in front of the rest of the line, which becomes the whole line, and moves to its
   * beginning; for records that a tool tore into two lines.
   */
  public void prepend(byte[] before) {
    byte[] joined = Arrays.copyOf(before, before.length + end - position);
    System.arraycopy(text, position, joined, before.length, end - position);
    text = joined;
    start = 0;
    position = 0;
    end = joined.length;
  }

  /** Returns a copy of the bytes between two offsets of the line. */
  public byte[] bytes(int from, int to) {
    return Arrays.copyOfRange(text, start + from, start + to);
  }

  /** Returns the 64-bit FNV-1a hash of the bytes between two offsets of the line. */
  public long hash(int from, int to) {
    long hash = FNV_BASIS;
    for (int at = start + from; at < start + to; at++) {
      hash = (hash ^ (text[at] & 0xff)) * FNV_PRIME;
    }
    return hash;
  }

  /** Returns what {@link #hash(int, int)} would return for the given ASCII text. */
  public static long hash(String text) {
    long hash = FNV_BASIS;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * FNV_PRIME;
    }
    return hash;
  }

  /** Returns the text from the position to the end of the line, and moves there. */
  public String rest() {
    String text = text(position - start, end - start);
    position = end;
    return text;
  }

  /** Returns the text between two offsets of the line. */
  public String text(int from, int to) {
    return new String(text, start + from, to - from, StandardCharsets.UTF_8);
  }

  /** Returns the whole line as text, shortened to a length that is fit for a message. */
  public String line() {
    return text(0, Math.min(end - start, Ledger.KEPT_TEXT));
  }

  /** Returns whether a byte of {@link #peek} is an ASCII letter, a digit or an underscore. */
  public static boolean isWordByte(int b) {
    return (b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') || b == '_' || (b >= 'A' && b <= 'Z');
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private static int hexDigit(byte b) {
    if (b >= '0' && b <= '9') {
      return b - '0';
    }
    if (b >= 'a' && b <= 'f') {
      return b - 'a' + 10;
    }
    if (b >= 'A' && b <= 'F') {
      return b - 'A' + 10;
    }
    return -1;
  }
}
