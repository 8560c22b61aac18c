package dev.mmureplay.replay;

import static java.util.Objects.requireNonNull;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;

/**
 * A complete trace of processes that do at random what programs do to their memory: every event has
 * a line, names its CPU, and succeeds as it would have.
 */
final class RandomTrace {
  private static final int PAGES = 1200;
  private static final int CPUS = 2;
  private static final int NONE = 0;
  private static final int READ = 1;
  private static final int WRITE = 2;
  private static final int EXEC = 4;
  static final int VFORK = 0x4100;
  private static final int THREAD = 0x10100;
  private static final long SHARED_FILE = 0x01;
  private static final long PRIVATE_FILE = 0x02;
  private static final long SHARED = 0x21;
  private static final long PRIVATE = 0x22;
  private static final int[] ADVICE = {4, 4, 8, 8, 20, 20, 22, 23, 14, 10, 21};

  /** One process: the protection of each mapped page, and where its threads run. */
  private static final class Task {
    private final int pid;
    private final NavigableMap<Integer, Integer> protection;
    private final List<Integer> tids = new ArrayList<>();
    private boolean shares;

    Task(int pid, NavigableMap<Integer, Integer> protection) {
      this.pid = pid;
      this.protection = protection;
      tids.add(pid);
    }
  }

  private final Random random;
  private final boolean plain;
  private final List<EventRow> rows = new ArrayList<>();
  private final Map<Integer, Task> processes = new HashMap<>();
  private final List<Integer> pids = new ArrayList<>();
  private int lastTask = 1;

  private RandomTrace(long seed, boolean plain) {
    this.plain = plain;
    random = new Random(seed);
    start(new Task(1, new TreeMap<>()));
  }

  /** Returns the events of a seed, each with its line. */
  static List<EventRow> of(long seed, int steps) {
    return of(new RandomTrace(seed, false), steps);
  }

  /** Returns events of which nothing has to be assumed: no threads, no files, no reclaim. */
  static List<EventRow> plain(long seed, int steps) {
    return of(new RandomTrace(seed, true), steps);
  }

  private static List<EventRow> of(RandomTrace trace, int steps) {
    for (int i = 0; i < steps; i++) {
      trace.step();
    }
    return trace.rows;
  }

  private void start(Task process) {
    processes.put(process.pid, process);
    pids.add(process.pid);
  }

  private void step() {
    Task process = requireNonNull(processes.get(pids.get(random.nextInt(pids.size()))));
    // Half of what happens concerns the same few places, so that much comes together there.
    int first =
        random.nextBoolean() ? random.nextInt(PAGES) : 300 * random.nextInt(4) + random.nextInt(9);
    int most = random.nextInt(6) == 0 ? 700 : 30;
    int pages = Math.min(PAGES - first, 1 + random.nextInt(most));
    switch (random.nextInt(22)) {
      case 0, 1, 2 -> map(process, first, pages);
      case 3 -> {
        call(process, EventKind.MUNMAP, first, pages, 0);
        process.protection.subMap(first, first + pages).clear();
      }
      case 4, 5 -> advise(process, first, pages);
      case 6 -> move(process, first, Math.min(pages, 30));
      case 7 -> task(process);
      case 8, 9, 10, 11, 12 -> protect(process, first, pages);
      default -> touch(process, first, pages);
    }
  }

  private void map(Task process, int first, int pages) {
    EventRow row = call(process, EventKind.MMAP, first, pages, Events.page(first));
    row.protection = random.nextInt(3) == 0 ? NONE : 1 + random.nextInt(7);
    switch (plain ? 4 : random.nextInt(8)) {
      case 0 -> file(row, PRIVATE_FILE, first);
      case 1 -> file(row, SHARED_FILE, first);
      case 2 -> row.flags = SHARED;
      case 3 -> row.flags = PRIVATE | 0x8000;
      default -> row.flags = PRIVATE;
    }
    put(process, first, pages, row.protection);
  }

  private static void file(EventRow row, long flags, int first) {
    row.flags = flags;
    row.file = 3;
    row.offset = first * 4096L;
  }

