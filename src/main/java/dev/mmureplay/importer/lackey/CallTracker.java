package dev.mmureplay.importer.lackey;

import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSink;
import dev.mmureplay.event.Ledger;
import dev.mmureplay.importer.LineScanner;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Brings the beginning and the end of each system call together.
 *
 * <pre>
 * SYSCALL[1,1](10) sys_mprotect ( … )[sync] --&gt; Success(0x0)       on one line
 * SYSCALL[1,1](28) sys_madvise ( … ) --&gt; [async] ...               on two, others run in between
 * SYSCALL[1,1](28) ... [async] --&gt; Success(0x0)
 * SYSCALL[1,1](56) sys_clone ( … )   clone(fork): process 1 created child 7
 *  --&gt; [pre-success] Success(0x7)                                  on two, and the child returns as well
 *  --&gt; [pre-success] Success(0x0)
 * </pre>
 */
final class CallTracker {
  static final String NOT_ABOUT_MEMORY = "syscall-not-about-memory";
  static final String NEVER_RETURNED = "call-never-returned";
  static final String CLONE_FAILED = "clone-failed";
  static final String EXECVE_FAILED = "execve-failed";
  static final String CALL_MALFORMED = "call-malformed";
  static final String RESULT_WITHOUT_CALL = "result-without-call";

  private static final int MAIN = 1;

  /** A call that has begun and has not returned. */
  private static final class OpenCall {
    final EventRow row = new EventRow();
    final int pid;
    final int tid;
    final int number;
    final boolean aboutMemory;

    /** Its result will name it again, so that a result without a name is not its. */
    boolean async;

    boolean emitted;

    /** Its first line is in the ledger as parsed. */
    boolean counted;

    /** The process that it forked, which returns from the call too; 0 if none. */
    int child;

    OpenCall(CallLine line) {
      pid = line.pid();
      tid = line.tid();
      number = line.number();
      aboutMemory = Calls.isAboutMemory(number);
    }
  }

  private final LineScanner scanner;
  private final Ledger ledger;
  private final AccessLines accesses;
  private final RunningThread running;
  private final EventSink sink;
  private final Verdict verdict;

  private final CallLine line = new CallLine();
  private final Map<Long, OpenCall> open = new LinkedHashMap<>();
  private @Nullable OpenCall lastOpened;

  /** A fork whose child has not been seen to return; it may be writing another log. */
  private @Nullable OpenCall forked;

  private long result;

  CallTracker(
      LineScanner scanner,
      Ledger ledger,
      AccessLines accesses,
      RunningThread running,
      EventSink sink,
      Verdict verdict) {
    this.scanner = scanner;
    this.ledger = ledger;
    this.accesses = accesses;
    this.running = running;
    this.sink = sink;
    this.verdict = verdict;
  }

  /** Reads one {@code SYSCALL[…} block from the position, and its result if it is on the line. */
  void readCall() throws IOException {
    if (!line.readHeader(scanner)) {
      verdict.reject(CALL_MALFORMED);
      return;
    }
    running.become(line.pid(), line.tid());
    if (scanner.skip("... [async]")) {
      end();
    } else {
      begin();
    }
  }

  private void begin() throws IOException {
    OpenCall before = open.remove(key(line.pid(), line.tid()));
    if (before != null) {
      neverReturned(before);
    }
    OpenCall call = new OpenCall(line);
    if (call.aboutMemory) {
      accesses.flush();
      int needed = Calls.needed(call.number);
      if (needed > 0
          && (!line.readArguments(scanner, call.number == Calls.CLONE)
              || line.arguments() < needed)) {
        verdict.reject(CALL_MALFORMED);
        return;
      }
      Calls.fill(call.row, line, scanner.lineNumber());
    }
    if (Calls.isExit(call.number)) {
      emit(call);
    }
    if (Calls.isClone(call.number) && scanner.skipTo("created child ")) {
      child(call);
    }
    if (readResult()) {
      returned(call);
    } else {
      stayOpen(call);
    }
  }

  /** The child's number is known before the call returns, and its events may come first. */
  private void child(OpenCall call) throws IOException {
    long child = scanner.decimal();
    if (child > 0 && child <= Integer.MAX_VALUE) {
      call.child = (int) child;
      call.row.result = child;
      forked = call;
      emit(call);
    }
  }

  private void stayOpen(OpenCall call) {
    call.async = scanner.indexOf("[async]") >= 0;
    open.put(key(call.pid, call.tid), call);
    if (!call.async) {
      lastOpened = call;
    }
    if (call.aboutMemory) {
      call.counted = true;
      verdict.use();
    } else {
      verdict.ignore(NOT_ABOUT_MEMORY);
    }
  }

