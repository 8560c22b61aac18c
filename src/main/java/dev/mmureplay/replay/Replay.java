package dev.mmureplay.replay;

import dev.mmureplay.event.EventBatch;
import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventReader;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.event.TraceInfo;
import dev.mmureplay.machine.AddressSpace;
import dev.mmureplay.machine.BackendState;
import dev.mmureplay.machine.Machine;
import dev.mmureplay.mmu.OperationCounter;
import dev.mmureplay.replay.race.Interleaving;
import dev.mmureplay.replay.race.Races;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The replay loop: one for, one switch; accesses first. */
public final class Replay {
  private static final byte LAST_ACCESS = EventKind.FETCH.code();

  private final Machine machine;
  private final Tasks tasks;
  private final CallReplay calls;
  private final Outcomes outcomes;
  private final FaultSignals signals;
  private final FaultAnswers answers;
  private final Inheritance inheritance;
  private final boolean faultsShown;
  private final Residency residency;
  private final @Nullable Witness witness;
  private final CpuSwitches switches;
  private final boolean ptesShown;
  private final Losses losses;
  private final Interleaving interleaving;
  private final @Nullable Races races;

  /** The processes that run a new program whose stack is not set up yet. */
  private final Set<Integer> newStacks = new HashSet<>();

  private final EventBatch batch;

  /** The event under way; -1 before the first and behind the last. */
  private int row = -1;

  private long events;
  private long accesses;
  private long refused;
  private final boolean concurrent;

  private @Nullable AddressSpace space;
  private int pid = Integer.MIN_VALUE;
  private int cpu = Integer.MIN_VALUE;

  private Replay(
      TraceInfo info,
      Losses losses,
      ReplayOptions options,
      EventBatch batch,
      ReplaySink sink,
      @Nullable Witness witness) {
    this.witness = witness;
    this.losses = losses;
    concurrent = info.fidelity().concurrent();
    ptesShown = info.kinds().containsKey(EventKind.SET_PTE);
    residency = Fitting.residency(info, options);
    this.batch = batch;
    outcomes = new Outcomes(sink, options.platform().kernel(), this::here);
    machine =
        new Machine(
            options.platform(),
            options.backends(),
            Fitting.faultAround(info, options),
            outcomes,
            witness == null ? OperationCounter::new : witness::newCounter);
    machine.knowledge().capture(Fitting.visibility(info, residency));
    machine.knowledge().blind(losses.isOpen());
    tasks = new Tasks(machine, info.fidelity().fromStart());
    boolean pageTablesShown = info.kinds().containsKey(EventKind.OBSERVED_XEN);
    switches = new CpuSwitches(machine, tasks, pageTablesShown);
    signals = new FaultSignals(machine);
    answers = new FaultAnswers(machine);
    inheritance = new Inheritance(machine);
    if (ptesShown) {
      machine.recordedPages().showPopulating();
    }
    faultsShown = info.fidelity().accesses() == Fidelity.Accesses.FIRST_TOUCH;
    interleaving = Fitting.interleaving(info, options);
    races = interleaving.mode() == Interleaving.Mode.NONE ? null : races(options, batch);
    calls = new CallReplay(machine, tasks, residency, info, sink, witness, races);
    if (witness != null) {
      witness.begin(machine);
      witness.spaces(tasks::knownSpaceOf);
    }
  }

  private Races races(ReplayOptions options, EventBatch batch) {
    Races made =
        new Races(interleaving, options.platform(), machine, tasks::knownSpaceOf, batch, outcomes);
    machine.observeAccesses((where, page, before) -> made.setsBits(where, page, before, row));
    return made;
  }

  /**
   * Replays an event file under all backends in one pass.
   *
   * @param sink takes calls, final pages and findings as they happen
   * @param progress is told the number of events done after every batch
   * @throws IllegalArgumentException if the options ask for times and the trace has none
   * @throws IOException if the file cannot be read or the sink cannot take what it is given
   */
  public static ReplayResult run(
      Path eventFile, ReplayOptions options, ReplaySink sink, LongConsumer progress)
      throws IOException {
    return run(eventFile, options, sink, null, progress);
  }

