package dev.mmureplay.machine.check;

import dev.mmureplay.machine.HardwareThread;
import dev.mmureplay.machine.HardwareThread.Outcome;
import dev.mmureplay.mmu.Pte;
import dev.mmureplay.mmu.PtePage;
import java.util.List;
import java.util.Locale;

/**
 * The CPUs that use the address space: CPU 0, where the kernel works, and those of the threads that
 * run meanwhile. A thread that faults while the kernel holds its locks waits for them and tries
 * again.
 */
final class UserCpus {
  private final List<List<UserAccess>> accesses;
  private final HardwareThread[] threads;
  private final int[] next;
  private final boolean[] waiting;
  private final PtePage page;
  private final Judge judge;
  private final Journal journal;
  private boolean locked;
  private long staleUses;
  private long lateDirty;

  UserCpus(Program program, boolean lateDirty, PtePage page, Judge judge, Journal journal) {
    this.accesses = program.threads;
    this.page = page;
    this.judge = judge;
    this.journal = journal;
    threads = new HardwareThread[1 + accesses.size()];
    next = new int[threads.length];
    waiting = new boolean[threads.length];
    for (int cpu = 0; cpu < threads.length; cpu++) {
      threads[cpu] = new HardwareThread(lateDirty);
      for (int k = 0; k < program.size() && (cpu == 0 || program.prefilled); k++) {
        threads[cpu].prefill(page, Judge.FIRST + k);
      }
    }
  }

  /** Returns how many CPUs there are. */
  int count() {
    return threads.length;
  }

  HardwareThread thread(int cpu) {
    return threads[cpu];
  }

  /** The kernel takes its locks or drops them. */
  void lock(boolean taken) {
    locked = taken;
    if (!taken) {
      java.util.Arrays.fill(waiting, false);
    }
  }

  /** Returns how many threads can go on. */
  int runnable() {
    int n = 0;
    for (int cpu = 1; cpu < threads.length; cpu++) {
      n += isRunnable(cpu) ? 1 : 0;
    }
    return n;
  }

  private boolean isRunnable(int cpu) {
    return !waiting[cpu] && next[cpu] < accesses.get(cpu - 1).size();
  }

  /** Carries out the next access of one of the threads that can go on, counted from 0. */
  void act(int which) {
    int left = which;
    for (int cpu = 1; cpu < threads.length; cpu++) {
      if (isRunnable(cpu) && left-- == 0) {
        act(cpu, accesses.get(cpu - 1).get(next[cpu]));
        return;
      }
    }
    throw new IllegalArgumentException("expected a thread that can go on but found " + which);
  }

  private void act(int cpu, UserAccess access) {
    HardwareThread thread = threads[cpu];
    int index = Judge.FIRST + access.pte();
    long before = page.entries[index];
    Outcome outcome = thread.access(page, index, access.kind());
    if (journal.step()) {
      journal.tell(cpu, access + ": " + text(outcome, thread.bitsSet(), before, index));
    }
    if (outcome.done()) {
      judge.accessed(access.pte(), access.kind(), thread, locked);
    } else if (outcome == Outcome.FAULT_NOT_PRESENT) {
      judge.absent(access.pte());
    }
    if (outcome == Outcome.STALE_USE) {
      staleUses++;
      lateDirty += (thread.bitsSet() & Pte.DIRTY) != 0 ? 1 : 0;
    }
    if (!outcome.done() && locked) {
      waiting[cpu] = true;
    } else {
      next[cpu]++;
    }
  }

  private String text(Outcome outcome, long bitsSet, long before, int index) {
    String found = outcome.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    if (bitsSet != 0) {
      return found + ", sets " + PteView.bits(bitsSet) + ": " + PteView.text(page.entries[index]);
    }
    String rest = outcome.done() || !locked ? "" : ", waits for the lock";
    return found + rest + ": " + PteView.text(before);
  }

  /**
   * Drops translations of one CPU.
   *
   * @param pages how many pages from the first on, or -1 for all there are
   */
  void flush(int cpu, int first, long pages) {
    if (pages < 0) {
      threads[cpu].flush();
    } else {
      for (int i = 0; i < pages; i++) {
        threads[cpu].invalidate(page, first + i);
      }
    }
  }

  /** Returns how often a right was used that memory no longer gave. */
  long staleUses() {
    return staleUses;
  }

  /** Returns how often D was set in a PTE that was read-only by then. */
  long lateDirty() {
    return lateDirty;
  }
}