  private static void put(Task process, int first, int pages, int protection) {
    for (int i = first; i < first + pages; i++) {
      process.protection.put(i, protection);
    }
  }

  private void advise(Task process, int first, int pages) {
    int advice = ADVICE[random.nextInt(ADVICE.length)];
    if (plain && advice > 20) {
      return;
    }
    boolean mapped = process.protection.subMap(first, first + pages).size() == pages;
    if (mapped) {
      call(process, EventKind.MADVISE, first, pages, 0).flags = advice;
    }
  }

  /** Moves a range that has one protection to another place, or makes it longer or shorter. */
  private void move(Task process, int first, int pages) {
    Map<Integer, Integer> range = process.protection.subMap(first, first + pages);
    if (range.size() < pages || range.values().stream().distinct().count() > 1) {
      return;
    }
    int protection = requireNonNull(process.protection.get(first));
    int newPages = Math.max(1, pages + random.nextInt(11) - 5);
    int target = random.nextInt(PAGES - newPages);
    if (target < first + pages && first < target + newPages) {
      return;
    }
    EventRow row = call(process, EventKind.MREMAP, first, pages, Events.page(target));
    row.flags = 3;
    row.length2 = newPages * 4096L;
    row.address2 = Events.page(target);
    process.protection.subMap(first, first + pages).clear();
    put(process, target, newPages, protection);
  }

  private void task(Task process) {
    int kind = random.nextInt(8);
    if (kind < 3 && pids.size() < 5) {
      EventRow row = add(process, EventKind.CLONE);
      row.result = ++lastTask;
      row.flags = kind == 2 ? VFORK : 0x11;
      Task child =
          new Task(lastTask, kind == 2 ? process.protection : new TreeMap<>(process.protection));
      child.shares = kind == 2;
      start(child);
    } else if (kind < 5 && !process.shares && !plain) {
      EventRow row = add(process, EventKind.CLONE);
      row.result = ++lastTask;
      row.flags = THREAD;
      process.tids.add(lastTask);
    } else if (kind == 5 || (kind == 6 && process.shares)) {
      EventRow row = add(process, EventKind.EXECVE);
      row.tid = process.pid;
      pids.remove((Integer) process.pid);
      start(new Task(process.pid, new TreeMap<>()));
    } else if (kind == 6 && pids.size() > 1) {
      add(process, EventKind.EXIT).flags = 1;
      pids.remove((Integer) process.pid);
    }
  }

  private void protect(Task process, int first, int pages) {
    int protection = random.nextInt(4) == 0 ? random.nextInt(8) : random.nextInt(4);
    EventRow row = call(process, EventKind.MPROTECT, first, pages, 0);
    row.protection = protection;
    for (int i = first; i < first + pages; i++) {
      if (!process.protection.containsKey(i)) {
        row.result = -12;
        return;
      }
      process.protection.put(i, protection);
    }
  }

  private void touch(Task process, int first, int pages) {
    EventKind kind = EventKind.values()[random.nextInt(3)];
    int stride = 1 + random.nextInt(4);
    for (int i = first; i < Math.min(PAGES, first + Math.min(pages, 60)); i += stride) {
      int protection = process.protection.getOrDefault(i, NONE);
      boolean allowed =
          switch (kind) {
            case WRITE -> (protection & WRITE) != 0;
            case FETCH -> (protection & EXEC) != 0;
            default -> (protection & (READ | WRITE | EXEC)) != 0;
          };
      if (allowed) {
        add(process, kind).address = Events.page(i);
      }
    }
  }

  private EventRow call(Task process, EventKind kind, int first, int pages, long result) {
    EventRow row = add(process, kind);
    row.address = Events.page(first);
    row.length = pages * 4096L;
    row.result = result;
    return row;
  }

  /** A process with one thread stays on its CPU: where it runs is not what is asked here. */
  private EventRow add(Task process, EventKind kind) {
    int tid = process.tids.get(random.nextInt(process.tids.size()));
    EventRow row = new EventRow().reset(kind, process.pid, tid);
    row.cpu = process.tids.size() > 1 ? random.nextInt(CPUS) : process.pid % CPUS;
    row.line = rows.size() + 1L;
    rows.add(row);
    return row;
  }
}
