package dev.mmureplay.replay.verify;

import dev.mmureplay.event.EventBatch;
import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventReader;
import dev.mmureplay.event.XenEvent;
import dev.mmureplay.mmu.GuestKernel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a recording shows about the kernel that made it, and where in it its mprotect calls begin.
 * Found in one pass, before the replay.
 */
public final class Evidence {
  private static final String UPDATE_BATCH = "mmu-update-batch";
  private static final String ASSUMED = "assumed";
  private static final long MMU_UPDATE = 1;
  private static final long MMUEXT = 26;
  private static final int CHUNK_SHIFT = 21;
  private static final int EXEC = 4;

  /** Where a task is in its calls. */
  private static final class Task {
    private final Longs begins = new Longs();
    private int next;
    private boolean updated;
    private long chunk = -1;
    private boolean sent;
    private long requests;
    private long sentRequests;
    private boolean requested;
    private boolean flushed;
    private boolean switching;

    /** The pages that the call under way has rewritten, where a recording shows them. */
    private final Longs pages = new Longs();
  }

  private final Map<Integer, Task> tasks = new HashMap<>();
  private boolean xen;
  private boolean observed;
  private final Map<Integer, Integer> running = new HashMap<>();
  private boolean switches;
  private boolean gaps;
  private final Overlaps overlaps = new Overlaps();
  private final Pauses pauses = new Pauses();
  private final KernelEvidence kernel = new KernelEvidence();
  private boolean dataMappings;
  private final Set<EventKind> kinds = EnumSet.noneOf(EventKind.class);
  private long calls;
  private long modified;
  private long set;
  private long requests;
  private long extended;
  private long asked;
  private long apart;
  private long flushedAlone;

  private Evidence() {}

  /**
   * Reads a recording for evidence.
   *
   * @throws IOException if it cannot be read
   */
  public static Evidence of(Path eventFile) throws IOException {
    Evidence evidence = new Evidence();
    try (EventReader reader = EventReader.open(eventFile)) {
      while (reader.nextBatch()) {
        evidence.findCalls(reader.batch());
      }
    }
    if (evidence.xen) {
      try (EventReader reader = EventReader.open(eventFile)) {
        while (reader.nextBatch()) {
          evidence.look(reader.batch());
        }
      }
      evidence.tasks.values().forEach(task -> task.next = 0);
    }
    return evidence;
  }

  private void findCalls(EventBatch batch) {
    for (int row = 0; row < batch.rows(); row++) {
      EventKind kind = batch.kind(row);
      if (kind == EventKind.MPROTECT || kind == EventKind.PKEY_MPROTECT) {
        calls++;
        tasks.computeIfAbsent(batch.tid(row), tid -> new Task()).begins.add(batch.line(row));
      }
      xen |= kind == EventKind.OBSERVED_XEN;
      observed |= kind.isObservation();
      kinds.add(kind);
      dataMappings |= kind == EventKind.OBSERVED_VMA && (batch.protection(row) & EXEC) == 0;
      kernel.look(batch, row, kind);
      overlaps.look(batch, row, kind);
      followSwitches(batch, row, kind);
    }
  }

  /**
   * A fault or an update of a task on a CPU that last switched to another one: the recording was
   * interrupted in between, and what the other CPUs did then is not known either.
   */
  private void followSwitches(EventBatch batch, int row, EventKind kind) {
    int cpu = batch.cpu(row);
    if (kind == EventKind.SCHED_SWITCH) {
      switches = true;
      running.put(cpu, batch.tid(row));
    } else if (kind.isAccess() || kind == EventKind.OBSERVED_PTE || kind == EventKind.MARKER) {
      Integer task = running.get(cpu);
      gaps |= task != null && task != batch.tid(row);
    }
  }

  /** Returns whether a row of a task lies inside the mprotect call of it that ends next. */
  boolean inside(int tid, long line) {
    Task task = tasks.get(tid);
    return task != null && task.next < task.begins.size() && line > task.begins.get(task.next);
  }

  /** Goes on to a task's next call. */
  void ended(int tid) {
    Task task = tasks.get(tid);
    if (task != null) {
      task.next++;
    }
  }

