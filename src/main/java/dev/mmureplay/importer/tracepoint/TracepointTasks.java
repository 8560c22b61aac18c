package dev.mmureplay.importer.tracepoint;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.importer.Account;
import dev.mmureplay.importer.EventSequencer;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.SystemCall;
import dev.mmureplay.importer.TaskTable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The beginnings and ends of tasks and programs. Each is told by up to four records, of which any
 * may be missing, and is to become one event.
 */
public final class TracepointTasks {
  private final TracepointTrace trace;
  private @Nullable String command;
  private int firstTid;

  /**
   * The place of an execve that was under way when the recording began: the kernel's first faults
   * belong to the new program but are recorded before the execve is told.
   */
  private EventSequencer.@Nullable Place startPlace;

  private long startTime;
  private boolean started;
  private boolean fromStart;

  public TracepointTasks(TracepointTrace trace) {
    this.trace = trace;
  }

  /** Notes which kind of line is next, to find out whether the trace begins with an execve. */
  public void beforeLine(boolean isExec, boolean isKernelWork) throws IOException {
    if (started) {
      return;
    }
    if (isExec) {
      started = true;
      fromStart = true;
    } else if (!isKernelWork) {
      started = true;
      giveUpStartPlace();
    } else if (startPlace == null) {
      startPlace = trace.events.reserve();
      startTime = trace.columns.time();
    }
  }

  private void giveUpStartPlace() throws IOException {
    EventSequencer.Place place = startPlace;
    startPlace = null;
    if (place != null) {
      trace.events.fill(place, null);
    }
  }

  /** Returns whether the trace begins with the program's own execve. */
  public boolean fromStart() {
    return fromStart;
  }

  /** Returns the name of the first program, or null. */
  public @Nullable String command() {
    return command;
  }

  /** Takes {@code task:task_newtask: pid=9818 comm=demo clone_flags=3d0f00 …}. */
  public void newTask() throws IOException {
    long child = trace.numberAfter("pid=");
    long flags = trace.line.skipTo("clone_flags=") ? trace.line.hex() : NONE;
    if (child <= 0 || flags == NONE || !trace.line.terminated()) {
      trace.reject("unreadable event");
      return;
    }
    TracepointTask parent = trace.task(trace.columns.tid());
    TracepointTask.Fork fork = parent.fork;
    if (fork != null && fork.child() == child) {
      parent.fork = null;
      fork.row().flags = flags;
      trace.events.fill(fork.place(), fork.row());
      trace.account.parsed(2);
    } else if (parent.childTold == child) {
      trace.ignore(TracepointTrace.TOLD);
    } else {
      tell(parent, (int) child, flags);
      return;
    }
    parent.childTold = (int) child;
    trace.renew((int) child);
    trace.tasks.cloned(parent.tid, (int) child, flags);
  }

  /** Takes {@code sched_process_fork: comm=sh pid=112 child_comm=sh child_pid=137}. */
  public void processFork() throws IOException {
    int at = trace.line.lastIndexOf(" child_pid=");
    if (at >= 0) {
      trace.line.position(at);
    }
    long child = trace.numberAfter(" child_pid=");
    if (child <= 0 || !trace.line.terminated()) {
      trace.reject("unreadable event");
      return;
    }
    TracepointTask parent = trace.task(trace.columns.tid());
    if (parent.childTold == child) {
      trace.ignore(TracepointTrace.TOLD);
    } else {
      tell(parent, (int) child, knownFlags(parent));
    }
  }

  /** Returns the clone flags that the parent's call tells, or what is done for it, or unknown. */
  private long knownFlags(TracepointTask parent) {
    SystemCall call = parent.call;
    boolean told = call == SystemCall.CLONE || (call != null && call.flagsByName() != UNKNOWN);
    if (told) {
      return cloneFlags(parent, 0, 1);
    }
    return call == SystemCall.CLONE3 ? trace.listener.cloneFlags(parent.tid) : UNKNOWN;
  }

  /** Makes a new task an event. */
  private void tell(TracepointTask parent, int child, long flags) throws IOException {
    EventRow row = cloneRow(parent, child);
    row.flags = flags;
    trace.appendCall(parent, row);
    trace.account.parsed(1);
    parent.childTold = child;
    trace.renew(child);
    cloned(parent, child, flags);
  }

  /** A task of which nothing is known but that it is new is more often a thread than not. */
  private void cloned(TracepointTask parent, int child, long flags) throws IOException {
    trace.tasks.cloned(
        parent.tid, child, flags == UNKNOWN ? TaskTable.CLONE_VM | TaskTable.CLONE_THREAD : flags);
    trace.listener.cloned(parent.tid, child, flags);
  }

