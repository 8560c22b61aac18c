package dev.mmureplay.importer.tracepoint;

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

/**
 * What the parts of an importer of tracepoints share: the line at hand, the tasks, and where events
 * go.
 */
public final class TracepointTrace {
  /** The rule for records that repeat what another one has said. */
  public static final String TOLD = "told-by-another-record";

  public final LineScanner line;
  public final Columns columns;

  /** Is told what becomes of tasks and programs. */
  public TaskListener listener = TaskListener.NONE;

  public final Account account = new Account();
  public final EventSequencer events;
  public final TaskTable tasks = new TaskTable();

  /** Whether another event on the line at hand has become a row, so that it is not ignored. */
  public boolean lineTold;

  private final EventRow row = new EventRow();
  private final Map<Integer, TracepointTask> states = new HashMap<>();
  private @Nullable TracepointTask last;

  public TracepointTrace(LineScanner line, Columns columns, EventSink sink) {
    this.line = line;
    this.columns = columns;
    this.events = new EventSequencer(sink);
  }

  /** Returns what is known of a task. */
  public TracepointTask task(int tid) {
    TracepointTask cached = last;
    if (cached != null && cached.tid == tid) {
      return cached;
    }
    TracepointTask task = states.computeIfAbsent(tid, TracepointTask::new);
    last = task;
    return task;
  }

  /** Returns what is known of every task. */
  Collection<TracepointTask> allTasks() {
    return states.values();
  }

  /** Forgets what was known of a number, because a new task has it now. */
  void renew(int tid) throws IOException {
    TracepointTask old = states.get(tid);
    if (old != null) {
      abandon(old);
      settle(old);
      states.remove(tid);
      last = null;
    }
  }

  /** Makes the fork that waits for a better record an event, because none has come. */
  public void settle(TracepointTask parent) throws IOException {
    TracepointTask.Fork fork = parent.fork;
    if (fork != null) {
      parent.fork = null;
      events.fill(fork.place(), fork.row());
      account.parsed(1);
    }
  }

  /** Gives up a task's call, whose end will not come. */
  public void abandon(TracepointTask task) throws IOException {
    abandon(task, Account.NEVER_RETURNED);
  }

  /** Gives up a task's call by a rule. */
  void abandon(TracepointTask task, String rule) throws IOException {
    if (task.call != null) {
      if (task.call.isClone()) {
        tasks.cloneFails(task.tid);
        listener.clonedNothing(task.tid);
      } else if (task.call.isExec()) {
        listener.execFailed(task.tid);
      }
      account.ignored(rule, 1);
      giveUpPlace(task);
      task.close();
    }
  }

  /**
   * A task's call takes effect at the line at hand, if nothing was said of that before: its event
   * will stand here.
   */
  public void takesEffect(TracepointTask task) throws IOException {
    if (task.place == null) {
      task.place = events.reserve();
    }
  }

  /** A task's call was still at work at the line at hand: its event will stand here. */
  public void takesEffectLater(TracepointTask task) throws IOException {
    giveUpPlace(task);
    task.place = events.reserve();
  }

  /** Appends the event of a task's call where the call took effect, as far as that was noted. */
  void appendCall(TracepointTask task, EventRow event) throws IOException {
    EventSequencer.Place place = task.place;
    if (place == null) {
      events.append(event);
    } else {
      events.fill(place, event);
      task.place = null;
    }
  }

  /** Gives up the place that a task's call has reserved, if it has. */
  void giveUpPlace(TracepointTask task) throws IOException {
    EventSequencer.Place place = task.place;
    if (place != null) {
      events.fill(place, null);
      task.place = null;
    }
  }

  /** Returns the thread group of the line's task. */
  public int pid() {
    if (columns.pid() != UNKNOWN_INT) {
      tasks.set(columns.pid(), columns.tid());
    }
    return tasks.pid(columns.tid());
  }

  /** Returns a row for the line at hand. */
  public EventRow row(EventKind kind) {
    row.reset(kind, pid(), columns.tid());
    row.cpu = columns.cpu();
    row.time = columns.time();
    row.line = line.lineNumber();
    return row;
  }

  /** Returns how long ago the task's call began, or unknown. */
  long since(TracepointTask task) {
    boolean known = columns.time() != UNKNOWN && task.time != UNKNOWN;
    return known ? columns.time() - task.time : UNKNOWN;
  }

  /** Lets a row begin where its call did. */
  void sinceBegin(EventRow event, TracepointTask task) {
    event.duration = since(task);
    event.time = task.time;
    event.cpu = task.cpu;
    event.line = task.line;
  }

  /** Appends the row of the line at hand and enters the line. */
  public void append(EventRow event) throws IOException {
    events.append(event);
    account.parsed(1);
  }

  /** Enters the line as carrying nothing for us. */
  public void ignore(String rule) {
    if (lineTold) {
      account.parsed(1);
    } else {
      account.ignored(rule, 1);
    }
  }

  /** Enters the line as one that should have been understood. */
  public void reject(String reason) {
    account.rejected(line, line.terminated() ? reason : Account.TRUNCATED, 1);
  }

  /** Moves behind the text and reads a number there; {@link LineScanner#NONE} without it. */
  public long numberAfter(String text) {
    return line.skipTo(text) ? signed() : LineScanner.NONE;
  }

  /** Reads a number that may have a sign. */
  public long signed() {
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
