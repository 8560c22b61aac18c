package dev.mmureplay.replay;

import dev.mmureplay.machine.AddressSpace;
import dev.mmureplay.machine.BackendState;
import dev.mmureplay.machine.MachineObserver;
import dev.mmureplay.machine.Outcome;
import dev.mmureplay.machine.Unknown;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.Pte;
import dev.mmureplay.replay.race.RaceEvidence;
import dev.mmureplay.replay.race.Races;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Passes final PTEs and breaches from the machine to the sink. */
final class Outcomes implements MachineObserver, Races.Observer {
  /**
   * Breaches of one backend beyond this many are counted, not kept: they have the same cause as the
   * first.
   */
  private static final int KEPT = 1_000;

  private final ReplaySink sink;
  private final Supplier<Finding.Place> here;
  private final long protNone;
  private final PageState page = new PageState();
  private final List<Finding> findings = new ArrayList<>();
  private final Map<BackendState, long[]> races = new HashMap<>();
  private final Map<BackendState, long[]> outcomes = new HashMap<>();
  private final Map<Loss, RaceEvidence> losses = new HashMap<>();
  private long pages;

  /** A page of which a backend lost a bit. */
  private record Loss(BackendState backend, AddressSpace space, long address) {}

  /**
   * Makes one for a replay.
   *
   * @param here gives the event that is being replayed
   */
  Outcomes(ReplaySink sink, GuestKernel kernel, Supplier<Finding.Place> here) {
    this.sink = sink;
    this.here = here;
    this.protNone = kernel.protNone();
  }

  /** Returns how many pages were reported. */
  long pages() {
    return pages;
  }

  @Override
  public void finalPte(AddressSpace space, long address, long pte, int unknown) {
    pages++;
    page.addressSpace = space.id();
    page.pid = space.pid();
    page.address = address;
    page.pte = pte;
    page.present = Pte.isPresent(pte);
    page.protNone = !page.present && Pte.isResident(pte, protNone);
    page.writable = page.present && Pte.isWritable(pte);
    page.accessed = Pte.isAccessed(pte);
    page.dirty = Pte.isDirty(pte);
    page.residencyKnown = (unknown & Unknown.RESIDENCY) == 0;
    page.accessedState =
        BitState.of(page.accessed, page.residencyKnown && (unknown & Unknown.ACCESSED) == 0);
    page.dirtyState =
        BitState.of(page.dirty, page.residencyKnown && (unknown & Unknown.DIRTY) == 0);
    try {
      sink.page(page);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void breach(
      BackendState backend, String invariant, AddressSpace space, long address, String message) {
    if (backend.breaches() <= KEPT) {
      RaceEvidence race = losses.get(new Loss(backend, space, address));
      keep(backend, invariant, space, address, message, race);
    }
  }

  @Override
  public void outcome(
      BackendState backend, Outcome outcome, AddressSpace space, long address, long pages) {
    int index = outcome.ordinal();
    long[] told = outcomes.computeIfAbsent(backend, first -> new long[Outcome.values().length]);
    if (told[index]++ < KEPT) {
      String message = outcome.sentence() + ": " + pages + (pages == 1 ? " page" : " pages");
      keep(backend, outcome.id(), space, address, message, null);
    }
  }

  private void keep(
      BackendState backend,
      String invariant,
      AddressSpace space,
      long address,
      String message,
      @Nullable RaceEvidence race) {
    String name = backend.backend().name();
    Finding.Place place =
        race == null ? here.get() : new Finding.Place(race.callSeq(), race.callLine(), race.call());
    findings.add(new Finding(name, invariant, space.pid(), address, place, message, race));
  }

  @Override
  public void found(
      BackendState backend,
      String invariant,
      AddressSpace space,
      long address,
      String message,
      RaceEvidence evidence) {
    long[] count = races.computeIfAbsent(backend, first -> new long[1]);
    if (count[0]++ < KEPT) {
      keep(backend, invariant, space, address, message, evidence);
      losses.put(new Loss(backend, space, address), evidence);
    }
  }

  /** Returns how many breaches of a backend were found, kept or not. */
  long breaches(BackendState backend) {
    long[] count = races.get(backend);
    return backend.breaches() + (count == null ? 0 : count[0]);
  }

  /**
   * Hands on the breaches found since the last time; not from inside a backend's turn, where a
   * failure is its own.
   */
  void drain() throws IOException {
    for (Finding finding : findings) {
      sink.finding(finding);
    }
    findings.clear();
  }
}
