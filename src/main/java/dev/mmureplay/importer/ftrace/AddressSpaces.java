package dev.mmureplay.importer.ftrace;

import static dev.mmureplay.event.EventSchema.UNKNOWN;

import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.importer.Account;
import dev.mmureplay.importer.EventSequencer;
import dev.mmureplay.importer.SystemCall;
import dev.mmureplay.importer.TaskTable;
import dev.mmureplay.importer.tracepoint.TaskListener;
import dev.mmureplay.importer.tracepoint.TracepointPrograms;
import dev.mmureplay.importer.tracepoint.TracepointTask;
import dev.mmureplay.importer.tracepoint.TracepointTrace;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which process owns which {@code mm_struct}.
 *
 * <p>A fork's parent builds the child's space before the child exists, and an execve builds the new
 * program's space beside the old one and may still fail. What is set in such a space is held back
 * until the fork or the execve has its event, and comes right behind it.
 */
final class AddressSpaces implements TaskListener {
  private final TracepointTrace trace;
  private final TracepointPrograms programs;

  /** The spaces whose pointer is known, until the kernel takes them down. */
  private final Map<Long, AddressSpace> byPointer = new HashMap<>();

  /** The space that each process runs in. */
  private final Map<Integer, AddressSpace> byProcess = new HashMap<>();

  /** The space that each task is making, by a fork or an execve. */
  private final Map<Integer, AddressSpace> inTheMaking = new HashMap<>();

  /** Whether tables of new spaces are shown being made. */
  private boolean makingShown;

  AddressSpaces(TracepointTrace trace, TracepointPrograms programs) {
    this.trace = trace;
    this.programs = programs;
  }

  /** Returns the space in which the task of the line at hand runs. */
  AddressSpace current() {
    int pid = trace.pid();
    return byProcess.computeIfAbsent(pid, key -> new AddressSpace(0, pid));
  }

  /** Returns the space with the given pointer, which the line at hand names. */
  AddressSpace named(long mm) throws IOException {
    AddressSpace current = current();
    AddressSpace known = byPointer.get(mm);
    if (known != null) {
      return known;
    }
    TracepointTask task = trace.task(trace.columns.tid());
    AddressSpace space = current;
    if (makesSpace(task)) {
      drop(task.tid, Account.NEVER_RETURNED);
      space = new AddressSpace(mm, AddressSpace.NO_PROCESS);
      inTheMaking.put(task.tid, space);
    } else if (current.mm != 0) {
      space = new AddressSpace(mm, current.pid);
      byProcess.put(current.pid, space);
    }
    space.mm = mm;
    byPointer.put(mm, space);
    return space;
  }

  private static boolean makesSpace(TracepointTask task) {
    SystemCall call = task.call;
    if (call == null) {
      return false;
    }
    boolean shares =
        call == SystemCall.CLONE
            && task.argumentCount > 0
            && (task.arguments[0] & TaskTable.CLONE_VM) != 0;
    return call.isExec() || (call.isClone() && !shares);
  }

  /** Notes that a table of a space has been made. */
  void tableMade() {
    makingShown = true;
  }

  /** Notes that a space has been handed to Xen: in an execve it is the program's from here on. */
  void pinned(long mm) throws IOException {
    AddressSpace space = named(mm);
    for (Map.Entry<Integer, AddressSpace> making : inTheMaking.entrySet()) {
      SystemCall call = trace.task(making.getKey()).call;
      if (making.getValue() == space && call != null && call.isExec()) {
        // A thread that executes has become its group's leader by now.
        programs.replaced(trace.task(trace.columns.tid()));
        return;
      }
    }
  }

  /** Notes that a space is being taken down. */
  void unpinned(long mm) {
    byPointer.remove(mm);
  }

  /** Forgets every pointer, because changes of them may have been missed. */
  void forget() {
    byPointer.clear();
    byProcess.clear();
  }

  /** Appends what was set in a space, or holds it back. */
  void append(EventRow row, AddressSpace space) throws IOException {
    TracepointTask task = trace.task(row.tid);
    SystemCall call = task.call;
    row.flags = 0;
    if (space.pid == AddressSpace.NO_PROCESS && call != null && call.isClone()) {
      row.flags = EventSchema.FROM_FORK;
    } else if (space.pid == AddressSpace.NO_PROCESS || task.execTold) {
      row.flags = EventSchema.FROM_EXEC;
    }
    if (space.pid == AddressSpace.NO_PROCESS) {
      EventSequencer.Place place = null;
      if (row.flags == EventSchema.FROM_FORK) {
        // The parent's memory is as the child's from here on, whatever it does before its return.
        trace.takesEffect(task);
        place = trace.events.reserve();
      }
      space.held.add(new AddressSpace.Held(new EventRow().set(row), place));
    } else {
      row.pid = space.pid;
      trace.append(row);
    }
  }

  @Override
  public void cloned(int parent, int child, long flags) throws IOException {
    AddressSpace made = inTheMaking.remove(parent);
    int parentPid = trace.tasks.pid(parent);
    AddressSpace shared = byProcess.get(parentPid);
    if (flags != UNKNOWN && (flags & TaskTable.CLONE_VM) != 0) {
      if (made != null) {
        own(made, parentPid);
      } else if (shared != null) {
        byProcess.put(trace.tasks.pid(child), shared);
      }
    } else if (made != null) {
      own(made, child);
    } else if (flags != UNKNOWN) {
      byProcess.remove(child);
    }
  }

  /** A clone for which no space is made shares its parent's; clone3 keeps its flags in memory. */
  @Override
  public long cloneFlags(int parent) {
    if (!makingShown) {
      return UNKNOWN;
    }
    return inTheMaking.containsKey(parent) ? TaskTable.SIGCHLD : TaskTable.CLONE_VM;
  }

  @Override
  public void clonedNothing(int parent) throws IOException {
    drop(parent, Account.FAILED_CLONE);
  }

  @Override
  public void execed(int caller, int tid) throws IOException {
    AddressSpace made = inTheMaking.remove(caller);
    int pid = trace.tasks.pid(tid);
    if (made == null) {
      byProcess.remove(pid);
    } else {
      own(made, pid);
    }
  }

  @Override
  public void execFailed(int tid) throws IOException {
    drop(tid, Account.FAILED_EXECVE);
  }

  private void own(AddressSpace space, int pid) throws IOException {
    space.pid = pid;
    byProcess.put(pid, space);
    for (AddressSpace.Held held : space.held) {
      held.row().pid = pid;
      if (held.place() == null) {
        trace.events.append(held.row());
      } else {
        trace.events.fill(held.place(), held.row());
      }
      trace.account.parsed(1);
    }
    space.held.clear();
  }

  private void drop(int tid, String rule) throws IOException {
    AddressSpace made = inTheMaking.remove(tid);
    if (made != null) {
      trace.account.ignored(rule, made.held.size());
      for (AddressSpace.Held held : made.held) {
        if (held.place() != null) {
          trace.events.fill(held.place(), null);
        }
      }
      made.held.clear();
      made.dropped = true;
      byPointer.remove(made.mm);
    }
  }

  /** Gives up what is still in the making, as at the end of a trace. */
  void finish() throws IOException {
    for (int tid : List.copyOf(inTheMaking.keySet())) {
      drop(tid, Account.NEVER_RETURNED);
    }
  }
}
