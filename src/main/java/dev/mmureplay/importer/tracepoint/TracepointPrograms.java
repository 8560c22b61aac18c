package dev.mmureplay.importer.tracepoint;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.importer.Account;
import dev.mmureplay.importer.EventSequencer;
import dev.mmureplay.importer.LineScanner;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Programs that replace others. An execve is told by up to four records, of which any may be
 * missing, and is to become one event.
 */
public final class TracepointPrograms {
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

  public TracepointPrograms(TracepointTrace trace) {
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

  /** Gives up what still waits, as at the end of a trace. */
  public void finish() throws IOException {
    giveUpStartPlace();
  }
}
