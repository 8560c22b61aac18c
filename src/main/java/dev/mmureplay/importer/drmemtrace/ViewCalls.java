package dev.mmureplay.importer.drmemtrace;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;
import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.event.EventSchema;
import dev.mmureplay.importer.AccessRows;
import dev.mmureplay.importer.Account;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.SystemCall;
import dev.mmureplay.importer.call.Call;
import dev.mmureplay.importer.call.CallLog;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls of markers. A call is told by one marker with its number, and if it was recorded, by
 * a {@code function==syscall} with arguments behind it and another one with the return value.
 */
final class ViewCalls {
  static final String OTHER_MARKER = "other-marker";

  private static final String FUNCTION = "function-marker";
  private static final String WITHOUT_ARGUMENTS = "syscall-without-arguments";
  private static final long NANOS_PER_MICRO = 1_000;

  /** From 1601, where DynamoRIO's clock begins, to 1970, us. */
  private static final long MICROS_TO_1970 = 11_644_473_600_000_000L;

  /** What is known of one thread between two of its lines. */
  private static final class ThreadState {
    final int pid;
    final int tid;
    int core = UNKNOWN_INT;
    long time = UNKNOWN;

    /** The call whose number has been told and whose return value has not, or null. */
    @Nullable Call call;

    /** How many times the call has been named by function==syscall. */
    int named;

    /** A call that has returned and waits for the timestamp behind it. */
    @Nullable Call returned;

    ThreadState(int pid, int tid) {
      this.pid = pid;
      this.tid = tid;
    }
  }

  private final LineScanner line;
  private final Account account;
  private final CallLog log;
  private final AccessRows accesses;
  private final Map<Integer, ThreadState> threads = new HashMap<>();

  /** The first thread of each workload, which gives the process its number. */
  private final Map<Integer, Integer> processes = new HashMap<>();

  private ThreadState thread = new ThreadState(0, -1);
  private boolean coresSeen;

  ViewCalls(LineScanner line, Account account, CallLog log, AccessRows accesses) {
    this.line = line;
    this.account = account;
    this.log = log;
    this.accesses = accesses;
  }

  /** Returns whether the trace names cores. */
  boolean coresSeen() {
    return coresSeen;
  }

  /** Says whose line is at hand. */
  void thread(int workload, int tid) {
    if (tid != thread.tid) {
      ThreadState known = threads.get(tid);
      if (known == null) {
        int pid = processes.computeIfAbsent(workload, unseen -> tid);
        known = new ThreadState(pid, tid);
        threads.put(tid, known);
        log.tasks().set(pid, tid);
      }
      thread = known;
      accesses.by(thread.pid, tid);
      accesses.on(thread.core);
    }
  }

  /** Notes that the thread goes on: a call that has returned has no timestamp behind it. */
  void proceeds() throws IOException {
    settle(thread, UNKNOWN);
  }

  /** Takes a marker, from behind its {@code <marker: }; false if it cannot be read. */
  boolean marker() throws IOException {
    if (line.skip("timestamp ")) {
      return timestamp();
    }
    if (line.skip("system call failed: ")) {
      account.ignored("told-by-another-record", 1);
      return true;
    }
    proceeds();
    if (line.skip("system call ")) {
      return begins();
    }
    if (line.skip("function==syscall #")) {
      return named();
    }
    if (line.skip("function argument 0x")) {
      return argument();
    }
    if (line.skip("function return value 0x")) {
      return returns();
    }
    if (line.looksAt("function ")) {
      account.ignored(FUNCTION, 1);
      return true;
    }
    int at = line.indexOf(" on core ");
    if (at >= 0) {
      return core(at);
    }
    account.ignored(OTHER_MARKER, 1);
    return true;
  }

  /** Reads the number that ends the marker; {@link LineScanner#NONE} if there is none. */
  private long last(long value) {
    return line.skip('>') ? value : NONE;
  }

  private boolean timestamp() throws IOException {
    long micros = last(line.decimal());
    if (micros < 0 || micros > Long.MAX_VALUE / NANOS_PER_MICRO + MICROS_TO_1970) {
      return false;
    }
    thread.time = (micros - MICROS_TO_1970) * NANOS_PER_MICRO;
    settle(thread, thread.time);
    account.ignored("timestamp", 1);
    return true;
  }

  private boolean core(int at) {
    line.position(at + " on core ".length());
    long core = last(line.decimal());
    if (core < 0 || core > EventSchema.MAX_CPU) {
      return false;
    }
    coresSeen = true;
    thread.core = (int) core;
    accesses.on(thread.core);
    account.ignored("core", 1);
    return true;
  }

  private boolean begins() throws IOException {
    long number = last(line.decimal());
    if (number < 0) {
      return false;
    }
    giveUp(thread);
    SystemCall system = SystemCall.ofNumber(number);
    if (system == null) {
      account.ignored(Account.NOT_ABOUT_MEMORY, 1);
      return true;
    }
    accesses.endEpoch();
    Call call = new Call().reset(system, thread.tid, thread.time, line.lineNumber());
    call.cpu = thread.core;
    if (system.isExit()) {
      log.whole(call);
    } else {
      thread.call = call;
      thread.named = 0;
    }
    return true;
  }

  private boolean named() {
    long number = last(line.decimal());
    if (number < 0) {
      return false;
    }
    Call call = thread.call;
    if (call == null || call.system != SystemCall.ofNumber(number)) {
      account.ignored(FUNCTION, 1);
    } else {
      thread.named++;
      call.lines++;
    }
    return true;
  }

  private boolean argument() {
    long value = last(line.hex());
    if (value == NONE) {
      return false;
    }
    Call call = thread.call;
    if (call == null || thread.named != 1) {
      account.ignored(FUNCTION, 1);
    } else {
      call.add(value);
      call.lines++;
    }
    return true;
  }

  private boolean returns() throws IOException {
    long value = last(line.hex());
    if (value == NONE) {
      return false;
    }
    Call call = thread.call;
    if (call == null || thread.named != 2 || !isEnough(call)) {
      account.ignored(FUNCTION, 1);
      return true;
    }
    accesses.endEpoch();
    call.lines++;
    call.result = value;
    thread.call = null;
    thread.returned = call;
    return true;
  }

  private static boolean isEnough(Call call) {
    return call.isComplete() && (call.system != SystemCall.CLONE || call.count > 0);
  }

  /** Makes a call that has returned an event, now that its end is known, or that there is none. */
  private void settle(ThreadState of, long end) throws IOException {
    Call call = of.returned;
    if (call != null) {
      of.returned = null;
      if (end != UNKNOWN && call.time != UNKNOWN) {
        call.duration = end - call.time;
      }
      log.whole(call);
    }
  }

  private void giveUp(ThreadState of) {
    Call call = of.call;
    if (call != null) {
      of.call = null;
      account.ignored(isEnough(call) ? Account.NEVER_RETURNED : WITHOUT_ARGUMENTS, call.lines);
    }
  }

  /** Takes the line that says that the thread is gone. */
  void exited() throws IOException {
    accesses.endEpoch();
    giveUp(thread);
    proceeds();
    Call exit = new Call().reset(SystemCall.EXIT, thread.tid, thread.time, line.lineNumber());
    exit.cpu = thread.core;
    log.whole(exit);
  }

  /** Makes events of what still waits, as at the end of a trace. */
  void finish() throws IOException {
    for (ThreadState each : threads.values()) {
      giveUp(each);
      settle(each, UNKNOWN);
    }
  }
}
