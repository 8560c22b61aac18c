package dev.mmureplay.importer.strace;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSink;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.importer.Account;
import dev.mmureplay.importer.CallSites;
import dev.mmureplay.importer.EventSequencer;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.KernelNames;
import dev.mmureplay.importer.LineScanner;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one strace log line by line: puts torn lines together, finds out whose line it is, and
 * hands calls, signals and ends to {@link StraceCalls}.
 */
final class StraceReader {
  /** Stands for the only task of a trace that names none. */
  private static final int SOLE_TASK = 1;

  private static final String NOTE = "strace: ";
  private static final String UNFINISHED = " <unfinished ...>";
  private static final String DETACHED = " <detached ...>";
  private static final List<String> BEGINNINGS = List.of("[pid ", "--- ", "+++ ", "<... ");

  private final LineScanner line;
  private final Account account = new Account();
  private final EventSequencer events;
  private final StracePrefix prefix = new StracePrefix();
  private final CallSites sites = new CallSites();
  private final StraceCalls calls;
  private final StraceAside aside = new StraceAside();
  private final EventRow row = new EventRow();

  /** The beginning of a line into which strace wrote a note, and how many lines it is made of. */
  private byte @Nullable [] torn;

  private int tornLines;
  private long tornAt;

  /** The line of the source on which the record at hand begins. */
  private long begunAt;

  /** How many lines of the source the record at hand is made of. */
  private int lines;

  private boolean namesTasks;
  private int soleTaskAlias = StracePrefix.NO_TID;
  private boolean unnamedSeen;
  private int lastUnfinished = StracePrefix.NO_TID;

  StraceReader(LineScanner line, EventSink sink) {
    this.line = line;
    this.events = new EventSequencer(sink);
    this.calls = new StraceCalls(account, events, sites);
  }

  ImportReport read() throws IOException {
    while (line.nextLine()) {
      account.ledger().line();
      readLine();
    }
    if (torn != null) {
      account.ignored(Account.NEVER_RETURNED, tornLines);
    }
    calls.finish();
    events.finish();
    account.ledger().check("strace");
    Fidelity fidelity =
        new Fidelity(
            Fidelity.Accesses.NONE,
            namesTasks,
            false,
            prefix.clock(),
            false,
            calls.fromStart(),
            false,
            0);
    return new ImportReport(account.ledger(), fidelity, calls.command(), List.of(), sites.all());
  }

  private void readLine() throws IOException {
    lines = 1;
    begunAt = line.lineNumber();
    if (isNote()) {
      account.ignored("strace-note", 1);
      return;
    }
    String rule = aside.rule(line);
    if (rule != null) {
      account.ignored(rule, 1);
      return;
    }
    boolean tooLong = line.tooLong();
    byte[] beginning = torn;
    if (beginning != null) {
      line.prepend(beginning);
      lines += tornLines;
      begunAt = tornAt;
      torn = null;
    }
    if (tooLong || line.length() > LineScanner.MAX_LINE) {
      account.rejected(line, Account.TOO_LONG, lines);
    } else if (line.atEnd()) {
      account.ignored(Account.BLANK, lines);
    } else if (!tear() && !isStackFrame() && !isBareRest()) {
      readRecord();
    }
  }

  private boolean isNote() {
    if (line.looksAt(NOTE)) {
      int id = line.indexOf("Process ");
      if (id >= 0) {
        line.position(id + "Process ".length());
        long tid = line.decimal();
        if (tid > 0 && line.looksAt(" attached")) {
          calls.attached((int) tid);
        }
      }
      return true;
    }
    return line.looksAt("[ Process PID=");
  }

  /** Keeps the line back if a note of strace cuts it short; its rest is on the next line. */
  private boolean tear() {
    int at = line.lastIndexOf(NOTE + "Process ");
    if (at <= 0) {
      return false;
    }
    line.position(at + NOTE.length() + "Process ".length());
    long tid = line.decimal();
    if (tid < 0 || (!line.skip(" attached") && !line.skip(" detached"))) {
      line.position(0);
      return false;
    }
    calls.attached((int) tid);
    torn = line.bytes(0, at);
    tornLines = lines;
    tornAt = begunAt;
    return true;
  }

