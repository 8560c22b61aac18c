package dev.mmureplay.importer;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * The lines of a text, one after the other: {@link #nextLine} moves to the next one, what is
 * inherited moves inside it.
 *
 * <pre>
 * while (scanner.nextLine()) {
 *   if (scanner.skip("I  ")) {
 *     long address = scanner.hex();
 *     …
 * </pre>
 */
public final class LineScanner extends LineCursor {
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
  private byte[] buffer;
  private int filled;
  private int next;
  private long line;
  private boolean eof;
  private boolean tooLong;
  private boolean terminated;

  /** Reads lines from a stream that the caller closes. */
  public LineScanner(InputStream in) {
    super(new byte[1 << 18]);
    this.in = in;
    this.buffer = text;
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
}