  /** {@code SYSCALL[1,1](28) ... [async] --> Success(0x0)}. */
  private void end() throws IOException {
    OpenCall call = open.get(key(line.pid(), line.tid()));
    boolean mine = call != null && call.number == line.number();
    if (call != null && mine && readResult()) {
      open.remove(key(call.pid, call.tid));
      returned(call);
    } else if (mine || Calls.isAboutMemory(line.number())) {
      verdict.reject(mine ? CALL_MALFORMED : RESULT_WITHOUT_CALL);
    } else {
      verdict.ignore(NOT_ABOUT_MEMORY);
    }
  }

  /** Reads a line of results that name no call: {@code --> [pre-fail] Failure(0x26)}. */
  void readResults() throws IOException {
    verdict.reject(RESULT_WITHOUT_CALL);
    while (scanner.skipTo("--> ")) {
      OpenCall call = waiting();
      if (scanner.looksAt("[async]")) {
        if (call != null) {
          call.async = true;
          accept(call);
        }
      } else if (readResult()) {
        resultFor(call);
      }
    }
  }

  private void resultFor(@Nullable OpenCall call) throws IOException {
    OpenCall fork = forked;
    if (fork != null && result == 0 && (call == null || call == fork)) {
      forked = null;
      running.become(fork.child, MAIN);
      accept(fork);
    } else if (call != null) {
      open.remove(key(call.pid, call.tid));
      running.become(call.pid, call.tid);
      verdict.clear();
      returned(call);
    }
  }

  private void accept(OpenCall call) {
    verdict.clear();
    if (call.aboutMemory) {
      verdict.use();
    } else {
      verdict.ignore(NOT_ABOUT_MEMORY);
    }
  }

  /** Returns the call to which a result without a name belongs. */
  private @Nullable OpenCall waiting() {
    OpenCall own = open.get(key(running.pid(), running.tid()));
    if (own != null && !own.async) {
      return own;
    }
    OpenCall last = lastOpened;
    boolean stillOpen = last != null && open.get(key(last.pid, last.tid)) == last && !last.async;
    return stillOpen ? last : null;
  }

  private void returned(OpenCall call) throws IOException {
    if (!call.aboutMemory) {
      verdict.ignore(NOT_ABOUT_MEMORY);
    } else if (call.emitted) {
      verdict.use();
    } else if (result < 0 && Calls.isClone(call.number)) {
      cameToNothing(call, CLONE_FAILED);
    } else if (result < 0 && call.number == Calls.EXECVE) {
      cameToNothing(call, EXECVE_FAILED);
    } else {
      call.row.result = result;
      emit(call);
      verdict.use();
    }
  }

  private void cameToNothing(OpenCall call, String rule) {
    takeBack(call, rule);
    verdict.ignore(rule);
  }

  private void neverReturned(OpenCall call) {
    if (call.aboutMemory && !call.emitted) {
      takeBack(call, NEVER_RETURNED);
    }
  }

  private void takeBack(OpenCall call, String rule) {
    if (call.counted) {
      call.counted = false;
      ledger.unparsed();
      ledger.ignored(rule);
    }
  }

  private void emit(OpenCall call) throws IOException {
    accesses.flush();
    sink.append(call.row);
    call.emitted = true;
  }

  /**
   * Reads {@code Success(0x4a2b000)} or {@code Failure(0x16)}, which is -errno, or that there is
   * none; returns false and stays if it is not here, or belongs to the next call on the line.
   */
  private boolean readResult() {
    int before = scanner.position();
    int end = scanner.indexOf("SYSCALL[");
    int success = before(end, scanner.indexOf("Success(0x"));
    int failure = before(end, scanner.indexOf("Failure(0x"));
    boolean failed = failure < success;
    int at = Math.min(success, failure);
    if (at == Integer.MAX_VALUE) {
      result = 0;
      return before(end, scanner.indexOf("NoWriteResult")) != Integer.MAX_VALUE;
    }
    scanner.position(at + "Success(0x".length());
    long value = scanner.hex();
    if (value == LineScanner.NONE || !scanner.skip(')')) {
      scanner.position(before);
      return false;
    }
    result = failed ? -value : value;
    return true;
  }

  private static int before(int end, int at) {
    return at < 0 || (end >= 0 && at > end) ? Integer.MAX_VALUE : at;
  }

  /** A process introduces itself: if it was calling {@code execve}, that has succeeded. */
  void started(int pid) throws IOException {
    for (Iterator<OpenCall> i = open.values().iterator(); i.hasNext(); ) {
      OpenCall call = i.next();
      if (call.pid == pid && call.number == Calls.EXECVE) {
        i.remove();
        replaced(call);
      }
    }
  }

  /** At the end of the log an {@code execve} that has not failed has succeeded. */
  void finish() throws IOException {
    for (OpenCall call : open.values()) {
      if (call.number == Calls.EXECVE) {
        replaced(call);
      } else {
        neverReturned(call);
      }
    }
    open.clear();
  }

  private void replaced(OpenCall call) throws IOException {
    call.row.result = 0;
    emit(call);
  }

  private static long key(int pid, int tid) {
    return ((long) pid << Integer.SIZE) | tid;
  }
}