  /** The same with somebody who compares it with what the trace observed. */
  public static ReplayResult run(
      Path eventFile,
      ReplayOptions options,
      ReplaySink sink,
      @Nullable Witness witness,
      LongConsumer progress)
      throws IOException {
    try (EventReader reader = EventReader.open(eventFile)) {
      Losses losses = Losses.of(eventFile, reader.info());
      Replay replay = new Replay(reader.info(), losses, options, reader.batch(), sink, witness);
      while (reader.nextBatch()) {
        replay.replay(reader.batch());
        replay.outcomes.drain();
        progress.accept(replay.events);
      }
      return replay.finish();
    }
  }

  /** Returns the event that is being replayed. */
  private Finding.Place here() {
    if (row < 0) {
      return Finding.Place.END;
    }
    EventKind kind = batch.kind(row);
    boolean isCall = kind == EventKind.MPROTECT || kind == EventKind.PKEY_MPROTECT;
    return new Finding.Place(batch.seq(row), batch.line(row), isCall ? calls.count() : -1);
  }

  private void replay(EventBatch batch) throws IOException {
    int rows = batch.rows();
    Races tried = races;
    if (tried != null) {
      tried.beginBatch();
    }
    for (int from = 0; from < rows; ) {
      passLosses();
      int to = (int) Math.min(rows, from + losses.next() - events);
      replay(batch, from, to);
      events += to - from;
      from = to;
    }
    if (tried != null) {
      tried.endBatch();
    }
  }

  /** Forgets what events that are missing before this one may have changed. */
  private void passLosses() {
    if (losses.pass(events)) {
      tasks.forget();
      machine.knowledge().blind(losses.isOpen());
    }
  }

  private void replay(EventBatch batch, int from, int to) throws IOException {
    for (int at = from; at < to; at++) {
      row = at;
      byte kind = batch.kindCode(at);
      if (kind > LAST_ACCESS) {
        replayOther(batch, at);
        continue;
      }
      if (batch.pid(at) != pid || batch.cpu(at) != cpu) {
        enter(batch, at, batch.cpu(at));
      }
      AddressSpace current = space;
      if (current != null && ptesShown && answers.awaits(batch, at, current)) {
        accesses++;
        continue;
      }
      if (current != null) {
        long populated = machine.populated();
        if (!machine.access(current, kind, batch.address(at))) {
          refuse(batch, at, current);
        }
        if (faultsShown) {
          signals.fault(batch, at, machine.populated() != populated);
        }
      }
      accesses++;
    }
  }

  /**
   * An access that the model does not permit: SIGSEGV in the program, where the trace shows the
   * attempt. Where it shows an access that was carried out, the memory is not what the model has:
   * all of it, or, where the order of concurrent threads may be to blame, the page.
   */
  private void refuse(EventBatch batch, int at, AddressSpace current) {
    refused++;
    boolean carriedOut =
        (batch.flags(at) & (EventSchema.FROM_FAULT | EventSchema.FROM_SIGNAL)) == 0
            || batch.flags(at) == EventSchema.UNKNOWN;
    if (carriedOut && batch.address(at) >= 0) {
      if (concurrent) {
        machine.knowledge().doubt(current, batch.address(at));
      } else {
        machine.knowledge().forget(current);
      }
    }
  }

  /**
   * Returns whether an execve sets a PTE that it has set before: then it is at work on the stack.
   */
  private boolean isSetAgain(EventBatch batch, int row, EventKind kind) {
    if (kind != EventKind.SET_PTE || batch.flags(row) != EventSchema.FROM_EXEC) {
      return false;
    }
    AddressSpace made = tasks.knownSpaceOf(batch.pid(row));
    return made != null && machine.seeds().pte(made, batch.address(row)) != 0;
  }

  /**
   * What a new program's stack consists of is shown right behind its execve, before anything that
   * the program does.
   */
  private void setUpStack(int owner, int where) {
    if (newStacks.remove(owner)) {
      AddressSpace made = tasks.knownSpaceOf(owner);
      if (made != null) {
        machine.run(where, made);
        pid = Integer.MIN_VALUE;
      }
      Runnable setUp = made == null ? () -> {} : () -> machine.setUpStack(made, ptesShown);
      if (witness == null) {
        setUp.run();
      } else {
        witness.newStack(owner, setUp);
      }
    }
  }

  /** A row of another process or CPU than the one before. */
  private void enter(EventBatch batch, int row, int rowCpu) {
    inheritance.ends();
    setUpStack(batch.pid(row), rowCpu);
    pid = batch.pid(row);
    cpu = rowCpu;
    space = tasks.spaceOf(pid);
    AddressSpace current = space;
    if (current != null) {
      tasks.seen(pid, batch.tid(row));
      switches.run(cpu, current);
    }
  }

