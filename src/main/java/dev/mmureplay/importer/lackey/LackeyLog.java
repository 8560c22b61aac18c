package dev.mmureplay.importer.lackey;

import dev.mmureplay.event.EventSink;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.event.Ledger;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.PageFold;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * One lackey log while it is being read: access lines go to {@link AccessLines} in blocks, calls
 * and results to {@link CallTracker}, and every other line ends here.
 */
final class LackeyLog {
  private static final String BLANK = "blank";
  private static final String VALGRIND_MESSAGE = "valgrind-message";
  private static final String SCHEDULER_MESSAGE = "scheduler-message";
  private static final String SCHEDULER_JUMP = "scheduler-jump";
  private static final String NOT_LACKEY = "not-lackey";
  private static final String ACCESS_MALFORMED = "access-malformed";
  private static final String ACCESS_SIZE = "access-size";

  private static final String CALL = "SYSCALL[";
  private static final String RESULT = " --> ";
  private static final String JUMP = "SCHEDSETJMP(";
  private static final String LOCK = "SCHED[";
  private static final String BANNER = "== Lackey, an example Valgrind tool";
  private static final String COMMAND = "== Command: ";

  private final LineScanner scanner;
  private final Ledger ledger = new Ledger();
  private final AccessLines accesses;
  private final RunningThread running;
  private final CallTracker calls;
  private final Verdict verdict = new Verdict();

  private boolean scheduled;
  private boolean fromStart;
  private @Nullable String command;

  LackeyLog(InputStream text, int firstPid, ImportOptions options, EventSink sink)
      throws IOException {
    scanner = new LineScanner(text);
    accesses = new AccessLines(sink, options.fold() ? new PageFold(sink) : null);
    running = new RunningThread(accesses, firstPid);
    calls = new CallTracker(scanner, ledger, accesses, running, sink, verdict);
  }

  ImportReport read() throws IOException {
    while (true) {
      scanner.readBlock(accesses);
      ledger.parsedLines(accesses.lines());
      if (!scanner.nextLine()) {
        break;
      }
      readLine();
    }
    accesses.flush();
    calls.finish();
    Fidelity fidelity =
        new Fidelity(
            Fidelity.Accesses.EVERY,
            running.isNamed(scheduled),
            false,
            false,
            false,
            fromStart,
            false,
            0);
    return new ImportReport(ledger, fidelity, command);
  }

  private void readLine() throws IOException {
    ledger.line();
    verdict.clear();
    if (AccessLines.startsLike(scanner)) {
      access();
    } else if (scanner.length() == 0) {
      verdict.ignore(BLANK);
    } else if (scanner.looksAt(CALL)) {
      do {
        calls.readCall();
      } while (moveTo(CALL));
      scheduler();
    } else if (scanner.looksAt(RESULT)) {
      calls.readResults();
      scheduler();
    } else if (scanner.looksAt(JUMP)) {
      verdict.ignore(SCHEDULER_JUMP);
    } else if (isMessage(scanner, "==")) {
      message();
    } else if (isMessage(scanner, "--")) {
      verdict.ignore(scanner.indexOf(LOCK) >= 0 ? SCHEDULER_MESSAGE : VALGRIND_MESSAGE);
      scheduler();
    }
    verdict.book(ledger, scanner, NOT_LACKEY);
  }

  private boolean moveTo(String text) {
    int at = scanner.indexOf(text);
    if (at < 0) {
      return false;
    }
    scanner.position(at);
    return true;
  }

  private void access() throws IOException {
    switch (accesses.readLine(scanner)) {
      case READ -> verdict.use();
      case MALFORMED -> verdict.reject(ACCESS_MALFORMED);
      case BAD_SIZE -> verdict.reject(ACCESS_SIZE);
    }
  }

  private void message() throws IOException {
    verdict.ignore(VALGRIND_MESSAGE);
    if (isBanner(scanner)) {
      fromStart |= ledger.parsedCount() == 0;
      scanner.position(2);
      calls.started((int) scanner.decimal());
    } else if (command == null && scanner.skipTo(COMMAND)) {
      command = scanner.rest();
    }
  }

  /**
   * Follows {@code --14321-- SCHED[2]: acquired lock (…)}, on a line of its own or behind a call.
   */
  private void scheduler() throws IOException {
    scanner.position(0);
    int at = scanner.indexOf(LOCK);
    if (at < 0) {
      return;
    }
    long pid = pidBefore(at);
    scanner.position(at + LOCK.length());
    long tid = scanner.decimal();
    boolean readable = tid >= 0 && tid <= Integer.MAX_VALUE && scanner.skip("]:");
    scanner.skipBlanks();
    if (!readable || !scanner.looksAt("acquired lock")) {
      return;
    }
    scheduled = true;
    boolean known = pid >= 0 && pid <= Integer.MAX_VALUE;
    if (running.become(known ? (int) pid : running.pid(), (int) tid)) {
      verdict.use();
    }
  }

  /**
   * Returns the number in {@code --14321-- } before an offset; {@link LineScanner#NONE} if none.
   */
  private long pidBefore(int offset) {
    int end = offset;
    while (end > 0 && scanner.byteAt(end - 1) == ' ') {
      end--;
    }
    end -= 2;
    int begin = end;
    while (begin > 0 && isDigit(scanner.byteAt(begin - 1))) {
      begin--;
    }
    if (end <= 0) {
      return LineScanner.NONE;
    }
    scanner.position(begin);
    long pid = scanner.decimal();
    return scanner.looksAt("--") ? pid : LineScanner.NONE;
  }

  /** Returns whether the line is the one with which lackey introduces itself. */
  static boolean isBanner(LineScanner scanner) {
    return isMessage(scanner, "==") && scanner.indexOf(BANNER) > 0;
  }

  /** Returns whether the line is one of those that Valgrind writes around the accesses. */
  static boolean isKnown(LineScanner scanner) {
    return scanner.length() == 0
        || scanner.looksAt(CALL)
        || scanner.looksAt(RESULT)
        || scanner.looksAt(JUMP)
        || isMessage(scanner, "==")
        || isMessage(scanner, "--");
  }

  /** Returns the process that the beginning of a log names first, or that it names none. */
  static int firstPid(byte[] head) throws IOException {
    LineScanner scanner = new LineScanner(new ByteArrayInputStream(head));
    while (scanner.nextLine()) {
      boolean message = isMessage(scanner, "==") || isMessage(scanner, "--");
      if (message) {
        scanner.position(2);
      }
      if (message || scanner.skip(CALL)) {
        long pid = scanner.decimal();
        if (pid >= 0 && pid <= Integer.MAX_VALUE) {
          return (int) pid;
        }
      }
    }
    return RunningThread.UNNAMED;
  }

  private static boolean isMessage(LineScanner scanner, String mark) {
    return scanner.looksAt(mark) && isDigit(scanner.byteAt(mark.length()));
  }

  private static boolean isDigit(int b) {
    return b >= '0' && b <= '9';
  }
}
