package dev.mmureplay.importer.lackey;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.EventSink;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.PageFold;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads access lines: the hot loop of the import, since they are all but a few lines of a log.
 *
 * <pre>
 * I  0401ab70,3
 *  S 1fff000d28,8
 * └┬┘└───┬────┘ └ size, decimal
 * kind   address, hex
 * </pre>
 *
 * <p>{@link #read} takes runs of well-formed lines straight from the scanner's buffer ({@code
 * LackeyImportBenchmark} shows what it buys). Whatever it does not like it leaves to {@link
 * #readLine}, which knows why.
 */
final class AccessLines implements LineScanner.BlockReader {
  /** The largest access that is believed: lackey itself knows none beyond 512 bytes. */
  static final int MAX_SIZE = EventSchema.PAGE_SIZE;

  /** What {@link #readLine} answers. */
  enum Outcome {
    READ,
    MALFORMED,
    BAD_SIZE
  }

  private static final int READ = EventKind.READ.code();
  private static final int WRITE = EventKind.WRITE.code();
  private static final int FETCH = EventKind.FETCH.code();
  private static final int MODIFY = 3;

  /** Bytes of the longest line that the fast path takes; it looks at no line nearer to the end. */
  private static final int LONGEST = 32;

  private static final int PREFIX = 3;
  private static final int MAX_DIGITS = 16;
  private static final int OFFSET_MASK = EventSchema.PAGE_SIZE - 1;
  private static final int PAGE_SHIFT = 12;

  private static final byte[] HEX = new byte[256];

  static {
    Arrays.fill(HEX, (byte) -1);
    for (int digit = 0; digit < 16; digit++) {
      HEX[Character.forDigit(digit, 16)] = (byte) digit;
      HEX[Character.toUpperCase(Character.forDigit(digit, 16))] = (byte) digit;
    }
  }

  private final @Nullable PageFold fold;
  private final EventSink sink;
  private final EventRow event = new EventRow();
  private int pid;
  private int tid;
  private int lines;

  /** Folds if {@code fold} is given, and else passes every access on. */
  AccessLines(EventSink sink, @Nullable PageFold fold) {
    this.sink = sink;
    this.fold = fold;
  }

  /** Says whose accesses follow. */
  void thread(int newPid, int newTid) throws IOException {
    pid = newPid;
    tid = newTid;
    if (fold != null) {
      fold.flush();
      fold.thread(newPid, newTid);
    }
  }

  /** Passes on what is still being folded. */
  void flush() throws IOException {
    if (fold != null) {
      fold.flush();
    }
  }

  @Override
  public int lines() {
    return lines;
  }

  @Override
  public int read(byte[] bytes, int from, int to, long line) throws IOException {
    int last = to - LONGEST;
    int at = from;
    int taken = 0;
    while (at <= last) {
      int kind = kind(bytes[at], bytes[at + 1], bytes[at + 2]);
      if (kind < 0) {
        break;
      }
      int p = at + PREFIX;
      int limit = p + MAX_DIGITS;
      long address = 0;
      int digit = HEX[bytes[p] & 0xff];
      while (digit >= 0 && p < limit) {
        address = (address << 4) | digit;
        p++;
        digit = HEX[bytes[p] & 0xff];
      }
      if (bytes[p] != ',' || p == at + PREFIX) {
        break;
      }
      p++;
      int size = 0;
      digit = bytes[p] - '0';
      while (digit >= 0 && digit <= 9 && size <= MAX_SIZE) {
        size = size * 10 + digit;
        p++;
        digit = bytes[p] - '0';
      }
      if (bytes[p] != '\n' || size == 0 || size > MAX_SIZE) {
        break;
      }
      access(kind, address, size, line + taken);
      taken++;
      at = p + 1;
    }
    lines = taken;
    return at;
  }

  /** Returns whether the scanner's line has the beginning of an access line. */
  static boolean startsLike(LineScanner scanner) {
    return scanner.length() > PREFIX
        && kind(scanner.byteAt(0), scanner.byteAt(1), scanner.byteAt(2)) >= 0;
  }

  /** Returns whether the scanner's line is an access line; moves the position. */
  static boolean matches(LineScanner scanner) {
    scanner.position(PREFIX);
    return startsLike(scanner)
        && scanner.hex() != LineScanner.NONE
        && scanner.skip(',')
        && scanner.decimal() != LineScanner.NONE
        && scanner.atEnd();
  }

  /** Reads the scanner's line, which {@link #startsLike} an access line. */
  Outcome readLine(LineScanner scanner) throws IOException {
    scanner.position(PREFIX);
    long address = scanner.hex();
    boolean comma = scanner.skip(',');
    long size = scanner.decimal();
    if (address == LineScanner.NONE || !comma || size == LineScanner.NONE || !scanner.atEnd()) {
      return Outcome.MALFORMED;
    }
    if (size <= 0 || size > MAX_SIZE) {
      return Outcome.BAD_SIZE;
    }
    int kind = kind(scanner.byteAt(0), scanner.byteAt(1), scanner.byteAt(2));
    access(kind, address, (int) size, scanner.lineNumber());
    return Outcome.READ;
  }

  private static int kind(int first, int second, int third) {
    if (third != ' ') {
      return -1;
    }
    if (first == 'I') {
      return second == ' ' ? FETCH : -1;
    }
    if (first != ' ') {
      return -1;
    }
    return switch (second) {
      case 'L' -> READ;
      case 'S' -> WRITE;
      case 'M' -> MODIFY;
      default -> -1;
    };
  }

  private void access(int kind, long address, int size, long line) throws IOException {
    page(kind, address, line);
    if ((address & OFFSET_MASK) + size > EventSchema.PAGE_SIZE) {
      page(kind, (address | OFFSET_MASK) + 1, line);
    }
  }

  private void page(int kind, long address, long line) throws IOException {
    if (kind == MODIFY) {
      page(READ, address, line);
      page(WRITE, address, line);
    } else if (fold != null) {
      fold.add(kind, address >>> PAGE_SHIFT, line);
    } else {
      event.reset(EventKind.ofCode(kind), pid, tid);
      event.address = address;
      event.flags = 0;
      event.line = line;
      sink.append(event);
    }
  }
}