  private void replayOther(EventBatch batch, int row) throws IOException {
    EventKind kind = batch.kind(row);
    if (kind == EventKind.OBSERVED_XEN) {
      if (switches.pageTableSwitch(batch, row)) {
        pid = Integer.MIN_VALUE;
      }
    }
    if (kind == EventKind.OBSERVED_PTE || isSetAgain(batch, row, kind)) {
      setUpStack(batch.pid(row), batch.cpu(row));
    }
    Witness told = witness;
    if (told != null && told.sees(batch, row, kind)) {
      return;
    }
    if (kind == EventKind.OBSERVED_PTE) {
      AddressSpace owner = tasks.knownSpaceOf(batch.pid(row));
      if (owner != null && batch.result(row) != EventSchema.UNKNOWN) {
        machine.knowledge().confirm(owner, batch.address(row), batch.result(row));
      }
    }
    if (kind == EventKind.SIGNAL) {
      signals.delivered(batch, row, tasks.knownSpaceOf(batch.pid(row)));
      return;
    }
    if (kind.isObservation() || kind == EventKind.MARKER) {
      return;
    }
    if (kind == EventKind.LOST) {
      if (told != null) {
        tasks.startOver();
        pid = Integer.MIN_VALUE;
      }
      machine.assumptions().use(CallReplay.LOST, Math.max(1, batch.count(row)));
      return;
    }
    if (kind == EventKind.SCHED_SWITCH) {
      switches.taskSwitch(batch, row);
      pid = Integer.MIN_VALUE;
      return;
    }
    if (kind == EventKind.SET_PTE) {
      setPte(batch, row);
      return;
    }
    if (kind == EventKind.EXIT && tasks.knownSpaceOf(batch.pid(row)) == null) {
      // A kernel thread's, or of a process that has shown nothing else: it loads no address space.
      return;
    }
    // A call names the CPU on which it began, and may have been moved to another meanwhile.
    enter(batch, row, tasks.cpuOf(batch.tid(row), batch.cpu(row)));
    AddressSpace current = space;
    if (current == null) {
      return;
    }
    if (current.isForeign() && kind != EventKind.MPROTECT && kind != EventKind.PKEY_MPROTECT) {
      tasks.forget();
    }
    calls.replay(batch, row, kind, current);
    if (kind == EventKind.CLONE && ptesShown) {
      AddressSpace made = tasks.knownSpaceOf((int) batch.result(row));
      if (made != null && made != current) {
        inheritance.begins(made);
      }
    }
    if (kind == EventKind.EXECVE) {
      newStacks.add(batch.pid(row));
    }
    if (told != null && kind != EventKind.MPROTECT && kind != EventKind.PKEY_MPROTECT) {
      told.replayed(batch, row, kind, current);
    }
    // clone, execve and exit may have given the process another address space.
    pid = Integer.MIN_VALUE;
  }

  /**
   * The tracer saw the kernel set a PTE: the page is resident, however it came to be. A process
   * that is still being forked gets its pages with the fork.
   */
  private void setPte(EventBatch batch, int row) {
    AddressSpace owner = tasks.knownSpaceOf(batch.pid(row));
    if (owner != null) {
      inheritance.shown(owner, batch.address(row));
      answers.answered(batch, row, owner);
      machine.recordedPages().record(owner, batch.address(row), batch.result(row));
    }
  }

  private ReplayResult finish() throws IOException {
    row = -1;
    List.copyOf(newStacks).forEach(each -> setUpStack(each, tasks.cpuOf(each, cpu)));
    if (witness != null) {
      witness.end();
    }
    if (refused > 0) {
      machine.assumptions().use(CallReplay.REFUSED, refused);
    }
    passLosses();
    tasks.live().forEach(machine::finish);
    outcomes.drain();
    List<ReplayResult.Backend> backends = new ArrayList<>();
    for (BackendState state : machine.backends()) {
      backends.add(
          new ReplayResult.Backend(
              state.backend().name(),
              state.backend().correct(),
              state.failure(),
              state.digest(),
              outcomes.breaches(state),
              state.outcomes(),
              state.counter()));
    }
    return new ReplayResult(
        residency,
        events,
        accesses,
        calls.count(),
        machine.addressSpaces(),
        outcomes.pages(),
        machine.assumptions().counts(),
        calls.tally(),
        backends,
        interleaving,
        races == null ? List.of() : races.totals());
  }
}