  /** With -k, {@code > /lib/libc.so.6(mmap+0x7) [0x1000]} follows every call. */
  private boolean isStackFrame() {
    if (line.peek() != ' ') {
      return false;
    }
    line.skipBlanks();
    boolean frame = line.skip("> ");
    if (frame) {
      addFrame();
    }
    line.position(0);
    if (frame) {
      account.ignored(Account.STACK_FRAME, lines);
    }
    return frame;
  }

  /** Without its directory, a frame's file and function tell it; else the address does. */
  private void addFrame() {
    int address = line.lastIndexOf(" [");
    int end = address < line.position() ? line.length() : address;
    String text = line.text(line.position(), end);
    int open = text.lastIndexOf('(');
    int plus = text.lastIndexOf('+');
    boolean named = open >= 0 && plus > open;
    int name = text.lastIndexOf('/', open < 0 ? text.length() : open) + 1;
    String place = named ? "" : line.text(end, line.length());
    sites.frame(text.substring(name) + place, named ? text.substring(open + 1, plus) : "");
  }

  /** With -z, a call's rest follows bare on the line behind its unfinished beginning. */
  private boolean isBareRest() throws IOException {
    if (lastUnfinished == StracePrefix.NO_TID || !looksLikeRest()) {
      return false;
    }
    StraceCalls.Open begun = calls.end(lastUnfinished, NONE);
    lastUnfinished = StracePrefix.NO_TID;
    if (begun == null) {
      return false;
    }
    resume(begun, begun.tid(), UNKNOWN);
    return true;
  }

  /** A rest is {@code ) = 0}, or begins with arguments where others begin with their task. */
  private boolean looksLikeRest() {
    int first = line.peek();
    if (first == ')' || !namesTasks) {
      return first == ')';
    }
    boolean begins = first >= '0' && first <= '9';
    for (String beginning : BEGINNINGS) {
      begins |= line.looksAt(beginning);
    }
    while (isNameByte(line.peek())) {
      line.advance();
    }
    boolean call = line.position() > 0 && line.peek() == '(';
    line.position(0);
    return !begins && !call && line.indexOf(") ") >= 0;
  }

  private void readRecord() throws IOException {
    sites.end();
    prefix.read(line);
    int tid = tid();
    lastUnfinished = StracePrefix.NO_TID;
    if (line.skip("--- ")) {
      readSignal(tid);
    } else if (line.skip("+++ ")) {
      readEnd(tid);
    } else if (line.skip("<... ")) {
      readResumed(tid);
    } else {
      readCall(begin(tid), UNKNOWN, null);
    }
  }

  /**
   * Returns the line's task. On standard error strace names tasks only while there are several; the
   * first one, unnamed at the beginning, is then known by its number as well.
   */
  private int tid() {
    int tid = prefix.tid();
    if (tid != StracePrefix.NO_TID) {
      namesTasks = true;
      if (tid == soleTaskAlias) {
        return SOLE_TASK;
      }
      if (prefix.bracketed()
          && unnamedSeen
          && soleTaskAlias == StracePrefix.NO_TID
          && calls.tasks().isNew(tid)
          && !calls.isAttached(tid)) {
        soleTaskAlias = tid;
        return SOLE_TASK;
      }
      return tid;
    }
    unnamedSeen = true;
    return namesTasks ? calls.tasks().onlyTask(SOLE_TASK) : SOLE_TASK;
  }

