package dev.mmureplay.importer.adsnap;

import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;
import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.EventSink;
import dev.mmureplay.importer.Account;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.LineScanner;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads the lines of one trace, puts snapshots to their calls, and all of it in order of time. */
final class AdsnapReader {
  private static final String ATTACHING = "Attaching ";
  private static final String ATTACHED = "Attached ";

  private static final String UNREADABLE = "unreadable values";
  private static final String TOO_LATE = "too late to be sorted";
  private static final String STRAY = "snapshot without its call";

  /** Pages of a call of which the script reads the PTEs, from its first on. */
  static final long SNAPSHOT_BYTES = 512L * EventSchema.PAGE_SIZE;

  /** Bytes of memory whose PTEs are on one line. */
  private static final long WORD_BYTES = 8L * EventSchema.PAGE_SIZE;

  private final LineScanner line;
  private final TimeWindow window;
  private final AdsnapEvents events;
  private final Account account = new Account();

  /**
   * The lines in the window that snapshot lines may follow, by letter and task, latest first. Where
   * a task has moved, the buffer of another CPU with many of its calls may stand between the two.
   */
  private final Map<Long, Deque<AdsnapLine>> recent = new HashMap<>();

  /** The beginnings of calls among them, by task and time. */
  private final Map<Integer, TreeMap<Long, AdsnapLine>> begins = new HashMap<>();

  AdsnapReader(LineScanner line, EventSink sink) {
    this.line = line;
    this.events = new AdsnapEvents(sink, account);
    this.window = new TimeWindow(this::leaves);
  }

  ImportReport read() throws IOException {
    while (line.nextLine()) {
      account.ledger().line();
      readLine();
    }
    window.finish();
    events.finish();
    account.ledger().check("adsnap");
    return new ImportReport(account.ledger(), events.fidelity(), null);
  }

  private void readLine() throws IOException {
    if (line.tooLong()) {
      account.rejected(line, Account.TOO_LONG, 1);
    } else if (line.atEnd()) {
      account.ignored(Account.BLANK, 1);
    } else if (isHeader(line)) {
      account.ignored("header", 1);
    } else if (line.peek() == '@') {
      account.ignored("map-dump", 1);
    } else if (line.skip("Lost ")) {
      lost();
    } else if (line.byteAt(1) != ' ') {
      account.rejected(line, Account.UNRECOGNISED, 1);
    } else if (line.peek() == 'e' || line.peek() == 'x' || line.peek() == 'f') {
      snapshot((char) line.peek());
    } else {
      timed();
    }
  }

  /** Returns whether this is what bpftrace says when it begins, before version 0.24 or since. */
  static boolean isHeader(LineScanner line) {
    return line.looksAt(ATTACHING) || line.looksAt(ATTACHED);
  }

  private void leaves(AdsnapLine entry) throws IOException {
    Deque<AdsnapLine> lines = recent.get(key(entry.letter, entry.tid));
    if (lines != null) {
      lines.removeLastOccurrence(entry);
    }
    TreeMap<Long, AdsnapLine> times = entry.letter == 'P' ? begins.get(entry.tid) : null;
    if (times != null) {
      times.remove(entry.time);
    }
    events.take(entry);
  }

  private void lost() throws IOException {
    long count = line.decimal();
    if (count < 0 || !line.skip(" events") || !line.terminated()) {
      account.rejected(line, UNREADABLE, 1);
      return;
    }
    if (line.skip(", in unknown places")) {
      events.lostSomewhere(count);
      account.parsed(1);
      return;
    }
    // The line has no time: it stands where bpftrace noticed the loss.
    AdsnapLine entry = window.take().reset(AdsnapLine.LOST, window.latest(), line.lineNumber());
    entry.values[0] = count;
    window.add(entry);
  }

  private void timed() throws IOException {
    AdsnapLine entry = window.take();
    if (!readTimed(line, entry)) {
      account.rejected(line, line.terminated() ? UNREADABLE : Account.TRUNCATED, 1);
    } else if (window.isTooLate(entry.time)) {
      account.rejected(line, TOO_LATE, 1);
    } else {
      if (entry.letter == 'P' || entry.letter == 'p' || entry.letter == 'F') {
        recent
            .computeIfAbsent(key(entry.letter, entry.tid), k -> new ArrayDeque<>())
            .addFirst(entry);
        if (entry.letter == 'P') {
          begins.computeIfAbsent(entry.tid, tid -> new TreeMap<>()).put(entry.time, entry);
        }
      }
      window.add(entry);
    }
  }

