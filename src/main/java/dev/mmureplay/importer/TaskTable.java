package dev.mmureplay.importer;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which thread group each task belongs to, and which tasks have ended, as far as the trace has said
 * it yet.
 *
 * <p>A new task may show up before its parent's clone has returned. Such a task is taken to be the
 * child of the oldest clone still under way.
 */
public final class TaskTable {
  public static final long CLONE_VM = 0x100;
  public static final long CLONE_VFORK = 0x4000;
  public static final long CLONE_THREAD = 0x10000;
  public static final long SIGCHLD = 17;

  private static final class Group {
    private final int pid;
    private boolean ended;
    private boolean readImpliesExec;

    Group(int pid) {
      this.pid = pid;
    }
  }

  private static final class Task {
    private Group group;
    private boolean ended;

    Task(Group group) {
      this.group = group;
    }
  }

  private final Map<Integer, Task> tasks = new HashMap<>();

  /** The flags of the clones under way, by parent, oldest first. */
  private final Map<Integer, Long> cloning = new LinkedHashMap<>();

  /** The parents among them whose child has shown up already. */
  private final Set<Integer> claimed = new HashSet<>();

  private @Nullable Group common;
  private int lastTid = Integer.MIN_VALUE;
  private @Nullable Task last;

  /** Returns the thread group of a task. */
  public int pid(int tid) {
    return task(tid).group.pid;
  }

  /** Notes the thread group of a task where the trace names both. */
  public void set(int pid, int tid) {
    Task task = task(tid);
    if (task.group.pid != pid) {
      task.group = tid == pid ? new Group(pid) : task(pid).group;
      task.ended = false;
    }
  }

  /** Returns whether nothing was ever said about a task. */
  public boolean isNew(int tid) {
    return !tasks.containsKey(tid);
  }

  /**
   * Notes that the trace began in mid-run: a task that no clone explains is then taken to be a
   * thread of the same process as the given one.
   */
  public void unexplainedJoin(int tid) {
    common = task(tid).group;
  }

  /** Notes that a task has begun to clone; flags may be unknown. */
  public void cloneBegins(int parent, long flags) {
    cloning.put(parent, flags);
    claimed.remove(parent);
  }

  /** Notes that a clone came to nothing. */
  public void cloneFails(int parent) {
    cloning.remove(parent);
    claimed.remove(parent);
  }

  /** Notes a new task. Its number may have been that of an earlier task, which has ended then. */
  public void cloned(int parent, int child, long flags) {
    cloning.remove(parent);
    boolean hasShownUp = claimed.remove(parent);
    Task known = tasks.get(child);
    Group group = (flags & CLONE_THREAD) != 0 ? task(parent).group : null;
    if (known != null && hasShownUp && !known.ended && sameKind(known.group, group, child)) {
      return;
    }
    boolean inherited = readImpliesExec(parent);
    put(child, new Task(group == null ? new Group(child) : group));
    readImpliesExec(child, inherited);
  }

  private static boolean sameKind(Group known, @Nullable Group wanted, int child) {
    return wanted == null ? known.pid == child : known == wanted;
  }

  /**
   * Returns whether a task's program is known to have asked for PROT_EXEC wherever there is
   * PROT_READ (personality with READ_IMPLIES_EXEC). It holds for what it forks; a 64-bit program
   * begins without it.
   */
  public boolean readImpliesExec(int tid) {
    return task(tid).group.readImpliesExec;
  }

  /** Notes whether a task's program has asked for that. */
  public void readImpliesExec(int tid, boolean asked) {
    task(tid).group.readImpliesExec = asked;
  }

  /** Notes that a task has ended; returns false if that was known. */
  public boolean ends(int tid) {
    Task task = task(tid);
    boolean first = !task.ended && !task.group.ended;
    task.ended = true;
    return first;
  }

  /** Notes that a task's whole group has ended; returns false if that was known. */
  public boolean groupEnds(int tid) {
    Task task = task(tid);
    boolean first = !task.ended && !task.group.ended;
    task.group.ended = true;
    return first;
  }

  /** Returns whether a task, or its whole group, is known to have ended. */
  public boolean ended(int tid) {
    Task task = task(tid);
    return task.ended || task.group.ended;
  }

  /** Forgets a task of which nothing more will be said. */
  public void forget(int tid) {
    tasks.remove(tid);
    cloning.remove(tid);
    claimed.remove(tid);
    last = null;
  }

  /** Notes that a task has replaced its program: it is its group's only one and leads it. */
  public void execs(int tid) {
    Group group = task(tid).group;
    group.ended = false;
    group.readImpliesExec = false;
    Task leader = new Task(group);
    tasks.values().removeIf(task -> task.group == group);
    put(group.pid, leader);
  }

  /** Returns the only task that has not ended, or the fallback if there is not exactly one. */
  public int onlyTask(int fallback) {
    int found = 0;
    int tid = fallback;
    for (Map.Entry<Integer, Task> entry : tasks.entrySet()) {
      if (!entry.getValue().ended && !entry.getValue().group.ended) {
        tid = entry.getKey();
        found++;
      }
    }
    return found == 1 ? tid : fallback;
  }

  private Task task(int tid) {
    Task cached = last;
    if (tid == lastTid && cached != null) {
      return cached;
    }
    Task task = tasks.get(tid);
    if (task == null) {
      task = new Task(groupOfUnknown(tid));
      tasks.put(tid, task);
    }
    last = task;
    lastTid = tid;
    return task;
  }

  private Group groupOfUnknown(int tid) {
    for (Map.Entry<Integer, Long> clone : cloning.entrySet()) {
      Task parent = tasks.get(clone.getKey());
      if (parent != null && clone.getKey() != tid && claimed.add(clone.getKey())) {
        return (clone.getValue() & CLONE_THREAD) != 0 ? parent.group : new Group(tid);
      }
    }
    return common == null ? new Group(tid) : common;
  }

  private void put(int tid, Task task) {
    tasks.put(tid, task);
    last = null;
  }
}
