package dev.mmureplay.replay.race;

import dev.mmureplay.event.EventBatch;
import dev.mmureplay.machine.AccessKind;
import dev.mmureplay.machine.AddressSpace;
import dev.mmureplay.machine.BackendState;
import dev.mmureplay.machine.Machine;
import dev.mmureplay.machine.ProtectionChange;
import dev.mmureplay.machine.UpdateLog;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.Pte;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Tries, call by call, what accesses that race with it do to A and D under every backend.
 *
 * <p>What is counted as operations is the same whether this is at work or not: attempts are made on
 * PTE pages of their own. Only {@link Interleaving.Mode#RECORDED} has an effect on the replay, and
 * only on A and D: a backend that loses a bit loses it.
 */
public final class Races {
  /** Stands for the number of what is not an mprotect call. */
  public static final long NO_CALL = -1;

  /** Accesses around a call that the end of a batch kept from being looked at. */
  static final String CUT = "race-window-cut";

  private static final AccessKind[] KINDS = AccessKind.values();
  private static final int MOST_RETRIES = 2;

  /** Is told of every breach that a race brings about. */
  @FunctionalInterface
  public interface Observer {
    /**
     * A backend broke an invariant.
     *
     * @param invariant such as {@code I1}
     * @param message one sentence
     */
    void found(
        BackendState backend,
        String invariant,
        AddressSpace space,
        long address,
        String message,
        RaceEvidence evidence);
  }

  /** A call whose surroundings reach into the next batch. */
  private record Pending(RacedCall call, UpdateLog updates) {}

  private final Interleaving interleaving;
  private final Machine machine;
  private final Observer observer;
  private final List<Trial> trials = new ArrayList<>();
  private final RowHistory rows;
  private final BitLog bits = new BitLog();
  private final Candidates candidates = new Candidates();
  private final CandidateScan scan;
  private final UpdateLog updates = new UpdateLog();
  private final List<Pending> pending = new ArrayList<>();
  private final RecordedGroups groups = new RecordedGroups();
  private final EventBatch batch;
  private @Nullable RacedCall call;
  private boolean reachesOn;

  /**
   * Makes races for one replay.
   *
   * @param spaceOf gives the address space of a process, or null
   * @param batch the batch that is refilled for the whole replay
   */
  public Races(
      Interleaving interleaving,
      GuestPlatform platform,
      Machine machine,
      IntFunction<@Nullable AddressSpace> spaceOf,
      EventBatch batch,
      Observer observer) {
    this.interleaving = interleaving;
    this.machine = machine;
    this.observer = observer;
    this.batch = batch;
    for (BackendState state : machine.backends()) {
      trials.add(new Trial(state, platform, interleaving));
    }
    rows = new RowHistory(batch);
    scan = new CandidateScan(rows, interleaving.racing(), spaceOf, bits, candidates);
  }

  /** Returns the totals of every backend, in the machine's order. */
  public List<RaceTotals> totals() {
    return trials.stream().map(trial -> trial.tally().totals()).toList();
  }

  /** Notes that an access, the given row of the batch, sets bits of a PTE. */
  public void setsBits(AddressSpace space, long address, long before, int row) {
    bits.add(space, address, before, batch.seq(row));
  }

  /** The batch was refilled. */
  public void beginBatch() {
    for (Pending each : pending) {
      candidates.clear();
      if (scan.ahead(each.call, 0)) {
        machine.assumptions().use(CUT, 1);
      }
      attempt(each.call, each.updates, false);
    }
    pending.clear();
  }

  /** The batch is about to be refilled. */
  public void endBatch() {
    rows.keep();
  }

  /**
   * A call is about to be replayed.
   *
   * @param number of the mprotect call, or {@link #NO_CALL}
   * @param change lists the PTEs that it updates if anything may race with it
   */
  public void before(int row, long number, AddressSpace space, ProtectionChange change) {
    long start = batch.address(row) & -Machine.PAGE_SIZE;
    long end = batch.address(row) + batch.length(row);
    RacedCall next =
        new RacedCall(
            number,
            batch.seq(row),
            batch.line(row),
            batch.time(row),
            batch.duration(row),
            batch.tid(row),
            space,
            start,
            end);
    candidates.clear();
    scan.back(next, row);
    if (scan.tooLong()) {
      machine.assumptions().use(CandidateScan.TOO_LONG, 1);
    }
    if (scan.observed(next, row)) {
      machine.assumptions().use(CUT, 1);
    }
    reachesOn = scan.ahead(next, row + 1);
    call = next;
    change.log(candidates.size() > 0 || reachesOn ? updates : null);
  }

  /** The call was replayed. */
  public void after(ProtectionChange change) {
    RacedCall done = call;
    if (done == null) {
      return;
    }
    each(trial -> trial.windows(change.updatedPtes(), (int) change.largestChunk()));
    if (candidates.size() > 0) {
      attempt(done, updates, interleaving.mode() == Interleaving.Mode.RECORDED);
    }
    if (reachesOn && change.updatedPtes() > 0) {
      pending.add(new Pending(done, updates.copy()));
    }
  }

  /**
   * Tries what the candidates do.
   *
   * @param applies whether a bit that is lost is lost in the replay, too
   */
  private void attempt(RacedCall raced, UpdateLog log, boolean applies) {
    if (interleaving.mode() == Interleaving.Mode.RECORDED) {
      groups.sort(candidates, log);
    }
    each(trial -> attempt(trial, raced, log, applies));
  }

  private void each(Consumer<Trial> action) {
    for (Trial trial : trials) {
      if (trial.state().failure() == null) {
        try {
          action.accept(trial);
        } catch (RuntimeException e) {
          // A plug-in's defect costs its own row, not the run.
          machine.fail(trial.state(), e);
        }
      }
    }
  }

  private void attempt(Trial trial, RacedCall raced, UpdateLog log, boolean applies) {
    switch (interleaving.mode()) {
      case RECORDED -> {
        for (int g = 0; g < groups.size(); g++) {
          recorded(trial, raced, log, g, applies);
        }
      }
      case RANDOM, EXHAUSTIVE -> {
        for (int i = 0; i < candidates.size(); i++) {
          int index = log.find(candidates.address(i));
          if (index >= 0) {
            whatIf(trial, raced, log, index, i);
          }
        }
      }
      case NONE -> throw new IllegalStateException("expected a mode in which something races");
    }
  }

  private void whatIf(Trial trial, RacedCall raced, UpdateLog log, int index, int candidate) {
    ScheduleTable.Row row = trial.row(log, index, candidates, candidate);
    int outcome = row.union();
    int tried = row.size();
    int losing = row.losing();
    if (interleaving.mode() == Interleaving.Mode.RANDOM) {
      long seed = interleaving.seed() ^ (raced.seq() << 32) ^ candidates.seq(candidate);
      SplittableRandom random = new SplittableRandom(seed);
      outcome = 0;
      losing = 0;
      tried = interleaving.draws();
      for (int draw = 0; draw < tried; draw++) {
        int position = trial.position(log, index, random.nextDouble());
        int schedule = row.at(position, random.nextBoolean());
        outcome = Schedule.union(outcome, schedule);
        losing += Schedule.lost(schedule) != 0 ? 1 : 0;
      }
    }
    boolean rests = trial.rests(log, index, candidates, candidate);
    trial.tally().candidate(candidates.assumed(candidate), tried, losing, outcome);
    trial.tally().lost(rests, outcome);
    report(trial, raced, log, index, candidate, outcome);
  }

  /** The accesses to one PTE whose moments are known, together; or one whose moment is not. */
  private void recorded(Trial trial, RacedCall raced, UpdateLog log, int group, boolean applies) {
    int n = groups.members(group);
    int[] members = groups.list();
    int index = groups.update(group);
    int outcome;
    int tried = 1;
    if (n > 1) {
      outcome = trial.together(log, index, candidates, members, n);
    } else {
      ScheduleTable.Row row = trial.row(log, index, candidates, members[0]);
      if (candidates.placed(members[0])) {
        outcome = row.at(trial.position(log, index, candidates.moment(members[0])));
        tried = row.sizeOfPosition();
      } else {
        outcome = row.worst();
        tried = row.size();
      }
    }
    long lost = Schedule.lost(outcome);
    int setter = n - 1;
    for (int i = 0; i < n; i++) {
      if ((lost & Pte.DIRTY) != 0 && KINDS[candidates.kind(members[i])] == AccessKind.WRITE) {
        setter = i;
      }
    }
    for (int i = 0; i < n; i++) {
      int seen = n == 1 ? outcome : trial.seenBy(i);
      boolean assumed = candidates.assumed(members[i]);
      if (i == setter) {
        int whole = n == 1 ? outcome : Schedule.seen(outcome, seen);
        trial.tally().candidate(assumed, tried, lost != 0 ? 1 : 0, whole);
        trial.tally().lost(trial.rests(log, index, candidates, members[i]), whole);
      } else {
        trial.tally().candidate(assumed, 0, 0, seen);
      }
    }
    if (applies && lost != 0) {
      machine.lose(trial.state(), raced.space(), log.address(index), lost);
    }
    report(trial, raced, log, index, members[setter], outcome);
  }

  private void report(
      Trial trial, RacedCall raced, UpdateLog log, int index, int candidate, int outcome) {
    long lost = Schedule.lost(outcome);
    long invented = Schedule.invented(outcome);
    int retries =
        Math.max(Schedule.compareExchangeRetries(outcome), Schedule.exchangeRetries(outcome));
    boolean absent = trial.goesAbsent(outcome);
    if (lost == 0 && invented == 0 && retries <= MOST_RETRIES && !absent) {
      return;
    }
    String kind = KINDS[candidates.kind(candidate)].name().toLowerCase(Locale.ROOT);
    RaceEvidence evidence =
        new RaceEvidence(
            raced.number(),
            raced.seq(),
            raced.line(),
            candidates.seq(candidate),
            candidates.line(candidate),
            candidates.tid(candidate),
            kind,
            trial.window(log, index),
            trial.rests(log, index, candidates, candidate)
                ? RaceEvidence.Grade.ASSUMED
                : candidates.grade(candidate));
    long page = log.address(index);
    if (lost != 0) {
      found(
          trial,
          "I1",
          raced,
          page,
          "lost the bit that a " + kind + " set: " + bits(lost),
          evidence);
    }
    if (invented != 0) {
      found(trial, "I2", raced, page, "set a bit that nobody set: " + bits(invented), evidence);
    }
    if (absent) {
      String message = "was absent for a moment for a " + kind + " although start left it live";
      found(trial, "I10", raced, page, message, evidence);
    }
    if (retries > MOST_RETRIES) {
      String message = "expected 2 repetitions at most but found " + retries;
      found(trial, "I11", raced, page, message, evidence);
    }
  }

  private void found(
      Trial trial,
      String invariant,
      RacedCall raced,
      long page,
      String message,
      RaceEvidence evidence) {
    observer.found(trial.state(), invariant, raced.space(), page, message, evidence);
  }

  private static String bits(long bits) {
    boolean accessed = (bits & Pte.ACCESSED) != 0;
    boolean dirty = (bits & Pte.DIRTY) != 0;
    return accessed && dirty ? "A and D" : dirty ? "D" : "A";
  }
}
