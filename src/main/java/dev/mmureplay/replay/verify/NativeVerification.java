package dev.mmureplay.replay.verify;

import static dev.mmureplay.event.EventSchema.UNKNOWN;

import dev.mmureplay.event.EventBatch;
import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.machine.AddressSpace;
import dev.mmureplay.machine.BackendState;
import dev.mmureplay.machine.Machine;
import dev.mmureplay.machine.ProtectionObserver;
import dev.mmureplay.machine.Vma;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.OperationCounter;
import dev.mmureplay.replay.CallFacts;
import dev.mmureplay.replay.Witness;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Compares a replay with a recording of plain Linux: PTEs before and after each mprotect and at
 * each fault, VMAs, TLB flushes, whichever of them the recording has.
 */
final class NativeVerification implements Witness, ProtectionObserver {
  /** With it a call reaches down to where the stack begins. */
  private static final int PROT_GROWSDOWN = 0x0100_0000;

  private static final String VMA = EventKind.OBSERVED_VMA.name().toLowerCase(Locale.ROOT);
  private static final String FLUSH = EventKind.OBSERVED_TLB_FLUSH.name().toLowerCase(Locale.ROOT);

  /** What was seen of one task and waits for the row of its call. */
  private static final class Task {
    private final Snapshot before = new Snapshot();
    private final Snapshot after = new Snapshot();
    private final VmaWitness.Waiting vmas = new VmaWitness.Waiting();
    private final FlushWitness.Waiting flushes = new FlushWitness.Waiting();
    private final SnapshotWords old;

    /** The last call, while the PTEs behind it have not been seen. */
    private @Nullable CallCheck unfinished;

    Task(long protNone) {
      old = SnapshotWords.before(protNone);
    }
  }

  private final HeldCalls held = new HeldCalls();
  private final Evidence evidence;
  private final GuestKernel kernel;
  private final CheckSink sink;
  private final Shares shares = new Shares();
  private final CallWindows windows;

  /** Address spaces with mappings that are executable, which the model does not know. */
  private final Set<Integer> executing = new HashSet<>();

  private final VmaWitness vmas;
  private final FlushWitness flushes;
  private final Map<Integer, Task> tasks = new HashMap<>();
  private final SnapshotWords words;
  private IntFunction<@Nullable AddressSpace> spaceOfPid = pid -> null;
  private @Nullable PteWitness ptes;
  private @Nullable Machine machine;
  private @Nullable AddressSpace space;

  /** Whether events are missing; of a space that is unsure then, mappings may be otherwise. */
  private boolean loss;

  /** Whether the call under way reaches into a mapping that is older than the recording. */
  private boolean older;

  NativeVerification(Evidence evidence, GuestKernel kernel, CheckSink sink) {
    this.evidence = evidence;
    this.kernel = kernel;
    this.sink = sink;
    this.words = SnapshotWords.after(kernel.protNone());
    this.windows = new CallWindows(evidence.overlaps());
    this.vmas = new VmaWitness(windows, shares, !evidence.showsDataMappings());
    this.flushes = new FlushWitness(windows, shares, kernel);
  }

  @Override
  public OperationCounter newCounter() {
    return new OperationCounter();
  }

  @Override
  public void begin(Machine machine) {
    this.machine = machine;
    ptes = new PteWitness(machine, kernel.protNone(), windows, shares);
    machine.observeProtection(this);
    if (!evidence.switchesShown()) {
      machine.missSwitches();
    }
  }

  @Override
  public void spaces(IntFunction<@Nullable AddressSpace> spaces) {
    spaceOfPid = spaces;
  }

  @Override
  public boolean sees(EventBatch batch, int row, EventKind kind) throws IOException {
    if (kind == EventKind.LOST) {
      finishCalls();
      tasks.clear();
      windows.clear();
      loss = true;
      return false;
    }
    PteWitness told = ptes;
    AddressSpace owner = spaceOfPid.apply(batch.pid(row));
    if (told == null || owner == null) {
      // The first that is seen of a process: there is nothing yet to compare with.
      return false;
    }
    told.seen(batch.pid(row), batch.tid(row));
    switch (kind) {
      case OBSERVED_PTE -> pte(batch, row, owner, told);
      case OBSERVED_VMA ->
          vmas.saw(
              task(batch.tid(row)).vmas,
              owner,
              batch.time(row),
              batch.line(row),
              new Area(
                  batch.address(row),
                  batch.length(row),
                  batch.protection(row),
                  batch.offset(row),
                  loss && owner.isUnsure()));
      case OBSERVED_TLB_FLUSH ->
          flushes.saw(
              task(batch.tid(row)).flushes,
              batch.time(row),
              batch.line(row),
              batch.length(row),
              batch.flags(row));
      default -> {
        // Calls are compared when they have been replayed.
      }
    }
    return false;
  }

