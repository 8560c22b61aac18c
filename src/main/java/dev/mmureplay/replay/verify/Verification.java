package dev.mmureplay.replay.verify;

import dev.mmureplay.event.EventBatch;
import dev.mmureplay.event.EventKind;
import dev.mmureplay.machine.AddressSpace;
import dev.mmureplay.machine.Machine;
import dev.mmureplay.machine.Seeds;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.OperationCounter;
import dev.mmureplay.mmu.Pte;
import dev.mmureplay.replay.CallFacts;
import dev.mmureplay.replay.Replay;
import dev.mmureplay.replay.ReplayOptions;
import dev.mmureplay.replay.ReplayResult;
import dev.mmureplay.replay.ReplaySink;
import dev.mmureplay.replay.Witness;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Replays a recording under one backend and compares every mprotect call with what it shows. */
public final class Verification implements Witness {
  private final Evidence evidence;
  private final Model model;
  private final CheckSink sink;
  private final Comparison comparison;
  private final Borders borders;
  private final boolean updatesShown;
  private final XenReading reading = new XenReading();
  private final Map<Integer, CallRows> rows = new HashMap<>();
  private final CallRows none = new CallRows();
  private @Nullable Seeds seeds;
  private @Nullable CallCheck check;
  private @Nullable AddressSpace space;
  private long seededPages;
  private boolean seededCpus;

  private Verification(
      Evidence evidence, Model model, GuestKernel kernel, boolean updatesShown, CheckSink sink) {
    this.evidence = evidence;
    this.model = model;
    this.updatesShown = updatesShown;
    this.sink = sink;
    this.comparison = new Comparison(kernel);
    this.borders = new Borders(kernel);
  }

  /**
   * Replays and compares.
   *
   * @param options with exactly one backend
   * @param evidence of the same event file
   * @param results takes what any replay yields
   * @param checks takes the outcome for every call
   * @param progress is told the number of events done after every batch
   * @throws IOException if the file cannot be read or a sink cannot take what it is given
   */
  public static ReplayResult run(
      Path eventFile,
      ReplayOptions options,
      Evidence evidence,
      ReplaySink results,
      CheckSink checks,
      LongConsumer progress)
      throws IOException {
    if (options.backends().size() != 1) {
      throw new IllegalArgumentException(
          "expected one backend but found " + options.backends().size());
    }
    GuestKernel kernel = options.platform().kernel();
    if (!evidence.isXen()) {
      Witness witness = new NativeVerification(evidence, kernel, checks);
      return Replay.run(eventFile, options, results, witness, progress);
    }
    Model model = new Model();
    Verification verification =
        new Verification(evidence, model, kernel, evidence.updatesShown(), checks);
    return Replay.run(eventFile, options, results, verification, progress);
  }

  @Override
  public OperationCounter newCounter() {
    return model.newCounter();
  }

  @Override
  public void begin(Machine machine) {
    seeds = machine.seeds();
    machine.observeProtection(model);
    if (!evidence.switchesShown()) {
      machine.missSwitches();
    }
  }

  @Override
  public boolean sees(EventBatch batch, int row, EventKind kind) {
    boolean observation = kind.isObservation() || kind == EventKind.SET_PTE;
    if (!observation || !evidence.inside(batch.tid(row), batch.line(row))) {
      return false;
    }
    rows.computeIfAbsent(batch.tid(row), tid -> new CallRows()).add(batch, row);
    return true;
  }

  @Override
  public void before(EventBatch batch, int row, AddressSpace space) {
    this.space = space;
    reading.read(rows.getOrDefault(batch.tid(row), none));
    seededPages = 0;
    seededCpus = false;
    if (reading.unreadable == null) {
      seed(batch, row, space, Objects.requireNonNull(seeds));
    }
    model.begin();
  }