  private void look(EventBatch batch) {
    for (int row = 0; row < batch.rows(); row++) {
      EventKind kind = batch.kind(row);
      pauses.look(batch, row, kind);
      if (kind == EventKind.MPROTECT || kind == EventKind.PKEY_MPROTECT) {
        Task task = tasks.get(batch.tid(row));
        if (task != null) {
          task.next++;
          task.chunk = -1;
          flushedAlone += task.flushed && !task.requested ? 1 : 0;
          task.flushed = false;
          task.requested = false;
          pauses.rewrote(batch, row, kind, task.pages);
          task.pages.clear();
        }
        continue;
      }
      boolean shown =
          kind == EventKind.OBSERVED_PTE
              || kind == EventKind.SET_PTE
              || kind == EventKind.OBSERVED_XEN;
      Task task = shown ? tasks.get(batch.tid(row)) : null;
      if (task == null || !inside(batch.tid(row), batch.line(row))) {
        continue;
      }
      if (kind == EventKind.OBSERVED_XEN) {
        hypercall(task, batch, row);
      } else if (kind == EventKind.SET_PTE || batch.flags(row) == 1) {
        modified += kind == EventKind.OBSERVED_PTE ? 1 : 0;
        set += kind == EventKind.SET_PTE ? 1 : 0;
        long chunk = batch.address(row) >>> CHUNK_SHIFT;
        if (chunk == task.chunk && task.sent) {
          apart++;
          kernel.batchEnded(task.sentRequests);
        }
        task.pages.add(batch.address(row));
        task.chunk = chunk;
        task.sent = false;
        task.updated = true;
      }
    }
  }

  private void hypercall(Task task, EventBatch batch, int row) {
    long flags = batch.flags(row);
    boolean update = XenEvent.detail(flags) == MMU_UPDATE;
    switch (XenEvent.ofFlags(flags)) {
      case MC_EXTEND -> {
        if (update && task.updated) {
          asked++;
          extended += batch.result(row) == 0 ? 1 : 0;
          task.requests += batch.result(row) == 0 ? 1 : 0;
        }
      }
      case MC_ENTRY -> {
        requests += update ? 1 : 0;
        task.requested |= update;
        task.flushed |= XenEvent.detail(flags) == MMUEXT && !task.switching;
        task.requests += update ? 1 : 0;
        task.updated = false;
      }
      case WRITE_CR3 -> task.switching = true;
      case MC_FLUSH -> {
        task.switching = false;
        task.sent = true;
        task.sentRequests = task.requests;
        task.requests = 0;
      }
      default -> {
        // Flushes show in their requests.
      }
    }
  }

  /** Returns how many mprotect calls the recording has. */
  public long calls() {
    return calls;
  }

  /** Returns which calls meet in time. */
  Overlaps overlaps() {
    return overlaps;
  }

  /** Returns whether every switch between tasks is shown, without a gap. */
  boolean switchesShown() {
    return switches && !gaps && !shows(EventKind.LOST);
  }

  /** Returns whether protections changed while it did not record. */
  boolean pauses() {
    return pauses.found();
  }

  /** Returns whether something changed unseen: it pauses, or events were lost. */
  boolean misses() {
    return pauses.found() || shows(EventKind.LOST);
  }

  /** Returns whether events of a kind are shown at all. */
  boolean shows(EventKind kind) {
    return kinds.contains(kind);
  }

  /** Returns whether mappings are shown that are not executable. */
  boolean showsDataMappings() {
    return dataMappings;
  }

  /** Returns whether the recording is of a Xen guest. */
  boolean isXen() {
    return xen;
  }

  /**
   * Returns the guest kernel that makes recordings like this one.
   *
   * @param release what the recording says itself, or null
   */
  public Deduction<GuestKernel> kernel(@Nullable KernelRelease release) {
    return kernel.kernel(xen, release);
  }

  /** Returns whether the recording shows which PTEs a call rewrites. */
  boolean updatesShown() {
    return modified > 0 || setsUpdate();
  }

  /**
   * Returns whether PTEs that are set inside a call are what it updates: where the recording shows
   * neither PTEs being modified nor flushes behind no request at all, as of updates by traps.
   */
  boolean setsUpdate() {
    return modified == 0 && set > 0 && flushedAlone == 0;
  }

  /** Returns whether anything was observed that a model can be compared with. */
  public boolean isComparable() {
    return observed;
  }

  /** Returns the name of the backend that does what the recording shows, and how that is known. */
  public Deduction<String> backend() {
    if (!xen) {
      return new Deduction<>("native", "no event of Xen");
    }
    if (modified > 0) {
      if (extended > 0) {
        return new Deduction<>(UPDATE_BATCH, counted(extended, "requests extend an mmu_update"));
      }
      if (asked > 0 && apart > 0) {
        return new Deduction<>(
            "preserve-ad", counted(apart, "mmu_updates follow another of the same PTE page"));
      }
      if (asked == 0 && requests > 0) {
        return new Deduction<>("multicall", counted(requests, "PTEs have an entry of their own"));
      }
      return new Deduction<>(UPDATE_BATCH, ASSUMED);
    }
    if (setsUpdate()) {
      return new Deduction<>(
          "trap-emulate-batched-set", counted(set, "PTEs are set without having been read"));
    }
    return flushedAlone > 0
        ? new Deduction<>("trap-emulate", counted(flushedAlone, "calls flush behind no update"))
        : new Deduction<>(UPDATE_BATCH, ASSUMED);
  }

  private static String counted(long n, String what) {
    return String.format(Locale.ROOT, "%,d %s", n, what);
  }
}
