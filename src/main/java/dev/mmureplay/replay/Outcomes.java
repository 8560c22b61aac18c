package dev.mmureplay.replay;

import dev.mmureplay.machine.AddressSpace;
import dev.mmureplay.machine.BackendState;
import dev.mmureplay.machine.MachineObserver;
import dev.mmureplay.machine.Unknown;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.Pte;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Passes final PTEs and breaches from the machine to the sink. */
final class Outcomes implements MachineObserver {
  /**
   * Breaches of one backend beyond this many are counted, not kept: they have the same cause as the
   * first.
   */
  private static final int KEPT = 1_000;

  private final ReplaySink sink;
  private final long protNone;
  private final PageState page = new PageState();
  private final List<Finding> findings = new ArrayList<>();
  private long pages;

  Outcomes(ReplaySink sink, GuestKernel kernel) {
    this.sink = sink;
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
      findings.add(
          new Finding(backend.backend().name(), invariant, space.pid(), address, -1, message));
    }
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
