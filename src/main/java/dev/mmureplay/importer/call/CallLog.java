package dev.mmureplay.importer.call;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSink;
import dev.mmureplay.importer.Account;
import dev.mmureplay.importer.EventSequencer;
import dev.mmureplay.importer.SystemCall;
import dev.mmureplay.importer.TaskTable;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes events of calls, whether a trace tells each as a whole or its beginning and its end apart.
 */
public final class CallLog {
  /** The rule for the end of a call whose beginning the trace does not show. */
  public static final String EXIT_WITHOUT_ENTER = "exit-without-enter";

  private static final String EXITED_ALREADY = "exited-already";
  private static final String CLONE_IN_CHILD = "clone-in-child";

  /** The errors that mean that the kernel will make the call again (ERESTARTSYS and others). */
  private static final long ERESTARTSYS = 512;

  private static final long ERESTART_RESTARTBLOCK = 516;

  private final Account account;
  private final EventSequencer events;
  private final TaskTable tasks = new TaskTable();
  private final Map<Integer, Call> open = new HashMap<>();
  private final EventRow row = new EventRow();

  /** Enters lines into an account and passes events on to a sink. */
  public CallLog(Account account, EventSink sink) {
    this.account = account;
    this.events = new EventSequencer(sink);
  }

  /** Returns which thread group each task belongs to. */
  public TaskTable tasks() {
    return tasks;
  }

  /** Appends an event that is no call behind everything seen so far. */
  public void append(EventRow event) throws IOException {
    events.append(event);
  }

  /** Takes the beginning of a call whose end is still to come. */
  public void begins(Call call) throws IOException {
    abandon(call.tid);
    SystemCall system = call.system;
    if (system == null || !takesEffectAtItsEnd(system)) {
      whole(call);
      return;
    }
    Call kept = call.copy();
    if (system.givesUp() || system.isClone()) {
      kept.place = events.reserve();
    }
    if (system.isClone()) {
      tasks.pid(call.tid);
      tasks.cloneBegins(call.tid, flagsOrThread(call.flags()));
    }
    open.put(call.tid, kept);
  }

  private static boolean takesEffectAtItsEnd(SystemCall system) {
    return system.isMemory() || system.isClone() || system.isExec();
  }

  /** Returns the call that a task has begun and not ended, or null. */
  public @Nullable Call open(int tid) {
    return open.get(tid);
  }

  /**
   * Takes the end of a call that has begun: its {@code result}, the {@code time} of the end and, if
   * the trace tells it, its {@code duration}.
   */
  public void ends(Call end) throws IOException {
    Call begun = open.get(end.tid);
    if (begun == null || begun.system != end.system) {
      abandon(end.tid);
      if (end.system != null && end.system.isExec() && end.result == 0) {
        complete(end); // That the program is a new one is all there is to say.
        return;
      }
      boolean about = end.system != null && takesEffectAtItsEnd(end.system);
      if (about && end.result == 0 && end.system != null && end.system.isClone()) {
        account.ignored(CLONE_IN_CHILD, end.lines);
      } else {
        account.ignored(about ? EXIT_WITHOUT_ENTER : Account.NOT_ABOUT_MEMORY, end.lines);
      }
      return;
    }
    open.remove(end.tid);
    begun.result = end.result;
    begun.duration = end.duration;
    if (begun.duration == UNKNOWN && end.time != UNKNOWN && begun.time != UNKNOWN) {
      begun.duration = end.time - begun.time;
    }
    begun.lines += end.lines;
    complete(begun);
  }

  /** Takes a whole call; an exit is whole when it begins. */
  public void whole(Call call) throws IOException {
    abandon(call.tid);
    complete(call);
  }

  private void complete(Call call) throws IOException {
    SystemCall system = call.system;
    String rule = ruleAgainst(call);
    if (rule != null || system == null) {
      if (call.place != null) {
        events.fill(call.place, null);
      }
      if (system != null && system.isClone()) {
        tasks.cloneFails(call.tid);
      }
      account.ignored(rule == null ? Account.NOT_ABOUT_MEMORY : rule, call.lines);
      return;
    }
    int pid = tasks.pid(call.tid);
    if (system.isMemory()) {
      system.fill(row, pid, call.tid, call.arguments, call.count);
      if (row.file != UNKNOWN_INT && call.file != UNKNOWN_INT) {
        row.file = call.file;
      }
    } else if (system.isClone()) {
      row.reset(EventKind.CLONE, pid, call.tid);
      row.flags = call.flags();
      tasks.cloned(call.tid, (int) call.result, flagsOrThread(row.flags));
    } else if (system.isExec()) {
      row.reset(EventKind.EXECVE, pid, call.tid);
      tasks.execs(call.tid);
      abandonOthersOf(pid);
    } else {
      row.reset(EventKind.EXIT, pid, call.tid);
      row.flags = system == SystemCall.EXIT_GROUP ? 1 : 0;
    }
    row.result = call.result;
    row.duration = call.duration;
    append(call);
    account.parsed(call.lines);
  }

  private void append(Call call) throws IOException {
    row.time = call.time;
    row.cpu = call.cpu;
    row.line = call.line;
    if (call.place == null) {
      events.append(row);
    } else {
      events.fill(call.place, row);
    }
  }

  /** Returns the rule by which a call is no event, or null; makes the event of an exit. */
  private @Nullable String ruleAgainst(Call call) throws IOException {
    SystemCall system = call.system;
    if (system == null) {
      return Account.NOT_ABOUT_MEMORY;
    }
    if (system.isExit()) {
      return exits(call) ? null : EXITED_ALREADY;
    }
    if (!takesEffectAtItsEnd(system)) {
      return system.callName();
    }
    if (-call.result >= ERESTARTSYS && -call.result <= ERESTART_RESTARTBLOCK) {
      return Account.RESTARTED;
    }
    if (system.isMemory()) {
      return null;
    }
    if (call.result == UNKNOWN) {
      return Account.NEVER_RETURNED;
    }
    if (system.isClone()) {
      return call.result < 0 ? Account.FAILED_CLONE : call.result == 0 ? CLONE_IN_CHILD : null;
    }
    return call.result < 0 ? Account.FAILED_EXECVE : null;
  }

  private boolean exits(Call call) {
    boolean group = call.system == SystemCall.EXIT_GROUP;
    return group ? tasks.groupEnds(call.tid) : tasks.ends(call.tid);
  }

  private void abandonOthersOf(int pid) throws IOException {
    for (int tid : List.copyOf(open.keySet())) {
      if (tasks.pid(tid) == pid) {
        abandon(tid);
      }
    }
  }

  /** Gives up a task's open call, whose end will not come. */
  public void abandon(int tid) throws IOException {
    Call call = open.remove(tid);
    if (call == null) {
      return;
    }
    if (call.place != null) {
      events.fill(call.place, null);
    }
    if (call.system != null && call.system.isClone()) {
      tasks.cloneFails(tid);
    }
    account.ignored(Account.NEVER_RETURNED, call.lines);
  }

  /** Gives up every open call: events were lost, and an end may belong to a beginning not seen. */
  public void forgetOpenCalls() throws IOException {
    for (int tid : List.copyOf(open.keySet())) {
      abandon(tid);
    }
  }

  /** Ends the trace. */
  public void finish() throws IOException {
    forgetOpenCalls();
    events.finish();
  }

  /** A task of which nothing is known but that it is new is more often a thread than not. */
  private static long flagsOrThread(long flags) {
    return flags == UNKNOWN ? TaskTable.CLONE_VM | TaskTable.CLONE_THREAD : flags;
  }
}
