package dev.mmureplay.importer.tracepoint;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;
import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.event.EventRow;
import dev.mmureplay.importer.Account;
import dev.mmureplay.importer.SystemCall;
import java.io.IOException;

/**
 * Puts {@code sys_enter} and {@code sys_exit} of each task together.
 *
 * <p>They do not come in pairs: a recording begins with the exit of an execve, a new task begins
 * with the exit of a clone that it never entered, a killed task leaves its last enter open, and
 * where events were lost an exit may even belong to a later enter of the same call.
 */
public final class TracepointCalls {
  private static final String EXIT_WITHOUT_ENTER = "exit-without-enter";
  private static final String UNREADABLE = "unreadable arguments or result";

  /** The least errno that means that the kernel will make the call again; up to 516. */
  private static final long ERESTARTSYS = 512;

  private static final long ERESTART_RESTARTBLOCK = 516;

  private final TracepointTrace trace;
  private final TracepointTasks tasks;
  private final TracepointPrograms programs;
  private final CallValues values;
  private final SharedSegments segments;

  /** Makes events of calls whose arguments and results are written as {@code values} can read. */
  public TracepointCalls(
      TracepointTrace trace,
      TracepointTasks tasks,
      TracepointPrograms programs,
      CallValues values) {
    this.trace = trace;
    this.tasks = tasks;
    this.programs = programs;
    this.values = values;
    this.segments = new SharedSegments(trace);
  }

  /** Takes the line that says that a call begins. */
  public void enter(SystemCall call) throws IOException {
    TracepointTask task = trace.task(trace.columns.tid());
    int pid = trace.pid();
    trace.abandon(task);
    task.loading = false;
    task.execTold = false;
    task.lastFault = UNKNOWN;
    task.faulting = UNKNOWN;
    if (call.isExit()) {
      tasks.exits(call == SystemCall.EXIT_GROUP);
      return;
    }
    task.argumentCount = 0;
    // What an execve is given may be printed as text, and is not needed.
    if ((!call.isExec() && !values.readArguments(task)) || task.argumentCount < call.arguments()) {
      trace.reject(UNREADABLE);
      return;
    }
    task.call = call;
    task.time = trace.columns.time();
    task.cpu = trace.columns.cpu();
    task.line = trace.line.lineNumber();
    task.file = UNKNOWN_INT;
    if (call.givesUp() || call.isExec()) {
      task.place = trace.events.reserve();
    }
    if (call.isClone()) {
      task.childTold = 0;
      trace.tasks.cloneBegins(task.tid, TracepointTasks.cloneFlags(task, pid, pid));
    }
  }

  /** Takes the line that says that a call has returned. */
  public void exit(SystemCall call) throws IOException {
    trace.line.skipBlanks();
    long result = values.readResult();
    if (result == NONE || !trace.line.terminated()) {
      trace.reject(UNREADABLE);
      return;
    }
    TracepointTask task = trace.task(trace.columns.tid());
    task.faulting = UNKNOWN;
    if (call.isExec()) {
      programs.execveReturns(task, result);
    } else if (call.isClone()) {
      tasks.cloneReturns(task, call, result);
    } else if (task.call != call || call.isExit()) {
      trace.abandon(task);
      trace.ignore(EXIT_WITHOUT_ENTER);
    } else if (call == SystemCall.SHMAT) {
      segments.attached(task, result);
    } else if (call == SystemCall.SHMDT) {
      segments.detached(task, result);
    } else {
      complete(call, task, result);
    }
  }

  /**
   * Takes {@code mmap_lock_acquire_returned: mm=… write=true success=true} and {@code
   * mmap_lock_released: mm=… write=true}: where a call of several at the same time takes effect.
   * One that gives memory up does so behind the first, any other has done all by the second.
   */
  public void lock(boolean released) throws IOException {
    TracepointTask task = trace.task(trace.columns.tid());
    SystemCall call = task.call;
    boolean places = call != null && call.isMemory() && call.givesUp() != released;
    if (!places || trace.line.indexOf("write=true") < 0 || trace.line.indexOf("success=f") >= 0) {
      trace.ignore("mmap-lock");
      return;
    }
    trace.giveUpPlace(task);
    task.place = trace.events.reserve();
    trace.account.parsed(1);
  }

  private void complete(SystemCall call, TracepointTask task, long result) throws IOException {
    if (-result >= ERESTARTSYS && -result <= ERESTART_RESTARTBLOCK) {
      trace.abandon(task, Account.RESTARTED);
      trace.ignore(Account.RESTARTED);
      return;
    }
    EventRow row = trace.row(dev.mmureplay.event.EventKind.MMAP);
    call.fill(row, row.pid, row.tid, task.arguments, task.argumentCount);
    if (trace.tasks.readImpliesExec(task.tid) && !task.unexecutable) {
      call.readImpliesExec(row, task.arguments);
    }
    trace.sinceBegin(row, task);
    row.result = result;
    if (row.file != UNKNOWN_INT && task.file != UNKNOWN_INT) {
      row.file = task.file;
    }
    trace.appendCall(task, row);
    task.close();
    trace.account.parsed(2);
  }

  /**
   * Forgets every open call, because events were lost: an exit from here on may belong to an enter
   * that is missing.
   */
  public void forgetOpenCalls() throws IOException {
    for (TracepointTask task : trace.allTasks()) {
      trace.abandon(task);
      task.loading = false;
      task.execTold = false;
      task.lastFault = UNKNOWN;
    }
  }
}
