package dev.mmureplay.importer.strace;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.importer.Account;
import dev.mmureplay.importer.CallSites;
import dev.mmureplay.importer.EventSequencer;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.SystemCall;
import dev.mmureplay.importer.TaskTable;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The calls of all tasks: those still open, and what becomes of each that has ended. */
final class StraceCalls {
  /** Whose call it is, when and where it began, and how many lines it takes. */
  record Begin(int tid, long time, long line, int lines) {}

  /** A call whose end is still to come. */
  static final class Open {
    private final Begin begin;
    private final long name;
    private final byte[] text;
    private final @Nullable SystemCall call;
    private final EventSequencer.@Nullable Place place;

    private Open(
        Begin begin,
        long name,
        byte[] text,
        @Nullable SystemCall call,
        EventSequencer.@Nullable Place place) {
      this.begin = begin;
      this.name = name;
      this.text = text;
      this.call = call;
      this.place = place;
    }

    int tid() {
      return begin.tid;
    }

    long time() {
      return begin.time;
    }

    long line() {
      return begin.line;
    }

    int lines() {
      return begin.lines;
    }

    byte[] text() {
      return text;
    }

    EventSequencer.@Nullable Place place() {
      return place;
    }
  }

  private final Account account;
  private final EventSequencer events;
  private final CallSites sites;
  private final TaskTable tasks = new TaskTable();
  private final Map<Integer, Open> open = new HashMap<>();
  private final Set<Integer> attached = new HashSet<>();
  private final StraceCall call = new StraceCall();
  private final EventRow row = new EventRow();
  private boolean begun;
  private boolean fromStart;
  private @Nullable String command;

  StraceCalls(Account account, EventSequencer events, CallSites sites) {
    this.account = account;
    this.events = events;
    this.sites = sites;
  }

  TaskTable tasks() {
    return tasks;
  }

  /** Notes a task that strace says it has attached to, which is before its first line. */
  void attached(int tid) {
    attached.add(tid);
  }

  /** Returns whether strace has said that it attached to the task, which is still unknown else. */
  boolean isAttached(int tid) {
    return attached.contains(tid);
  }

  /** Returns whether the trace begins with the program's own execve. */
  boolean fromStart() {
    return fromStart;
  }

  /** Returns the command line of the first execve that succeeded, or null. */
  @Nullable String command() {
    return command;
  }

  /** Keeps a call whose end is still to come. */
  void begin(
      Begin begin,
      long name,
      LineScanner line,
      int from,
      int nameEnd,
      int end,
      EventSequencer.@Nullable Place reserved)
      throws IOException {
    SystemCall system = SystemCall.ofHash(name);
    first(system, begin.tid);
    abandon(begin.tid);
    EventSequencer.Place place = reserved;
    byte[] text;
    if (system == null) {
      // The name and its parenthesis are enough to end a call that is not about memory.
      text = line.bytes(from, nameEnd + 1);
    } else {
      text = line.bytes(from, end);
      if (place == null && (system.givesUp() || system.isClone())) {
        place = events.reserve();
      }
      if (system.isClone()) {
        tasks.pid(begin.tid);
        line.position(nameEnd);
        tasks.cloneBegins(begin.tid, StraceCall.flagsOrThread(StraceCall.cloneFlags(line, system)));
      }
    }
    open.put(begin.tid, new Open(begin, name, text, system, place));
  }

  /**
   * Takes out the open call with the given name, or any for {@link LineScanner#NONE}. An execve by
   * another thread than the leader ends under the leader's number.
   */
  @Nullable Open end(int tid, long name) throws IOException {
    Open found = open.get(tid);
    if (found != null && (found.name == name || name == LineScanner.NONE)) {
      open.remove(tid);
      return found;
    }
    abandon(tid);
    SystemCall system = SystemCall.ofHash(name);
    if (system != null && system.isExec()) {
      int pid = tasks.pid(tid);
      for (Open other : open.values()) {
        if (other.name == name && tasks.pid(other.tid()) == pid) {
          open.remove(other.tid());
          return other;
        }
      }
    }
    return null;
  }

  /** Gives up a task's open call, whose end will not come. */
  void abandon(int tid) throws IOException {
    Open found = open.remove(tid);
    if (found != null) {
      abandon(found);
    }
  }

  private void abandon(Open found) throws IOException {
    giveUp(found.place);
    if (found.call != null && found.call.isClone()) {
      tasks.cloneFails(found.tid());
    }
    account.ignored(Account.NEVER_RETURNED, found.lines());
  }

  void giveUp(EventSequencer.@Nullable Place place) throws IOException {
    if (place != null) {
      events.fill(place, null);
    }
  }