  private EventRow cloneRow(TracepointTask parent, int child) {
    EventRow row = trace.row(EventKind.CLONE);
    if (parent.call != null && parent.call.isClone()) {
      row.time = parent.time;
      row.cpu = parent.cpu;
      row.line = parent.line;
    }
    row.result = child;
    return row;
  }

  /** Takes {@code PERF_RECORD_FORK(pid:tid):(ppid:ptid)}, from its first parenthesis on. */
  public void fork() throws IOException {
    LineScanner line = trace.line;
    long pid = trace.numberAfter("(");
    long tid = trace.numberAfter(":");
    long parentPid = trace.numberAfter("(");
    long parentTid = trace.numberAfter(":");
    if (pid < 0 || tid <= 0 || parentPid < 0 || parentTid < 0 || !line.skip(')')) {
      trace.reject("unreadable record");
      return;
    }
    if (trace.columns.isInitial()) {
      trace.tasks.set((int) pid, (int) tid);
      trace.ignore("initial-layout");
      return;
    }
    TracepointTask parent = trace.task((int) parentTid);
    if (parent.childTold == tid) {
      trace.ignore(TracepointTrace.TOLD);
      return;
    }
    trace.settle(parent);
    EventRow row = new EventRow();
    row.set(cloneRow(parent, (int) tid));
    row.pid = (int) parentPid;
    row.tid = (int) parentTid;
    row.flags = cloneFlags(parent, (int) pid, (int) parentPid);
    parent.fork = new TracepointTask.Fork((int) tid, row, trace.events.reserve());
    parent.childTold = (int) tid;
    trace.renew((int) tid);
    trace.tasks.cloned((int) parentTid, (int) tid, row.flags);
    trace.tasks.set((int) pid, (int) tid);
  }

  /** Returns the clone flags as far as the parent's call, or else the two groups, tell them. */
  static long cloneFlags(TracepointTask parent, int pid, int parentPid) {
    SystemCall call = parent.call;
    if (call == SystemCall.CLONE && parent.argumentCount > 0) {
      return parent.arguments[0];
    }
    if (call != null && call.flagsByName() != UNKNOWN) {
      return call.flagsByName();
    }
    return pid == parentPid ? TaskTable.CLONE_VM | TaskTable.CLONE_THREAD : TaskTable.SIGCHLD;
  }

  /** Takes the end of a clone, in the parent or, with result 0, in the child. */
  void cloneReturns(TracepointTask task, SystemCall call, long result) throws IOException {
    if (result == 0) {
      trace.abandon(task);
      trace.ignore("clone-in-child");
      return;
    }
    boolean entered = task.call == call;
    if (!entered) {
      trace.abandon(task);
    }
    if (result < 0) {
      trace.ignore(Account.FAILED_CLONE);
      trace.listener.clonedNothing(task.tid);
      trace.abandon(task, Account.FAILED_CLONE);
      return;
    }
    int child = (int) result;
    int lines = entered ? 2 : 1;
    if (task.childTold == child) {
      if (entered) {
        trace.account.parsed(lines);
      } else {
        trace.ignore(TracepointTrace.TOLD);
      }
    } else {
      EventRow row = cloneRow(task, child);
      if (entered) {
        row.duration = trace.since(task);
      }
      row.flags = entered ? knownFlags(task) : UNKNOWN;
      trace.appendCall(task, row);
      trace.account.parsed(lines);
      cloned(task, child, row.flags);
    }
    trace.tasks.cloneFails(task.tid);
    task.childTold = 0;
    task.close();
  }

  /** Keeps what the first process ended up running: {@code env} and the like only lead to it. */
  private void runs(String program) {
    int tid = trace.columns.tid();
    if (command == null) {
      firstTid = tid;
    }
    if (tid == firstTid) {
      command = program;
    }
  }

  /** Takes {@code PERF_RECORD_COMM exec: env:13787/13787}. */
  public void comm() throws IOException {
    LineScanner line = trace.line;
    if (!line.skip(" exec: ")) {
      trace.ignore("thread-name");
      return;
    }
    int end = line.lastIndexOf(":");
    if (end < 0) {
      trace.reject("unreadable record");
      return;
    }
    runs(line.text(line.position(), end));
    TracepointTask task = trace.task(trace.columns.tid());
    if (task.execTold) {
      trace.ignore(TracepointTrace.TOLD);
      return;
    }
    // Exactly here the old space goes: the places reserved earlier are not needed.
    giveUpStartPlace();
    exec(task, true);
    trace.account.parsed(1);
  }