  private Task task(int tid) {
    return tasks.computeIfAbsent(tid, number -> new Task(kernel.protNone()));
  }

  private void pte(EventBatch batch, int row, AddressSpace owner, PteWitness told)
      throws IOException {
    long flags = batch.flags(row);
    int tid = batch.tid(row);
    if (flags == EventSchema.PTE_AT_FAULT) {
      windows.about(tid, batch.time(row));
      long page = batch.address(row);
      long time = batch.time(row);
      if (batch.result(row) != 0 || told.model(owner, page) != 0) {
        long model = told.model(owner, page);
        long word = batch.result(row);
        if (told.compare(Shares.Subject.PTE_AT_FAULT, owner, tid, time, time, page, word)
            == Outcome.DIFFERENT) {
          sink.stray(
              tid,
              SnapshotWords.difference(
                  "PTE at a fault", batch.line(row), page, model, word, kernel.protNone()));
        }
      }
      windows.faults(owner, tid, time, page);
      return;
    }
    Task task = task(tid);
    Snapshot snapshot = flags == EventSchema.PTE_BEFORE ? task.before : task.after;
    if (batch.length(row) == UNKNOWN) {
      snapshot.add(batch, row);
    } else {
      snapshot.begin(batch, row);
    }
    if (!snapshot.isComplete()) {
      return;
    }
    windows.about(tid, task.before.time);
    if (flags == EventSchema.PTE_BEFORE) {
      task.old.compare(snapshot, snapshot.time, owner, tid, told);
      windows.begins(owner, tid, snapshot.time, snapshot.start, snapshot.end);
    } else {
      words.compare(snapshot, task.before.time, owner, tid, told);
      finishCall(task);
    }
  }

  @Override
  public void updated(BackendState backend, long address, long old, long changed) {
    // The recording does not show which PTEs are rewritten, only what they hold.
  }

  @Override
  public void flushing(BackendState backend, long start, long pages) {
    // The facts of the call say it for native Linux, whatever the backend.
  }

  @Override
  public void changed(AddressSpace owner, Vma vma) {
    Area area = Area.of(vma);
    if (area != null) {
      vmas.piece(area);
    }
  }

  @Override
  public void before(EventBatch batch, int row, AddressSpace owner) throws IOException {
    finishCall(task(batch.tid(row)));
    vmas.begin();
    space = owner;
    long start = batch.address(row);
    long end = start + batch.length(row);
    older = isOlder(owner, start, end) || (loss && owner.isUnsure());
    Task task = task(batch.tid(row));
    Machine known = machine;
    boolean snapshot = task.before.line == batch.line(row) && task.before.isComplete();
    if (known != null && !snapshot) {
      Flushable range = Flushable.of(owner, start, end, batch.protection(row));
      flushes.before(task.flushes, owner, known, batch.time(row), range);
    }
  }

  /** Returns whether a mapping in the range is older than the recording. */
  private static boolean isOlder(AddressSpace owner, long start, long end) {
    long at = start;
    while (at < end) {
      Vma vma = owner.vmaOf(at);
      if (vma == null || vma.isDeduced()) {
        return true;
      }
      at = vma.end();
    }
    return false;
  }