  /** Takes a whole call, from its name to its result. */
  void complete(
      Begin begin,
      long endTime,
      LineScanner line,
      int from,
      int nameEnd,
      EventSequencer.@Nullable Place place)
      throws IOException {
    SystemCall system = SystemCall.ofHash(line.hash(from, nameEnd));
    boolean whole;
    if (system != null && system.isMemory()) {
      whole = call.readArguments(line, system) && call.readResult(line);
    } else {
      whole = readOnlyResult(line);
    }
    if (!whole) {
      giveUp(place);
      if (system != null && system.isClone()) {
        tasks.cloneFails(begin.tid);
      }
      account.rejected(
          line,
          !line.terminated()
              ? Account.TRUNCATED
              : system == null ? Account.UNRECOGNISED : "unreadable arguments or result",
          begin.lines);
      return;
    }
    first(system, begin.tid);
    abandon(begin.tid);
    String rule = ruleAgainst(system);
    if (rule == null && system != null) {
      if (system.isMemory()) {
        system.fill(row, tasks.pid(begin.tid), begin.tid, call.arguments(), call.count());
        if (call.file() != UNKNOWN_INT && row.file != UNKNOWN_INT) {
          row.file = call.file();
        }
        append(begin, endTime, place);
        if (system == SystemCall.MPROTECT || system == SystemCall.PKEY_MPROTECT) {
          sites.call(row.length);
        }
      } else {
        line.position(nameEnd);
        rule = change(system, begin, endTime, line, place);
      }
    }
    if (rule == null) {
      account.parsed(begin.lines);
    } else {
      giveUp(place);
      if (system != null && system.isClone()) {
        tasks.cloneFails(begin.tid);
      }
      account.ignored(rule, begin.lines);
    }
  }

  private boolean readOnlyResult(LineScanner line) {
    int before = line.position();
    int at = line.lastIndexOf(" = ");
    int end = at;
    while (end > before && line.byteAt(end - 1) == ' ') {
      end--;
    }
    if (at < 0 || line.byteAt(end - 1) != ')') {
      return false;
    }
    line.position(at);
    boolean read = call.readResult(line);
    line.position(before);
    return read;
  }

  /** Returns the rule by which the call just read is no event, or null if it is one. */
  private @Nullable String ruleAgainst(@Nullable SystemCall system) {
    if (system == null) {
      return Account.NOT_ABOUT_MEMORY;
    }
    if (system == SystemCall.SHMAT || system == SystemCall.SHMDT) {
      return system.callName();
    }
    if (call.restarted()) {
      return Account.RESTARTED;
    }
    if (system.isClone()) {
      return call.failed()
          ? Account.FAILED_CLONE
          : call.result() == UNKNOWN ? Account.NEVER_RETURNED : null;
    }
    if (system.isExec()) {
      return call.failed()
          ? Account.FAILED_EXECVE
          : call.result() == UNKNOWN ? Account.NEVER_RETURNED : null;
    }
    return null;
  }

  /** Takes a call that changes whose address space it is; returns a rule if it is no event. */
  private @Nullable String change(
      SystemCall system,
      Begin begin,
      long endTime,
      LineScanner line,
      EventSequencer.@Nullable Place place)
      throws IOException {
    int pid = tasks.pid(begin.tid);
    if (system.isClone()) {
      int child = (int) call.result();
      long flags = StraceCall.cloneFlags(line, system);
      attached.remove(child);
      tasks.cloned(begin.tid, child, StraceCall.flagsOrThread(flags));
      row.reset(EventKind.CLONE, pid, begin.tid);
      row.flags = flags;
    } else if (system.isExec()) {
      if (command == null) {
        command = StraceCommand.read(line);
      }
      tasks.execs(begin.tid);
      row.reset(EventKind.EXECVE, pid, begin.tid);
    } else {
      return exit(system, begin) ? null : "exited-already";
    }
    append(begin, endTime, place);
    return null;
  }

  private boolean exit(SystemCall system, Begin begin) throws IOException {
    boolean group = system == SystemCall.EXIT_GROUP;
    int pid = tasks.pid(begin.tid);
    if (group ? !tasks.groupEnds(begin.tid) : !tasks.ends(begin.tid)) {
      return false;
    }
    row.reset(EventKind.EXIT, pid, begin.tid);
    row.flags = group ? 1 : 0;
    row.time = begin.time;
    row.line = begin.line;
    events.append(row);
    return true;
  }

  private void append(Begin begin, long endTime, EventSequencer.@Nullable Place place)
      throws IOException {
    row.time = begin.time;
    row.line = begin.line;
    row.result = call.result();
    row.duration = call.duration();
    if (row.duration == UNKNOWN && endTime != UNKNOWN && begin.time != UNKNOWN) {
      row.duration = endTime - begin.time;
    }
    if (place == null) {
      events.append(row);
    } else {
      events.fill(place, row);
    }
  }

  /** Takes the line that says that a task is gone. */
  void taskEnds(Begin begin) throws IOException {
    Open found = open.remove(begin.tid);
    if (found != null && found.call != null && found.call.isExit()) {
      boolean told = exit(found.call, found.begin);
      if (told) {
        account.parsed(found.lines());
      } else {
        account.ignored("exited-already", found.lines());
      }
    } else if (found != null) {
      abandon(found);
    }
    if (exit(SystemCall.EXIT, begin)) {
      account.parsed(begin.lines);
    } else {
      account.ignored("exited-already", begin.lines);
    }
    tasks.forget(begin.tid);
    attached.remove(begin.tid);
  }

  /** Gives up every open call, as at the end of a trace. */
  void finish() throws IOException {
    for (Open found : open.values()) {
      if (found.call != null && found.call.isExit() && exit(found.call, found.begin)) {
        account.parsed(found.lines());
      } else {
        abandon(found);
      }
    }
    open.clear();
  }

  private void first(@Nullable SystemCall system, int tid) {
    if (!begun) {
      begun = true;
      fromStart = system != null && system.isExec();
      if (!fromStart) {
        tasks.unexplainedJoin(tid);
      }
    }
  }
}