  /** Takes {@code sched:sched_process_exec: filename=./demo pid=9816 old_pid=9816}. */
  public void processExec() throws IOException {
    LineScanner line = trace.line;
    int end = line.lastIndexOf(" pid=");
    if (line.skipTo("filename=")
        && end > line.position()
        && !trace.task(trace.columns.tid()).execTold) {
      runs(line.text(line.position(), end));
    }
    TracepointTask task = trace.task(trace.columns.tid());
    if (task.execTold) {
      trace.ignore(TracepointTrace.TOLD);
      return;
    }
    exec(task, false);
    trace.account.parsed(1);
  }

  /** Notes that a task's program is replaced exactly here, before a record of it comes. */
  public void replaced(TracepointTask task) throws IOException {
    if (!task.execTold) {
      giveUpStartPlace();
      exec(task, true);
    }
  }

  /** Takes the end of an execve. */
  void execveReturns(TracepointTask task, long result) throws IOException {
    boolean entered = task.call != null && task.call.isExec();
    if (result != 0) {
      if (entered) {
        trace.abandon(task, Account.FAILED_EXECVE);
      }
      trace.ignore(Account.FAILED_EXECVE);
      return;
    }
    if (!task.execTold) {
      exec(task, false);
    }
    task.execTold = false;
    task.loading = false;
    trace.account.parsed(1);
  }

  /** Makes an event of an execve that has succeeded. */
  private void exec(TracepointTask task, boolean exact) throws IOException {
    int pid = trace.pid();
    TracepointTask caller = caller(task, pid);
    EventRow row = trace.row(EventKind.EXECVE);
    row.result = 0;
    EventSequencer.Place place = startPlace;
    startPlace = null;
    if (caller != null) {
      if (place != null) {
        trace.events.fill(place, null);
      }
      row.time = caller.time;
      row.cpu = caller.cpu;
      row.line = caller.line;
      trace.account.parsed(1);
      if (exact) {
        trace.giveUpPlace(caller);
      }
      place = caller.place;
      caller.close();
    } else if (place != null) {
      row.time = startTime;
    }
    if (place == null) {
      trace.events.append(row);
    } else {
      trace.events.fill(place, row);
    }
    for (TracepointTask other : trace.allTasks()) {
      if (other.call != null && trace.tasks.pid(other.tid) == pid) {
        trace.abandon(other);
      }
    }
    trace.tasks.execs(task.tid);
    trace.listener.execed(caller == null ? task.tid : caller.tid, task.tid);
    task.execTold = true;
    task.loading = true;
  }

  /** Returns the task that entered the execve, which may be another than the leader it becomes. */
  private @Nullable TracepointTask caller(TracepointTask task, int pid) {
    if (task.call != null && task.call.isExec()) {
      return task;
    }
    for (TracepointTask other : trace.allTasks()) {
      if (other.call != null && other.call.isExec() && trace.tasks.pid(other.tid) == pid) {
        return other;
      }
    }
    return null;
  }

  /** Takes the line on which a task, or its whole group, says that it exits. */
  void exits(boolean group) throws IOException {
    EventRow row = trace.row(EventKind.EXIT);
    int tid = trace.columns.tid();
    if (group ? trace.tasks.groupEnds(tid) : trace.tasks.ends(tid)) {
      row.flags = group ? 1 : 0;
      trace.append(row);
    } else {
      trace.ignore(TracepointTrace.TOLD);
    }
  }

  /** Takes a record that a task is gone. */
  public void gone() throws IOException {
    if (trace.columns.isInitial()) {
      trace.ignore("initial-layout");
      return;
    }
    trace.abandon(trace.task(trace.columns.tid()));
    exits(false);
  }

  /**
   * Makes events of the execves that have not returned, at the end of a trace of a tool that does
   * not follow a program beyond its replacement.
   */
  public void replacedAtEnd() throws IOException {
    for (TracepointTask task : trace.allTasks()) {
      if (task.call != null && task.call.isExec()) {
        EventRow row = trace.row(EventKind.EXECVE);
        row.pid = trace.tasks.pid(task.tid);
        row.tid = task.tid;
        row.time = task.time;
        row.cpu = task.cpu;
        row.line = task.line;
        row.result = 0;
        trace.giveUpPlace(task);
        trace.append(row);
        task.close();
      }
    }
  }

  /** Makes events of what still waits, as at the end of a trace. */
  public void finish() throws IOException {
    for (TracepointTask task : trace.allTasks()) {
      trace.settle(task);
      trace.abandon(task);
    }
    giveUpStartPlace();
  }
}