  private void readSignal(int tid) throws IOException {
    if (line.looksAt("stopped by ")) {
      account.ignored("stopped", lines);
      return;
    }
    if (isCut("---") || !line.looksAt("SIG")) {
      reject();
      return;
    }
    int from = line.position();
    while (line.peek() != ' ' && !line.atEnd()) {
      line.advance();
    }
    long number = KernelNames.SIGNALS.get(line.hash(from, line.position()));
    if (number == NONE) {
      number = realTimeSignal(from);
    }
    long address = UNKNOWN;
    if (line.skipTo("si_addr=")) {
      address = StraceCall.expression(line);
    }
    row.reset(EventKind.SIGNAL, calls.tasks().pid(tid), tid);
    row.time = prefix.time();
    row.line = begunAt;
    row.flags = number;
    row.address = address == NONE ? UNKNOWN : address;
    events.append(row);
    account.parsed(lines);
  }

  private long realTimeSignal(int from) {
    int end = line.position();
    line.position(from);
    long number = line.skip("SIGRT_") ? line.decimal() : NONE;
    line.position(end);
    return number == NONE ? UNKNOWN : KernelNames.SIGRTMIN + number;
  }

  private void readEnd(int tid) throws IOException {
    if (isCut("+++")) {
      reject();
    } else if (line.looksAt("superseded by execve")) {
      calls.abandon(tid);
      account.ignored("superseded-by-execve", lines);
    } else if (line.looksAt("exited with ") || line.looksAt("killed by ")) {
      calls.taskEnds(begin(tid));
    } else {
      reject();
    }
  }

  private void readResumed(int tid) throws IOException {
    int from = line.position();
    while (line.peek() != ' ' && !line.atEnd()) {
      line.advance();
    }
    long name = line.hash(from, line.position());
    if (!line.skip(" resumed>")) {
      reject();
      return;
    }
    StraceCalls.Open begun = calls.end(tid, name);
    if (begun == null) {
      account.ignored("resumed-without-beginning", lines);
    } else {
      resume(begun, tid, prefix.time());
    }
  }

  private void resume(StraceCalls.Open begun, int tid, long endTime) throws IOException {
    line.prepend(begun.text());
    lines += begun.lines();
    readCall(new StraceCalls.Begin(tid, begun.time(), begun.line(), lines), endTime, begun.place());
  }

  /** Reads a call from its name on, which may still be without its end. */
  private void readCall(StraceCalls.Begin begin, long endTime, EventSequencer.@Nullable Place place)
      throws IOException {
    int from = line.position();
    while (isNameByte(line.peek())) {
      line.advance();
    }
    int nameEnd = line.position();
    if (nameEnd == from || line.peek() != '(') {
      calls.giveUp(place);
      reject();
    } else if (endsWith(UNFINISHED)) {
      int end = trimmed(nameEnd, line.length() - UNFINISHED.length());
      calls.begin(begin, line.hash(from, nameEnd), line, from, nameEnd, end, place);
      lastUnfinished = begin.tid();
    } else if (endsWith(DETACHED)) {
      calls.giveUp(place);
      account.ignored("detached", lines);
    } else if (isCut(">") && isCut("?")) {
      calls.giveUp(place);
      reject();
    } else {
      calls.complete(begin, endTime, line, from, nameEnd, place);
    }
  }

  private int trimmed(int from, int to) {
    int end = to;
    while (end > from && line.byteAt(end - 1) == ' ') {
      end--;
    }
    return end;
  }

  private static boolean isNameByte(int b) {
    return LineScanner.isWordByte(b) || b == '?';
  }

  private boolean endsWith(String text) {
    int at = line.length() - text.length();
    if (at < 0) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (line.byteAt(at + i) != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns whether this is a last line that was cut short: it does not end with a newline, nor as
   * a whole line does. Even a line that can be read may have lost the last digits of its result.
   */
  private boolean isCut(String wholeEnd) {
    return !line.terminated() && !endsWith(wholeEnd);
  }

  private void reject() {
    account.rejected(line, line.terminated() ? Account.UNRECOGNISED : Account.TRUNCATED, lines);
  }

  private StraceCalls.Begin begin(int tid) {
    return new StraceCalls.Begin(tid, prefix.time(), begunAt, lines);
  }
}