  /**
   * Reads a line that has a time: the letter, the time in ns, the task, and the letter's values.
   */
  static boolean readTimed(LineScanner line, AdsnapLine entry) {
    int letter = line.peek();
    String format = format(letter);
    if (format == null || line.byteAt(1) != ' ') {
      return false;
    }
    line.position(1);
    long time = field(line, 'd');
    long pid = field(line, 'd');
    long tid = field(line, 'd');
    boolean hasCpu = letter != 'N' && letter != 'Q';
    long cpu = hasCpu ? field(line, 'd') : UNKNOWN_INT;
    if (time < 0
        || !isTask(pid)
        || !isTask(tid)
        || (hasCpu && (cpu < 0 || cpu > EventSchema.MAX_CPU))) {
      return false;
    }
    entry.reset((char) letter, time, line.lineNumber());
    entry.pid = (int) pid;
    entry.tid = (int) tid;
    entry.cpu = (int) cpu;
    for (int i = 0; i < format.length(); i++) {
      long value = field(line, format.charAt(i));
      if (value == NONE) {
        return false;
      }
      entry.values[entry.valueCount++] = value;
    }
    return line.atEnd() && line.terminated();
  }

  private static boolean isTask(long number) {
    return number >= 0 && number <= Integer.MAX_VALUE;
  }

  /** Returns how a letter's values are written, x hex and d decimal, or null for another letter. */
  private static @Nullable String format(int letter) {
    return switch (letter) {
      case 'Q' -> "";
      case 'X' -> "d";
      case 'N' -> "dx";
      case 'P', 'F' -> "xxx";
      case 'M' -> "xxxxdx";
      case 'U' -> "xx";
      case 'R' -> "xxxxx";
      case 'D' -> "xxd";
      case 'T' -> "dd";
      case 'B', 'm', 'b', 'r' -> "x";
      case 'p', 'u', 'd' -> "d";
      default -> null;
    };
  }

  private static long field(LineScanner line, char base) {
    if (!line.skip(' ')) {
      return NONE;
    }
    if (base == 'x') {
      return line.hex();
    }
    boolean negative = line.skip('-');
    long value = line.decimal();
    return negative && value != NONE ? -value : value;
  }

  /** Takes {@code e 9526 7fd394f5c000 1f1f1f1f}: PTEs of a call that its task has begun. */
  private void snapshot(char letter) {
    line.position(1);
    long tid = field(line, 'd');
    long address = field(line, 'x');
    long word = field(line, 'x');
    if (!isTask(tid) || address == NONE || word == NONE || !line.atEnd() || !line.terminated()) {
      account.rejected(line, line.terminated() ? UNREADABLE : Account.TRUNCATED, 1);
      return;
    }
    AdsnapLine owner = ownerOf(letter, (int) tid, address);
    if (owner == null) {
      account.rejected(line, STRAY, 1);
      return;
    }
    owner.addWord(address, word, line.lineNumber());
    events.snapshotSeen();
  }

  /** Returns the latest line that a snapshot line can belong to, or null. */
  private @Nullable AdsnapLine ownerOf(char letter, int tid, long address) {
    for (AdsnapLine line : recent('F', tid, letter == 'f')) {
      if (line.wordCount() == 0 && address == (line.values[0] & -EventSchema.PAGE_SIZE)) {
        return line;
      }
    }
    for (AdsnapLine line : recent('P', tid, letter == 'e')) {
      if (covers(line, address) && follows(line, address)) {
        return line;
      }
    }
    for (AdsnapLine line : recent('p', tid, letter == 'x')) {
      AdsnapLine begin = beginOf(line);
      if (begin != null && covers(begin, address) && follows(line, address)) {
        return line;
      }
    }
    for (AdsnapLine line : recent('p', tid, letter == 'x')) {
      // The task has moved, and where its call began has not been read yet.
      return follows(line, address) ? line : null;
    }
    return null;
  }

  private Iterable<AdsnapLine> recent(char letter, int tid, boolean wanted) {
    Deque<AdsnapLine> lines = wanted ? recent.get(key(letter, tid)) : null;
    return lines == null ? List.of() : lines;
  }

  /** Returns the beginning of the call that ends with a line, as far as it has been read. */
  private @Nullable AdsnapLine beginOf(AdsnapLine end) {
    TreeMap<Long, AdsnapLine> times = begins.get(end.tid);
    Map.Entry<Long, AdsnapLine> entry = times == null ? null : times.floorEntry(end.time);
    return entry == null ? null : entry.getValue();
  }

  /**
   * Returns how many bytes of a call the script looks at; a length may have its highest bit set.
   */
  static long snapshotBytes(long length) {
    return length < 0 ? SNAPSHOT_BYTES : Math.min(SNAPSHOT_BYTES, length);
  }

  /** Returns whether an address is where the script reads the PTEs of eight pages of a call. */
  private static boolean covers(AdsnapLine begin, long address) {
    long offset = address - (begin.values[0] & -EventSchema.PAGE_SIZE);
    return offset >= 0
        && offset < snapshotBytes(begin.values[1])
        && (offset & -EventSchema.PAGE_SIZE) % WORD_BYTES == 0;
  }

  private static boolean follows(AdsnapLine line, long address) {
    return line.wordCount() == 0 || address > line.wordAddress(line.wordCount() - 1);
  }

  private static long key(char letter, int tid) {
    return ((long) letter << 32) | tid;
  }
}
