package dev.mmureplay.replay;

import dev.mmureplay.event.EventBatch;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.machine.AddressSpace;
import dev.mmureplay.machine.Machine;
import java.util.HashMap;
import java.util.Map;

/**
 * Holds recorded faults back until the recording shows the PTE that the kernel answers them with.
 * Between the two the fault may wait for another task's call on the same memory, and it may end in
 * a signal instead: then no PTE is set, and no page becomes resident.
 */
final class FaultAnswers {
  private record Fault(byte kind, long address) {}

  private final Machine machine;

  /** The last fault of each task that has not been answered. */
  private final Map<Integer, Fault> waiting = new HashMap<>();

  FaultAnswers(Machine machine) {
    this.machine = machine;
  }

  /** A fault was recorded; returns whether it has to wait. */
  boolean awaits(EventBatch batch, int row, AddressSpace space) {
    waiting.remove(batch.tid(row));
    byte kind = batch.kindCode(row);
    long flags = batch.flags(row);
    boolean fault = flags != EventSchema.UNKNOWN && (flags & EventSchema.FROM_FAULT) != 0;
    if (!fault || !machine.recordedPages().wouldSet(space, kind, batch.address(row))) {
      return false;
    }
    waiting.put(batch.tid(row), new Fault(kind, batch.address(row)));
    return true;
  }

  /** The kernel set a PTE, which may be the answer to the task's fault. */
  void answered(EventBatch batch, int row, AddressSpace space) {
    Fault fault = waiting.get(batch.tid(row));
    if (fault != null && (fault.address ^ batch.address(row)) >>> Machine.PAGE_SHIFT == 0) {
      waiting.remove(batch.tid(row));
      machine.access(space, fault.kind, fault.address);
    }
  }
}
