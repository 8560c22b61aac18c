package dev.mmureplay.importer.perf;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;
import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.event.EventRow;
import dev.mmureplay.importer.Account;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.SystemCall;
import java.io.IOException;

/**
 * Puts {@code sys_enter} and {@code sys_exit} of each task together.
 *
 * <p>They do not come in pairs: a recording begins with the exit of an execve, a new task begins
 * with the exit of a clone that it never entered, a killed task leaves its last enter open, and
 * where events were lost an exit may even belong to a later enter of the same call.
 */
final class PerfCalls {
  private static final String EXIT_WITHOUT_ENTER = "exit-without-enter";
  private static final String UNREADABLE = "unreadable arguments or result";

  /** The least errno that means that the kernel will make the call again; up to 516. */
  private static final long ERESTARTSYS = 512;

  private static final long ERESTART_RESTARTBLOCK = 516;

  private final PerfTrace trace;
  private final PerfTasks tasks;

  PerfCalls(PerfTrace trace, PerfTasks tasks) {
    this.trace = trace;
    this.tasks = tasks;
  }

  /** Takes the line that says that a call begins. */
  void enter(SystemCall call) throws IOException {
    PerfTask task = trace.task(trace.columns.tid());
    int pid = trace.pid();
    trace.abandon(task);
    task.loading = false;
    task.execTold = false;
    task.lastFault = UNKNOWN;
    if (call.isExit()) {
      tasks.exits(call == SystemCall.EXIT_GROUP);
      return;
    }
    if (call == SystemCall.SHMAT || call == SystemCall.SHMDT) {
      trace.ignore(call.callName());
      return;
    }
    task.argumentCount = 0;
    // What an execve is given may be printed as text, and is not needed.
    if ((!call.isExec() && !readArguments(task)) || task.argumentCount < call.arguments()) {
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
      trace.tasks.cloneBegins(task.tid, PerfTasks.cloneFlags(task, pid, pid));
    }
  }

  /** Reads {@code start: 0x7f…, len: 0x00010000, prot: 0x00000001}. */
  private boolean readArguments(PerfTask task) {
    LineScanner line = trace.line;
    while (task.argumentCount < SystemCall.MAX_ARGUMENTS && line.skipTo(": ")) {
      long value = trace.signed();
      if (value == NONE) {
        return false;
      }
      task.arguments[task.argumentCount++] = value;
      if (line.peek() != ',' && !line.atEnd()) {
        break;
      }
    }
    return line.terminated();
  }

  /** Takes the line that says that a call has returned. */
  void exit(SystemCall call) throws IOException {
    trace.line.skipBlanks();
    long result = trace.signed();
    if (result == NONE || !trace.line.terminated()) {
      trace.reject(UNREADABLE);
      return;
    }
    PerfTask task = trace.task(trace.columns.tid());
    if (call.isExec()) {
      tasks.execveReturns(task, result);
    } else if (call.isClone()) {
      tasks.cloneReturns(task, call, result);
    } else if (call == SystemCall.SHMAT || call == SystemCall.SHMDT) {
      trace.ignore(call.callName());
    } else if (task.call != call || call.isExit()) {
      trace.abandon(task);
      trace.ignore(EXIT_WITHOUT_ENTER);
    } else {
      complete(call, task, result);
    }
  }

  private void complete(SystemCall call, PerfTask task, long result) throws IOException {
    if (-result >= ERESTARTSYS && -result <= ERESTART_RESTARTBLOCK) {
      trace.abandon(task, Account.RESTARTED);
      trace.ignore(Account.RESTARTED);
      return;
    }
    EventRow row = trace.row(dev.mmureplay.event.EventKind.MMAP);
    call.fill(row, row.pid, row.tid, task.arguments, task.argumentCount);
    trace.sinceBegin(row, task);
    row.result = result;
    if (row.file != UNKNOWN_INT && task.file != UNKNOWN_INT) {
      row.file = task.file;
    }
    if (task.place == null) {
      trace.events.append(row);
    } else {
      trace.events.fill(task.place, row);
    }
    task.close();
    trace.account.parsed(2);
  }

  /**
   * Forgets every open call, because events were lost: an exit from here on may belong to an enter
   * that is missing.
   */
  void forgetOpenCalls() throws IOException {
    for (PerfTask task : trace.allTasks()) {
      trace.abandon(task);
      task.loading = false;
      task.execTold = false;
      task.lastFault = UNKNOWN;
    }
  }
}
