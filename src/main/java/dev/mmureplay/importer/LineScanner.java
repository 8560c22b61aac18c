package dev.mmureplay.importer;

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

  /** Returns the byte at an offset into the line, or -1 behind its end. */
  public int byteAt(int offset) {
    int at = start + offset;
    return at < end ? buffer[at] : -1;
  }

  /** Returns the byte at the position, or -1 at the end of the line. */
  public int peek() {
    return position < end ? buffer[position] : -1;
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
    while (position < end && (buffer[position] == ' ' || buffer[position] == '\t')) {
      position++;
    }
  }

  /** Moves over the given byte if it is next; returns whether it was. */
  public boolean skip(char expected) {
    if (position < end && buffer[position] == expected) {
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
      if (buffer[position + i] != expected.charAt(i)) {
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
  public int indexOf(String text) {
    int length = text.length();
    byte first = (byte) text.charAt(0);
    outer:
    for (int at = position; at <= end - length; at++) {
      if (buffer[at] == first) {
        for (int i = 1; i < length; i++) {
          if (buffer[at + i] != text.charAt(i)) {
            continue outer;
          }
        }
        return at - start;
      }
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
      int digit = hexDigit(buffer[at]);
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
      int digit = buffer[at] - '0';
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

  /** Returns the text from the position to the end of the line, and moves there. */
  public String rest() {
    String text = text(position - start, end - start);
    position = end;
    return text;
  }

  /** Returns the text between two offsets of the line. */
  public String text(int from, int to) {
    return new String(buffer, start + from, to - from, StandardCharsets.UTF_8);
  }

  /** Returns the whole line as text, shortened to a length that is fit for a message. */
  public String line() {
    return text(0, Math.min(end - start, dev.mmureplay.event.Ledger.KEPT_TEXT));
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
