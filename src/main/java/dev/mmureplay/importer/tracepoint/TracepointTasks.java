package dev.mmureplay.importer.tracepoint;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.importer.Account;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.SystemCall;
import dev.mmureplay.importer.TaskTable;
import java.io.IOException;

/**
 * The beginnings and ends of tasks. Each is told by up to four records, of which any may be
 * missing, and is to become one event.
 */
public final class TracepointTasks {
  private final TracepointTrace trace;

  public TracepointTasks(TracepointTrace trace) {
    this.trace = trace;
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

  /** Makes events of what still waits, as at the end of a trace. */
  public void finish() throws IOException {
    for (TracepointTask task : trace.allTasks()) {
      trace.settle(task);
      trace.abandon(task);
    }
  }
}
