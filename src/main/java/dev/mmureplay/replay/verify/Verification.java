package dev.mmureplay.replay.verify;

import dev.mmureplay.event.EventBatch;
import dev.mmureplay.event.EventKind;
import dev.mmureplay.machine.AddressSpace;
import dev.mmureplay.machine.Machine;
import dev.mmureplay.machine.RecordedPages;
import dev.mmureplay.machine.Seeds;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.OperationCounter;
import dev.mmureplay.replay.CallFacts;
import dev.mmureplay.replay.Replay;
import dev.mmureplay.replay.ReplayOptions;
import dev.mmureplay.replay.ReplayResult;
import dev.mmureplay.replay.ReplaySink;
import dev.mmureplay.replay.Witness;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.IntFunction;
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
  private final XenReading reading;
  private final Map<Integer, CallRows> rows = new HashMap<>();
  private final CallRows none = new CallRows();
  private @Nullable Takeover takeover;
  private @Nullable FlushMoments moments;
  private @Nullable RecordedPages recorded;

  /** The spaces that have locked memory, as their calls populate it. */
  private final Set<AddressSpace> locked = Collections.newSetFromMap(new WeakHashMap<>());

  private final ExecveWitness execves;
  private IntFunction<@Nullable AddressSpace> spaces = pid -> null;
  private @Nullable CallCheck check;
  private @Nullable AddressSpace space;

  private Verification(
      Evidence evidence, Model model, GuestKernel kernel, boolean updatesShown, CheckSink sink) {
    this.evidence = evidence;
    this.model = model;
    this.updatesShown = updatesShown;
    this.sink = sink;
    this.reading = new XenReading(evidence.setsUpdate());
    this.comparison = new Comparison(kernel);
    this.borders = new Borders(kernel);
    this.execves =
        new ExecveWitness(kernel, evidence.setsUpdate(), evidence.shows(EventKind.SET_PTE), sink);
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
    Seeds seeds = machine.seeds();
    takeover = new Takeover(evidence, seeds);
    recorded = machine.recordedPages();
    machine.observeProtection(model);
    if (evidence.switchesShown()) {
      moments = new FlushMoments(seeds.cpus());
    } else {
      machine.missSwitches();
    }
  }

  @Override
  public void spaces(IntFunction<@Nullable AddressSpace> spaceOfPid) {
    spaces = spaceOfPid;
  }

  @Override
  public boolean sees(EventBatch batch, int row, EventKind kind) throws IOException {
    boolean observation = kind.isObservation() || kind == EventKind.SET_PTE;
    if (!observation || !evidence.inside(batch.tid(row), batch.line(row))) {
      if (execves.sees(batch, row, kind)) {
        return true;
      }
      AddressSpace owner = observation ? spaces.apply(batch.pid(row)) : null;
      Takeover known = Objects.requireNonNull(takeover);
      if (owner != null && kind == EventKind.SET_PTE) {
        known.set(owner, batch.address(row), batch.result(row));
      } else if (owner != null) {
        known.flushed(batch, row, kind, owner);
      }
      return false;
    }
    rows.computeIfAbsent(batch.tid(row), tid -> new CallRows()).add(batch, row);
    FlushMoments flushes = moments;
    AddressSpace flushed = flushes == null ? null : spaces.apply(batch.pid(row));
    if (flushes != null && flushed != null) {
      flushes.sees(batch, row, kind, flushed);
    }
    return true;
  }

  @Override
  public void replayed(EventBatch batch, int row, EventKind kind, AddressSpace space)
      throws IOException {
    if (kind == EventKind.EXECVE) {
      execves.begins(batch.tid(row), batch.line(row));
    } else {
      execves.ends(batch.tid(row));
    }
  }

  @Override
  public void newStack(int tid, Runnable setUp) {
    model.begin();
    setUp.run();
    execves.modelled(tid, model.work);
  }

  @Override
  public void end() throws IOException {
    execves.end();
  }

  @Override
  public void before(EventBatch batch, int row, AddressSpace space) {
    this.space = space;
    reading.read(rows.getOrDefault(batch.tid(row), none));
    Takeover known = Objects.requireNonNull(takeover);
    if (moments != null) {
      moments.ended(batch.tid(row));
    }
    if (reading.unreadable == null) {
      known.from(batch, row, space, reading);
    } else {
      known.nothing();
    }
    model.begin();
  }

  /** Returns whether a mapping may end in front of a rewritten PTE without anything showing it. */
  private boolean mayBorder(int number) {
    Longs pages = reading.work.pages;
    return Objects.requireNonNull(takeover)
        .mayBorder(Objects.requireNonNull(space), pages.get(number - 1), pages.get(number));
  }

  /** Returns whether a border in front of a rewritten PTE is between two older mappings. */
  private boolean mayNotBorder(int number) {
    Longs pages = reading.work.pages;
    return Objects.requireNonNull(takeover).hasBorder(pages.get(number - 1), pages.get(number));
  }

  @Override
  public void after(CallFacts facts) throws IOException {
    CallCheck current = check;
    if (current == null) {
      current = new CallCheck(facts);
      check = current;
    }
    current.begin();
    Takeover known = Objects.requireNonNull(takeover);
    if (reading.unreadable != null) {
      current.reason(reading.unreadable);
    } else {
      comparison.compare(model.work, reading, updatesShown, current);
      if (current.differsOnlyIn(Comparison.HYPERCALLS, Comparison.MULTICALLS)
          && borders.explain(model.work, reading.work, this::mayBorder, this::mayNotBorder)) {
        current.reason(Reason.OLDER_BORDERS);
      }
      explain(current, known);
    }
    current.assumedPlaces = reading.assumedPages.size();
    current.seededPages = known.pages;
    current.seededCpus = known.cpus;
    CallRows done = rows.get(facts.tid);
    if (done != null) {
      done.clear();
    }
    if (moments != null) {
      moments.done();
    }
    populated();
    evidence.ended(facts.tid);
    sink.check(current);
  }

  /** Sets what the call has populated behind its updates. */
  private void populated() {
    AddressSpace owner = space;
    RecordedPages pages = recorded;
    for (int i = 0; owner != null && pages != null && i < reading.populatedPages.size(); i++) {
      pages.record(owner, reading.populatedPages.get(i), reading.populatedWords.get(i));
      locked.add(owner);
    }
  }

  /** Finds out whether the recording lacks what the call would have to be compared by. */
  private void explain(CallCheck current, Takeover known) {
    CallFacts facts = current.call();
    if (locked.contains(space)
        && current.differsOnlyIn(Comparison.HYPERCALLS, Comparison.MULTICALLS)
        && borders.explain(model.work, reading.work, number -> true, number -> true)) {
      current.reason(Reason.LOCKED_BORDERS);
    } else if (known.older && !updatesShown) {
      current.reason(Reason.OLDER_MAPPING);
    } else if (current.isDifferent() && known.older && evidence.misses()) {
      current.reason(Reason.PAUSED);
    } else if (current.isDifferent()
        && known.hasAssumedPlaces(Objects.requireNonNull(space), facts.address, facts.length)) {
      current.reason(Reason.ASSUMED_PLACES);
    }
  }
}
