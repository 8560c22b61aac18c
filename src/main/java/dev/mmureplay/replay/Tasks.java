package dev.mmureplay.replay;

import dev.mmureplay.machine.AddressSpace;
import dev.mmureplay.machine.Machine;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which process uses which address space, through clone, execve and exit. */
final class Tasks {
  private static final long CLONE_VM = 0x100;
  private static final long CLONE_THREAD = 0x10000;

  /** A child appeared before its parent's clone was seen to end; what it inherited is not known. */
  static final String CHILD_BEFORE_CLONE = "child-seen-before-its-clone";

  /** An event of a process that had already ended; it was passed over. */
  static final String AFTER_EXIT = "event-after-exit-ignored";

  private static final class TaskGroup {
    private final AddressSpace space;
    private final Set<Integer> tids = new HashSet<>();

    TaskGroup(AddressSpace space) {
      this.space = space;
    }
  }

  private final Machine machine;
  private final Map<Integer, TaskGroup> processes = new HashMap<>();
  private final Map<Integer, Integer> pidOfTid = new HashMap<>();
  private final Map<Integer, Integer> cpuOfTid = new HashMap<>();
  private final Set<Integer> ended = new HashSet<>();

  /** Tasks that have called exit: until they are gone they run where they ran before. */
  private final Map<Integer, AddressSpace> leaving = new HashMap<>();

  private final boolean fromStart;
  private boolean lost;

  /**
   * Knows no process yet.
   *
   * @param fromStart whether the trace begins with the program, whose process is the first
   */
  Tasks(Machine machine, boolean fromStart) {
    this.machine = machine;
    this.fromStart = fromStart;
  }

  /** Events are missing here: nothing is known of any address space, and processes may be new. */
  void forget() {
    lost = true;
    live().forEach(machine.knowledge()::forget);
  }

  /**
   * Returns the address space of a process; a process not seen before starts with an empty one.
   * Null once it ended.
   */
  @Nullable AddressSpace spaceOf(int pid) {
    TaskGroup process = processes.get(pid);
    if (process != null) {
      return process.space;
    }
    if (ended.contains(pid)) {
      machine.assumptions().use(AFTER_EXIT, 1);
      return null;
    }
    return start(pid, unannounced(pid)).space;
  }

  /**
   * The space of a process that no clone was seen to make. The first one of a trace from the start
   * is the program; one of a trace that is not is older than the trace. Any other is a gap in what
   * the trace shows: it may share memory that we have under another name.
   */
  private AddressSpace unannounced(int pid) {
    AddressSpace space = machine.olderAddressSpace(pid);
    boolean first = space.id() == 0;
    if (!fromStart && !lost) {
      machine.knowledge().forget(space);
    } else if (!first || lost) {
      machine.knowledge().distrust(space);
    }
    return space;
  }

  /** Forgets what is in the address spaces, because events were lost that may have changed it. */
  void startOver() {
    Map<AddressSpace, AddressSpace> fresh = new HashMap<>();
    processes.replaceAll(
        (pid, process) -> {
          AddressSpace space = fresh.computeIfAbsent(process.space, old -> unannounced(pid));
          TaskGroup group = new TaskGroup(space);
          group.tids.addAll(process.tids);
          return group;
        });
    fresh.keySet().forEach(machine::abandon);
  }

  /** Returns the address space of a process that is known by now, or null; starts nothing. */
  @Nullable AddressSpace knownSpaceOf(int pid) {
    TaskGroup group = processes.get(pid);
    return group == null ? null : group.space;
  }

  /**
   * Returns the address space that a task runs in, or null if the trace does not follow the task.
   */
  @Nullable AddressSpace spaceOfTask(int tid) {
    Integer pid = pidOfTid.get(tid);
    TaskGroup process = pid == null ? null : processes.get(pid);
    if (process != null) {
      return process.space;
    }
    AddressSpace left = leaving.get(tid);
    return left != null && left.isUsed() ? left : null;
  }

  /** Notes on which CPU a task runs from now on. */
  void runsOn(int tid, int cpu) {
    cpuOfTid.put(tid, cpu);
  }

  /** Returns the CPU that a task was last switched to, else the given one. */
  int cpuOf(int tid, int otherwise) {
    Integer cpu = cpuOfTid.get(tid);
    return cpu == null ? otherwise : cpu;
  }

  /** Notes that a task of a process was seen. */
  void seen(int pid, int tid) {
    TaskGroup process = processes.get(pid);
    if (process != null && process.tids.add(tid)) {
      pidOfTid.put(tid, pid);
      leaving.remove(tid);
      TaskGroup own = tid == pid ? null : processes.get(tid);
      if (own != null && own.space == process.space) {
        // It shares its parent's memory because it is one of its threads.
        processes.remove(tid);
        machine.drop(own.space);
      }
    }
  }

  /** Returns whether a process is known to have more than one task. */
  boolean isThreaded(int pid) {
    TaskGroup process = processes.get(pid);
    return process != null && process.tids.size() > 1;
  }

  void clone(int pid, int childTid, long flags) {
    AddressSpace parent = spaceOf(pid);
    if (parent == null) {
      return;
    }
    if ((flags & CLONE_THREAD) != 0) {
      seen(pid, childTid);
      return;
    }
    if (processes.containsKey(childTid)) {
      machine.assumptions().use(CHILD_BEFORE_CLONE, 1);
      machine.knowledge().forget(parent);
      return;
    }
    AddressSpace space;
    if ((flags & CLONE_VM) != 0) {
      machine.share(parent);
      space = parent;
    } else {
      space = machine.fork(parent, childTid);
    }
    start(childTid, space);
  }

  void execve(int pid, int tid) {
    TaskGroup before = processes.remove(pid);
    start(pid, machine.newAddressSpace(pid));
    seen(pid, tid);
    if (before != null) {
      machine.drop(before.space);
    }
  }

  void exit(int pid, int tid, boolean wholeGroup) {
    TaskGroup process = processes.get(pid);
    pidOfTid.remove(tid);
    cpuOfTid.remove(tid);
    if (process == null) {
      return;
    }
    leaving.put(tid, process.space);
    process.tids.remove(tid);
    if (wholeGroup || process.tids.isEmpty()) {
      process.tids.forEach(pidOfTid::remove);
      processes.remove(pid);
      ended.add(pid);
      machine.drop(process.space);
    }
  }

  /** Returns the address spaces still in use, each once, in the order of their numbers. */
  Collection<AddressSpace> live() {
    Set<AddressSpace> spaces = new HashSet<>();
    processes.values().forEach(process -> spaces.add(process.space));
    List<AddressSpace> sorted = new ArrayList<>(spaces);
    sorted.sort((a, b) -> Integer.compare(a.id(), b.id()));
    return sorted;
  }

  private TaskGroup start(int pid, AddressSpace space) {
    ended.remove(pid);
    leaving.remove(pid);
    TaskGroup process = new TaskGroup(space);
    process.tids.add(pid);
    pidOfTid.put(pid, pid);
    processes.put(pid, process);
    return process;
  }
}
