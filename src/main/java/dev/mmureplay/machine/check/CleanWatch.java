package dev.mmureplay.machine.check;

import dev.mmureplay.machine.AccessKind;
import dev.mmureplay.mmu.Pte;

/** Watches PTEs that the kernel cleans; see {@link CleanOutcome}. */
final class CleanWatch {
  private final boolean[] watched;
  private final boolean[] dirtied;
  private final boolean[] writtenAfterFlush;
  private CleanOutcome outcome = CleanOutcome.CLEARS;

  CleanWatch(int size) {
    watched = new boolean[size];
    dirtied = new boolean[size];
    writtenAfterFlush = new boolean[size];
  }

  void begin(int k) {
    watched[k] = true;
  }

  boolean watches(int k) {
    return watched[k];
  }

  void accessed(int k, AccessKind kind, long bitsSet, boolean locked) {
    if (watched[k]) {
      dirtied[k] |= (bitsSet & Pte.DIRTY) != 0;
      writtenAfterFlush[k] |= kind == AccessKind.WRITE && !locked;
    }
  }

  void end(int k, long pte) {
    if (!watched[k]) {
      return;
    }
    if (Pte.isDirty(pte) && !dirtied[k]) {
      outcome = outcome.worse(CleanOutcome.CANNOT_CLEAR);
    }
    if (!Pte.isDirty(pte) && writtenAfterFlush[k]) {
      outcome = outcome.worse(CleanOutcome.LOSES_WRITES);
    }
  }

  CleanOutcome outcome() {
    return outcome;
  }
}
