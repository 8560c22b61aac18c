package dev.mmureplay.replay;

import static dev.mmureplay.event.EventSchema.UNKNOWN;

import dev.mmureplay.event.EventBatch;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.machine.AddressSpace;
import dev.mmureplay.machine.Machine;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes back what a recorded fault did in the model if the trace shows that the kernel answered it
 * with a signal: the page did not become resident.
 */
final class FaultSignals {
  /** Faults that the model let pass and the kernel did not. */
  static final String SIGNALLED = "fault-ended-in-a-signal";

  private static final long SIGBUS = 7;
  private static final long SIGSEGV = 11;

  private final Machine machine;

  /** The page that the last fault of each task made resident, if it did. */
  private final Map<Integer, Long> pages = new HashMap<>();

  FaultSignals(Machine machine) {
    this.machine = machine;
  }

  /** A recorded fault was replayed. */
  void fault(EventBatch batch, int row, boolean populated) {
    if ((batch.flags(row) & EventSchema.FROM_FAULT) == 0) {
      return;
    }
    if (populated) {
      pages.put(batch.tid(row), pageOf(batch.address(row)));
    } else {
      pages.remove(batch.tid(row));
    }
  }

  /** A signal was delivered. */
  void delivered(EventBatch batch, int row, @Nullable AddressSpace space) {
    Long page = pages.remove(batch.tid(row));
    long number = batch.flags(row);
    boolean refused = (number == SIGSEGV || number == SIGBUS) && batch.address(row) != UNKNOWN;
    if (page != null && space != null && refused && page == pageOf(batch.address(row))) {
      machine.recordedPages().takeBack(space, page);
      machine.assumptions().use(SIGNALLED, 1);
    }
  }

  private static long pageOf(long address) {
    return address & -Machine.PAGE_SIZE;
  }
}
