package dev.mmureplay.machine.check;

import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.MmuBackend;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Every order of any number of programs, under one backend; sums up what was found. */
final class Exploration {
  /** The order in which an invariant breaks after the fewest steps. */
  private record Shortest(Program program, Schedule schedule, int steps) {}

  private final MmuBackend backend;
  private final GuestPlatform platform;
  private final boolean lateDirty;
  private final Map<Invariant, Shortest> shortest = new EnumMap<>(Invariant.class);
  private final Map<Invariant, Long> breaches = new EnumMap<>(Invariant.class);
  private long programs;
  private long schedules;
  private long violations;
  private long transientFaults;
  private long staleUses;
  private long lateDirtyBits;
  private int mostAttempts;
  private CleanOutcome clean = CleanOutcome.CLEARS;

  Exploration(MmuBackend backend, GuestPlatform platform, boolean lateDirty) {
    this.backend = backend;
    this.platform = platform;
    this.lateDirty = lateDirty;
  }

  /** Runs a program in every order. */
  void explore(Program program) {
    programs++;
    Schedule schedule = new Schedule();
    do {
      Journal journal = new Journal(false);
      Run run = new Run(backend, platform, lateDirty, program, schedule, journal);
      run.carryOut();
      add(program, schedule, journal, run);
    } while (schedule.next());
  }

  private void add(Program program, Schedule schedule, Journal journal, Run run) {
    schedules++;
    transientFaults += run.judge().transientFaults();
    staleUses += run.cpus().staleUses();
    lateDirtyBits += run.cpus().lateDirty();
    mostAttempts = Math.max(mostAttempts, run.judge().mostAttempts());
    clean = clean.worse(run.judge().cleanOutcome());
    if (!journal.broken()) {
      return;
    }
    violations++;
    for (Invariant invariant : Invariant.values()) {
      int at = journal.brokenAt(invariant);
      if (at >= 0) {
        breaches.merge(invariant, 1L, Long::sum);
        Shortest known = shortest.get(invariant);
        if (known == null || at < known.steps) {
          shortest.put(invariant, new Shortest(program, schedule.copy(), at));
        }
      }
    }
  }

  CheckResult result(CleanOutcome cleanOutcome) {
    return new CheckResult(
        backend,
        platform,
        programs,
        schedules,
        violations,
        new EnumMap<>(breaches),
        transientFaults,
        staleUses,
        lateDirtyBits,
        mostAttempts,
        cleanOutcome,
        shortest.entrySet().stream().map(each -> witness(each.getKey(), each.getValue())).toList(),
        null);
  }

  CleanOutcome clean() {
    return clean;
  }

  private Witness witness(Invariant invariant, Shortest found) {
    Journal journal = new Journal(true);
    new Run(backend, platform, lateDirty, found.program, found.schedule, journal).carryOut();
    List<String> steps = journal.lines(found.steps);
    return new Witness(
        backend.name(),
        invariant,
        platform,
        found.program.toString(),
        steps,
        Objects.requireNonNull(journal.reason(invariant)));
  }
}
