package dev.mmureplay.replay;

import dev.mmureplay.event.EventBatch;
import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventReader;
import dev.mmureplay.machine.AddressSpace;
import dev.mmureplay.machine.BackendState;
import dev.mmureplay.machine.Machine;
import dev.mmureplay.machine.MachineObserver;
import dev.mmureplay.mmu.Cause;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.NativeBackend;
import dev.mmureplay.mmu.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;

/** Finds out which accesses of a complete trace fault: the ones that a kernel's tracer shows. */
final class FaultingAccesses implements MachineObserver, ReplaySink {
  private FaultingAccesses() {}

  /** Returns the positions of the accesses that fault. */
  static BitSet of(Path file, GuestKernel kernel) throws IOException {
    FaultingAccesses nobody = new FaultingAccesses();
    Machine machine =
        new Machine(new GuestPlatform(kernel, true), List.of(new NativeBackend()), 16, nobody);
    BackendState backend = machine.backends().get(0);
    BitSet faulting = new BitSet();
    try (EventReader reader = EventReader.open(file)) {
      Tasks tasks = new Tasks(machine, true);
      CallReplay calls =
          new CallReplay(machine, tasks, Residency.RECORDED, reader.info(), nobody, null, null);
      while (reader.nextBatch()) {
        EventBatch batch = reader.batch();
        for (int row = 0; row < batch.rows(); row++) {
          EventKind kind = batch.kind(row);
          AddressSpace space = tasks.spaceOf(batch.pid(row));
          if (space == null || kind.isObservation() || kind == EventKind.SIGNAL) {
            continue;
          }
          long before = backend.counter().get(Cause.FAULT, Operation.PAGE_FAULT);
          if (kind.isAccess()) {
            machine.access(space, kind.code(), batch.address(row));
          } else {
            calls.replay(batch, row, kind, space);
          }
          if (backend.counter().get(Cause.FAULT, Operation.PAGE_FAULT) > before) {
            faulting.set((int) batch.seq(row));
          }
        }
      }
    }
    return faulting;
  }

  @Override
  public void finalPte(AddressSpace space, long address, long pte, int unknown) {}

  @Override
  public void breach(
      BackendState backend, String invariant, AddressSpace space, long address, String message) {
    throw new AssertionError(message);
  }

  @Override
  public void call(CallFacts call, long[][] counts) {}

  @Override
  public void page(PageState page) {}

  @Override
  public void finding(Finding finding) {
    throw new AssertionError(finding);
  }
}