  @Override
  public void after(CallFacts facts) throws IOException {
    AddressSpace owner = space;
    Machine known = machine;
    if (owner == null || known == null) {
      return;
    }
    Task task = task(facts.tid);
    boolean snapshot = task.before.line == facts.line && task.before.isComplete();
    CallCheck check = new CallCheck(facts.copy());
    check.begin();
    check.olderMapping = older;
    windows.about(facts.tid, facts.time);
    if (snapshot) {
      task.old.addTo(check);
      check.seededPages = task.old.takenOver;
    }
    long end = facts.time + Math.max(0, facts.duration);
    windows.ends(owner, facts.tid, facts.time, end, facts.address, facts.address + facts.length);
    if (evidence.shows(EventKind.OBSERVED_VMA)) {
      vmas.afterMprotect(task.vmas, owner, facts.tid, facts.time, end, facts.line);
      tellStray(facts.tid, vmas.stray);
      addVmas(check);
    }
    if (evidence.shows(EventKind.OBSERVED_TLB_FLUSH)) {
      boolean whole = snapshot && (facts.protection & PROT_GROWSDOWN) == 0;
      boolean unknownPages = older && !whole && facts.modelResult == 0;
      boolean shown = whole && task.before.end - task.before.start >= facts.length;
      if (snapshot && task.old.executable) {
        executing.add(owner.id());
      }
      flushes.mappedExecutable = executing.contains(owner.id());
      flushes.after(task.flushes, owner, known, facts, unknownPages, shown);
      if (flushes.outcome.isCompared()) {
        check.add(
            new CallCheck.Attribute(
                "TLB flush",
                FLUSH,
                flushes.line,
                -1,
                flushes.expected,
                flushes.found,
                flushes.outcome == Outcome.EQUAL));
      }
    }
    task.unfinished = check;
    if (!snapshot) {
      finishCall(task);
    }
  }

  private void addVmas(CallCheck check) {
    VmaWitness.Difference difference = vmas.difference;
    if (difference != null) {
      check.add(attribute(difference));
    } else if (vmas.compared > 0) {
      String text = vmas.compared + (vmas.compared == 1 ? " VMA" : " VMAs");
      check.add(new CallCheck.Attribute("VMA", VMA, check.call().line, -1, text, text, true));
    }
  }

  private static CallCheck.Attribute attribute(VmaWitness.Difference difference) {
    return new CallCheck.Attribute(
        "VMA",
        VMA,
        difference.line(),
        difference.address(),
        difference.expected(),
        difference.found(),
        false);
  }

  private void tellStray(int tid, VmaWitness.@Nullable Difference difference) throws IOException {
    if (difference != null) {
      sink.stray(tid, attribute(difference));
    }
  }

  private void finishCall(Task task) throws IOException {
    CallCheck check = task.unfinished;
    if (check == null) {
      return;
    }
    task.unfinished = null;
    if (task.after.time >= check.call().time && task.after.isComplete()) {
      words.addTo(check);
    }
    if (check.attributes().isEmpty()) {
      check.reason(check.olderMapping ? Reason.OLDER_MAPPING : Reason.OVERLAPPED);
    }
    CallCheck.Attribute lost = words.firstLost;
    words.firstLost = null;
    if (lost == null) {
      sink.check(check);
    } else {
      held.add(check, lost, words.lost);
    }
  }

  private void finishCalls() throws IOException {
    for (Task task : tasks.values()) {
      finishCall(task);
    }
  }

  @Override
  public void replayed(EventBatch batch, int row, EventKind kind, AddressSpace owner)
      throws IOException {
    int tid = batch.tid(row);
    long begin = batch.time(row);
    long end = begin + (batch.duration(row) == UNKNOWN ? 0 : batch.duration(row));
    if (kind == EventKind.MMAP || kind == EventKind.BRK || kind == EventKind.MREMAP) {
      windows.about(tid, begin);
      vmas.afterCall(task(tid).vmas, owner, tid, begin, end);
      tellStray(tid, vmas.stray);
      tellStray(tid, vmas.difference);
    }
    long length = batch.length(row);
    switch (kind) {
      case MUNMAP, MADVISE -> window(owner, tid, begin, end, batch.address(row), length);
      case MMAP -> window(owner, tid, begin, end, batch.result(row), length);
      case MREMAP -> {
        window(owner, tid, begin, end, batch.address(row), length);
        window(owner, tid, begin, end, batch.result(row), batch.length2(row));
      }
      default -> {
        // No other call changes mappings.
      }
    }
  }

  private void window(AddressSpace owner, int tid, long begin, long end, long start, long length) {
    windows.ends(owner, tid, begin, end, start, start + length);
  }

  @Override
  public void end() throws IOException {
    finishCalls();
    PteWitness told = ptes;
    held.tell(told != null && told.isAging(), shares, sink);
    sink.shares(shares);
  }
}
