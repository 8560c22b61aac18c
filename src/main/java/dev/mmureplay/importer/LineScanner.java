package dev.mmureplay.importer;

import dev.mmureplay.event.Ledger;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A cursor over the lines of a text, working on bytes: no string is made unless asked for.
 *
 * <p>{@link #nextLine} moves to the next line; the fields methods move a position inside it. A
 * field method that does not find what it is asked for leaves the position where it was and answers
 * with a sentinel, because in a trace the other shape of a line is the normal case, not an error.
 *
 * <pre>
 * while (scanner.nextLine()) {
 *   if (scanner.skip("I  ")) {
 *     long address = scanner.hex();
 *     …
 * </pre>
 */
public final class LineScanner {
  /**
   * The longest line that is kept whole; the rest of a longer one is passed over and {@link
   * #tooLong} is true.
   */
  public static final int MAX_LINE = 1 << 20;

  /**
   * What {@link #hex} and {@link #decimal} answer when there is no digit: no address or length is
   * that large.
   */
  public static final long NONE = Long.MIN_VALUE + 1;

  private static final long FNV_BASIS = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private static final int NANO_DIGITS = 9;
  private static final long[] NANO_PLACES = {
    100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1
  };
  private static final long MAX_SECONDS = 9_000_000_000L;

  /** Reads many lines at once, straight from the scanner's buffer; see {@link #readBlock}. */
  public interface BlockReader {
    /**
     * Reads whole lines, newline included, for as long as they are of the kind that it knows.
     *
     * @param bytes the buffer, valid from {@code from} to before {@code to}; not kept after the
     *     call
     * @param from where a line begins
     * @param to where the buffered bytes end, usually in the middle of a line
     * @param line the number of the line that begins at {@code from}
     * @return where the first line begins that it did not read; {@code from} if it read none
     * @throws IOException if what it read cannot be passed on
     */
    int read(byte[] bytes, int from, int to, long line) throws IOException;

    /** Returns how many lines the last {@link #read} has read. */
    int lines();
  }

  private final InputStream in;
  private byte[] buffer = new byte[1 << 18];

  /** Holds the current line: the buffer, or a joined line of its own. */
  private byte[] text = buffer;

  private int filled;
  private int next;
  private int start;
  private int end;
  private int position;
  private long line;
  private boolean eof;
  private boolean tooLong;
  private boolean terminated;

  /** Reads lines from a stream that the caller closes. */
  public LineScanner(InputStream in) {
    this.in = in;
  }

  /**
   * Moves to the beginning of the next line.
   *
   * @return false at the end of the text
   * @throws IOException if the text cannot be read
   */
  public boolean nextLine() throws IOException {
    tooLong = false;
    start = next;
    int from = next;
    while (true) {
      byte[] bytes = buffer;
      int limit = filled;
      while (from < limit && bytes[from] != '\n') {
        from++;
      }
      if (from < limit) {
        terminated = true;
        return line(from, from + 1);
      }
      if (eof) {
        terminated = false;
        return start < limit && line(limit, limit);
      }
      if (limit - start > MAX_LINE) {
        return longLine();
      }
      from -= fill();
    }
  }

  /**
   * Lets a reader take lines behind the current one straight from the buffer. It never reads more
   * of the text: the next {@link #nextLine} does, so that the two are called in turn. The fields of
   * the current line are gone afterwards.
   *
   * @throws IOException if the reader cannot pass on what it read
   */
  public void readBlock(BlockReader reader) throws IOException {
    next = reader.read(buffer, next, filled, line + 1);
    line += reader.lines();
  }

  private boolean line(int newEnd, int newNext) {
    end = newEnd > start && buffer[newEnd - 1] == '\r' ? newEnd - 1 : newEnd;
    text = buffer;
    if (end - start > MAX_LINE) {
      end = start + MAX_LINE;
      tooLong = true;
    }
    next = newNext;
    position = start;
    line++;
    return true;
  }

  /** Reads more behind what is kept; returns by how much the kept bytes moved towards the front. */
  private int fill() throws IOException {
    int moved = start;
    if (moved > 0) {
      System.arraycopy(buffer, moved, buffer, 0, filled - moved);
      filled -= moved;
      start = 0;
    }
    if (filled == buffer.length) {
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
    int n = in.read(buffer, filled, buffer.length - filled);
    if (n < 0) {
      eof = true;
    } else {
      filled += n;
    }
    return moved;
  }

  private boolean longLine() throws IOException {
    tooLong = true;
    int keptEnd = start + MAX_LINE;
    byte[] kept = Arrays.copyOfRange(buffer, start, keptEnd);
    int from = keptEnd;
    while (true) {
      while (from < filled && buffer[from] != '\n') {
        from++;
      }
      if (from < filled || eof) {
        break;
      }
      filled = 0;
      start = 0;
      from = 0;
      fill();
    }
    terminated = from < filled;
    // The tail of the buffer behind the newline is still to be read: keep it behind the kept part
    // of this line.
    byte[] rest = from < filled ? Arrays.copyOfRange(buffer, from + 1, filled) : new byte[0];
    buffer = Arrays.copyOf(kept, Math.max(buffer.length, kept.length + rest.length));
    System.arraycopy(rest, 0, buffer, kept.length, rest.length);
    filled = kept.length + rest.length;
    start = 0;
    return line(kept.length, kept.length);
  }

  /** Returns the number of the current line, from 1. */
  public long lineNumber() {
    return line;
  }

  /**
   * Returns whether the current line was longer than {@link #MAX_LINE} and is only kept in part.
   */
  public boolean tooLong() {
    return tooLong;
  }

  /**
   * Returns whether the current line ended with a newline; false only for a last line that may be
   * cut short.
   */
  public boolean terminated() {
    return terminated;
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
   * Reads hex digits without prefix; {@link #NONE} if there is none or the number has more than 64
   * bits.
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
   * Reads decimal digits as an unsigned number; {@link #NONE} if there is none or it has more than
   * 64 bits.
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

  /** Reads {@code 0x…} as hex and anything else as decimal; {@link #NONE} if neither is there. */
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
   * Reads seconds, with or without a fraction, as nanoseconds; {@link #NONE} if there are none or
   * too many.
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
