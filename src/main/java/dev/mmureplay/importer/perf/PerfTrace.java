package dev.mmureplay.importer.perf;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSink;
import dev.mmureplay.importer.Account;
import dev.mmureplay.importer.EventSequencer;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.TaskTable;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the parts of the perf importer share: the line at hand, the tasks, and where events go. */
final class PerfTrace {
  /** The rule for records that repeat what another one has said. */
  static final String TOLD = "told-by-another-record";

  final LineScanner line;
  final PerfLine columns = new PerfLine();
  final Account account = new Account();
  final EventSequencer events;
  final TaskTable tasks = new TaskTable();
  private final EventRow row = new EventRow();
  private final Map<Integer, PerfTask> states = new HashMap<>();
  private @Nullable PerfTask last;

  PerfTrace(LineScanner line, EventSink sink) {
    this.line = line;
    this.events = new EventSequencer(sink);
  }

  /** Returns what is known of a task. */
  PerfTask task(int tid) {
    PerfTask cached = last;
    if (cached != null && cached.tid == tid) {
      return cached;
    }
    PerfTask task = states.computeIfAbsent(tid, PerfTask::new);
    last = task;
    return task;
  }

  /** Returns what is known of every task. */
  Collection<PerfTask> allTasks() {
    return states.values();
  }

  /** Forgets what was known of a number, because a new task has it now. */
  void renew(int tid) throws IOException {
    PerfTask old = states.get(tid);
    if (old != null) {
      abandon(old);
      states.remove(tid);
      last = null;
    }
  }

  /** Gives up a task's call, whose end will not come. */
  void abandon(PerfTask task) throws IOException {
    abandon(task, Account.NEVER_RETURNED);
  }

  /** Gives up a task's call by a rule. */
  void abandon(PerfTask task, String rule) throws IOException {
    if (task.call != null) {
      if (task.call.isClone()) {
        tasks.cloneFails(task.tid);
      }
      account.ignored(rule, 1);
      giveUpPlace(task);
      task.close();
    }
  }

  /** Gives up the place that a task's call has reserved, if it has. */
  void giveUpPlace(PerfTask task) throws IOException {
    EventSequencer.Place place = task.place;
    if (place != null) {
      events.fill(place, null);
      task.place = null;
    }
  }

  /** Returns the thread group of the line's task. */
  int pid() {
    if (columns.pid() != UNKNOWN_INT) {
      tasks.set(columns.pid(), columns.tid());
    }
    return tasks.pid(columns.tid());
  }

  /** Returns a row for the line at hand. */
  EventRow row(EventKind kind) {
    row.reset(kind, pid(), columns.tid());
    row.cpu = columns.cpu();
    row.time = columns.time();
    row.line = line.lineNumber();
    return row;
  }

  /** Lets a row begin where its call did. */
  void sinceBegin(EventRow event, PerfTask task) {
    event.duration = columns.time() - task.time;
    event.time = task.time;
    event.cpu = task.cpu;
    event.line = task.line;
  }

  /** Appends the row of the line at hand and enters the line. */
  void append(EventRow event) throws IOException {
    events.append(event);
    account.parsed(1);
  }

  /** Enters the line as carrying nothing for us. */
  void ignore(String rule) {
    account.ignored(rule, 1);
  }

  /** Enters the line as one that should have been understood. */
  void reject(String reason) {
    account.rejected(line, line.terminated() ? reason : Account.TRUNCATED, 1);
  }

  /** Moves behind the text and reads a number there; {@link LineScanner#NONE} without it. */
  long numberAfter(String text) {
    return line.skipTo(text) ? signed() : LineScanner.NONE;
  }

  /** Reads a number that may have a sign. */
  long signed() {
    if (!line.skip('-')) {
      return line.number();
    }
    long value = line.number();
    return value == LineScanner.NONE ? value : -value;
  }

  /** Returns the value, or unknown for {@link LineScanner#NONE}. */
  static long known(long value) {
    return value == LineScanner.NONE ? UNKNOWN : value;
  }
}