  private void seed(EventBatch batch, int row, AddressSpace space, Seeds seeds) {
    Work found = reading.work;
    Longs olds = found.olds;
    int n = found.pages.size();
    int protection = batch.protection(row);
    long start = batch.address(row);
    if (updatesShown && (batch.result(row) == 0 || n > 0)) {
      // A call that failed got as far as it rewrote.
      long end =
          batch.result(row) == 0
              ? start + ((batch.length(row) + Machine.PAGE_SIZE - 1) & -Machine.PAGE_SIZE)
              : found.pages.get(n - 1) + Machine.PAGE_SIZE;
      seeds.mappings(space, start, end, protection, found.pages.values, olds.values, n);
    }
    for (int i = 0; i < n; i++) {
      page(space, found.pages.get(i), olds.get(i), found.news.get(i), seeds);
    }
    if (found.flushes.size() > 0) {
      int others = (int) found.flushes.others.get(0);
      seededCpus = seeds.otherCpus(space, others);
    }
  }

  /** Takes over of one page what the recording alone can tell. */
  private void page(AddressSpace space, long page, long shown, long changed, Seeds seeds) {
    long known = seeds.pte(space, page);
    long old = shown == 0 ? before(page, changed) : shown;
    if (known == 0) {
      if (seeds.isOlder(space, page)) {
        seeds.page(space, page, old);
        seededPages++;
      }
    } else if (shown != 0) {
      long settable = Pte.isPresent(known) ? Pte.ACCESSED : 0;
      settable |= Pte.isPresent(known) && Pte.isWritable(known) ? Pte.DIRTY : 0;
      long set = shown & ~known & settable;
      if (set != 0) {
        seeds.hardwareBits(space, page, set);
      }
    }
    if (!Pte.isPresent(old) || !Pte.isWritable(old)) {
      // Only a change to writable tells; any other leaves the question open.
      if (Pte.isPresent(changed) && Pte.isWritable(changed)) {
        seeds.exclusive(space, page, true);
      }
    }
  }

  /**
   * Returns what a page that was never seen before held before the call, where the recording shows
   * only what it was given: it was present if the flush reaches it.
   */
  private long before(long page, long changed) {
    Work.Flushes flushes = reading.work.flushes;
    boolean reached = false;
    for (int i = 0; i < flushes.size(); i++) {
      long start = flushes.starts.get(i);
      long end = start + (flushes.lengths.get(i) << Machine.PAGE_SHIFT);
      reached |= start == Work.Flushes.ALL || (page >= start && page < end);
    }
    long kept = changed & (Pte.ACCESSED_DIRTY | Pte.SPECIAL);
    if (!reached) {
      return kept;
    }
    long flags = Pte.PRESENT | Pte.USER | Pte.NX;
    return kept | flags | (Pte.isDirty(changed) ? Pte.RW : 0);
  }

  /** Returns whether a mapping may end in front of a rewritten PTE without anything showing it. */
  private boolean mayBorder(int number) {
    AddressSpace current = Objects.requireNonNull(space);
    Longs pages = reading.work.pages;
    Seeds known = Objects.requireNonNull(seeds);
    return known.isOlder(current, pages.get(number - 1))
        && known.isOlder(current, pages.get(number));
  }

  @Override
  public void after(CallFacts facts) throws IOException {
    CallCheck current = check;
    if (current == null) {
      current = new CallCheck(facts);
      check = current;
    }
    current.begin();
    if (reading.unreadable != null) {
      current.reason(reading.unreadable);
    } else {
      comparison.compare(model.work, reading, updatesShown, current);
      if (current.differsOnlyIn(Comparison.HYPERCALLS, Comparison.MULTICALLS)
          && borders.explain(model.work, reading.work, this::mayBorder)) {
        current.reason(Reason.OLDER_BORDERS);
      }
    }
    current.seededPages = seededPages;
    current.seededCpus = seededCpus;
    CallRows done = rows.get(facts.tid);
    if (done != null) {
      done.clear();
    }
    evidence.ended(facts.tid);
    sink.check(current);
  }
}
