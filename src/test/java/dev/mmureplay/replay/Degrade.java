package dev.mmureplay.replay;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.event.Ledger;
import dev.mmureplay.mmu.GuestKernel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/** Takes events out of a complete trace, as captures miss them. */
final class Degrade {
  private Degrade() {}

  /** Returns some numbers below a bound. */
  static BitSet some(int of, int n, Random random) {
    BitSet chosen = new BitSet();
    while (chosen.cardinality() < n) {
      chosen.set(random.nextInt(of));
    }
    return chosen;
  }

  /** Returns all but some rows. */
  static List<EventRow> without(List<EventRow> rows, BitSet dropped) {
    List<EventRow> kept = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      if (!dropped.get(i)) {
        kept.add(rows.get(i));
      }
    }
    return kept;
  }

  /** Puts the mark of a loss in the place of each row taken out. */
  static List<EventRow> marked(List<EventRow> rows, BitSet dropped) {
    List<EventRow> kept = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      kept.add(dropped.get(i) ? lost(EventSchema.UNKNOWN_INT) : rows.get(i));
    }
    return kept;
  }

  /** As a buffer for each CPU loses: the mark comes with the next event of the CPU, if any. */
  static List<EventRow> withMarks(List<EventRow> rows, BitSet dropped) {
    List<EventRow> kept = new ArrayList<>();
    int[] pending = new int[2];
    for (int i = 0; i < rows.size(); i++) {
      int cpu = rows.get(i).cpu;
      if (dropped.get(i)) {
        pending[cpu]++;
        continue;
      }
      mark(kept, cpu, pending);
      kept.add(rows.get(i));
    }
    mark(kept, 0, pending);
    mark(kept, 1, pending);
    return kept;
  }

  private static void mark(List<EventRow> rows, int cpu, int[] pending) {
    if (pending[cpu] > 0) {
      EventRow row = lost(cpu);
      row.count = pending[cpu];
      rows.add(row);
      pending[cpu] = 0;
    }
  }

  private static EventRow lost(int cpu) {
    EventRow row = new EventRow().reset(EventKind.LOST, 0, 0);
    row.cpu = cpu;
    return row;
  }

  /** Returns the accesses that do not fault, which no tracer of faults shows. */
  static BitSet faultless(Path folder, GuestKernel kernel, List<EventRow> rows, Fidelity fidelity)
      throws IOException {
    BitSet faulting =
        FaultingAccesses.of(Claims.write(folder, rows, fidelity, new Ledger()), kernel);
    BitSet faultless = new BitSet();
    for (int i = 0; i < rows.size(); i++) {
      faultless.set(i, rows.get(i).kind.isAccess() && !faulting.get(i));
    }
    return faultless;
  }
}
