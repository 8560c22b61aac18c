package dev.mmureplay.machine.check;

import dev.mmureplay.machine.AccessKind;
import dev.mmureplay.machine.HardwareThread;
import dev.mmureplay.mmu.MemoryOperation;
import dev.mmureplay.mmu.Pte;
import dev.mmureplay.mmu.PtePage;
import java.util.Arrays;

/**
 * The reference of one PTE page: what each PTE must hold if every update is atomic, A and D being
 * what they were and what hardware has set since. Knows nothing of how a backend works.
 */
final class Judge {
  /** Where in its PTE page the first PTE of a program stands; the one before it is a guard. */
  static final int FIRST = 8;

  private static final long GUARD = Pte.of(4095, Pte.PRESENT | Pte.USER | Pte.NX);
  private static final int MAX_ATTEMPTS = 3;
  private static final long[] EMPTY = new long[PtePage.ENTRIES];

  private final PtePage page;
  private final PteView view;
  private final Journal journal;
  private final int size;

  /** The PTE as it is by the reference, rights only matter; {@link #truth} has A and D. */
  private final long[] reference;

  private final long[] truth;
  private final boolean[] written;

  /** The rights that were in memory when the update at hand was handed over. */
  private final long[] rightsAtCommit;

  private final int[] writes;
  private final int[] attempts;

  /** Whether an update is under way, and whether start left the PTE live. */
  private final boolean[] open;

  private final boolean[] live;
  private final boolean[] present;
  private final int[] lateSince;
  private final CleanWatch clean;
  private int failedExchanges;
  private int mostAttempts;
  private long transientFaults;

  Judge(Program program, PtePage page, PteView view, Journal journal) {
    this.page = page;
    this.view = view;
    this.journal = journal;
    size = program.size();
    reference = new long[size];
    truth = new long[size];
    written = new boolean[size];
    rightsAtCommit = new long[size];
    writes = new int[size];
    attempts = new int[size];
    open = new boolean[size];
    live = new boolean[size];
    present = new boolean[size];
    lateSince = new int[size];
    clean = new CleanWatch(size);
    page.entries[FIRST - 1] = view.inMemory(GUARD);
    page.entries[FIRST + size] = view.inMemory(GUARD);
    for (int k = 0; k < size; k++) {
      reference[k] = program.pte(k);
      truth[k] = PteView.accessedDirty(program.pte(k));
      present[k] = Pte.isPresent(program.pte(k));
      page.entries[FIRST + k] = view.inMemory(program.pte(k));
    }
    Arrays.fill(live, true);
    Arrays.fill(lateSince, -1);
  }

  /** Start of an update is called: for now the PTE may go out. */
  void starting(int k, boolean staysPresent) {
    live[k] = false;
    attempts[k] = 0;
    present[k] &= staysPresent;
  }

  /** Start of an update has returned. */
  void started(int k) {
    live[k] = Pte.isPresent(page.entries[FIRST + k]);
  }

  /** An update is handed over: the PTE is to become this. */
  void asked(int k, long pte) {
    reference[k] = pte;
    rightsAtCommit[k] = view.rights(page.entries[FIRST + k]);
    writes[k] = 0;
    attempts[k] = 0;
    open[k] = true;
  }

  /** A PTE that was empty is to become this, A and D included. */
  void given(int k, long pte) {
    truth[k] = PteView.accessedDirty(pte);
    asked(k, pte);
  }

  /** A PTE is to be cleaned, which keeps its A and D from being judged. */
  void cleaning(int k) {
    clean.begin(k);
  }

  /** The kernel got this value out of a PTE that is to be empty from now on. */
  void cleared(int k, long pte) {
    long found = PteView.accessedDirty(pte);
    bits(k, truth[k], found);
    long expected = view.rights(reference[k]);
    if (view.rights(pte) != expected) {
      breach(PteView.difference(expected, view.rights(pte)), k, expected, view.rights(pte));
    }
    reference[k] = 0;
    truth[k] = 0;
    written[k] = false;
  }

  /** An update of one PTE must be in effect. */
  void settle(int k) {
    if (!open[k]) {
      return;
    }
    open[k] = false;
    live[k] = true;
    present[k] = Pte.isPresent(reference[k]);
    long pte = page.entries[FIRST + k];
    long expected = view.rights(reference[k]);
    long found = view.rights(pte);
    if (found != expected && writes[k] == 0 && found == rightsAtCommit[k]) {
      lateSince[k] = journal.steps();
      return;
    }
    compare(k, pte);
  }

  /** Every update must be in effect. */
  void settleAll() {
    for (int k = 0; k < size; k++) {
      settle(k);
    }
  }

  private void compare(int k, long pte) {
    long expected = view.rights(reference[k]);
    long found = view.rights(pte);
    if (found != expected) {
      breach(PteView.difference(expected, found), k, expected, found);
    }
    if (!clean.watches(k)) {
      bits(k, truth[k], PteView.accessedDirty(pte));
    }
  }

  private void bits(int k, long expected, long found) {
    long lost = expected & ~found;
    long invented = found & ~expected;
    if (lost != 0) {
      journal.breach(Invariant.I1, () -> page(k) + " lost " + PteView.bits(lost));
    }
    if (invented != 0) {
      journal.breach(
          Invariant.I2, () -> page(k) + " has " + PteView.bits(invented) + " that nobody set");
    }
  }

  private void breach(Invariant invariant, int k, long expected, long found) {
    journal.breach(
        invariant,
        () ->
            page(k)
                + ": expected "
                + PteView.text(expected)
                + " but found "
                + PteView.text(found)
                + " (A and D apart)");
  }

  private static String page(int k) {
    return "page " + k;
  }

  /** A thread's access was carried out. */
  void accessed(int k, AccessKind kind, HardwareThread cpu, boolean locked) {
    truth[k] |= cpu.bitsSet();
    written[k] |= kind == AccessKind.WRITE;
    clean.accessed(k, kind, cpu.bitsSet(), locked);
  }

  /** A thread found a PTE absent. */
  void absent(int k) {
    if (!present[k]) {
      return;
    }
    transientFaults++;
    if (live[k]) {
      journal.breach(
          Invariant.I10, () -> page(k) + " was found absent while its PTE should be live");
    }
  }

  /** The backend has carried out a memory operation on this page. */
  void operated(int index, MemoryOperation operation, long operand, boolean changed) {
    int k = index - FIRST;
    if (k < 0 || k >= size) {
      return;
    }
    if (operation == MemoryOperation.COMPARE_EXCHANGE) {
      attempt(k, operand, changed);
    }
    if (changed && operand != 0 && open[k]) {
      writes[k]++;
      if (writes[k] > 1) {
        journal.breach(Invariant.I6, () -> page(k) + " was updated twice");
      }
    }
  }

  private void attempt(int k, long operand, boolean changed) {
    attempts[k]++;
    mostAttempts = Math.max(mostAttempts, attempts[k]);
    if (operand == 0 && !changed) {
      failedExchanges++;
    }
    if (attempts[k] > MAX_ATTEMPTS) {
      journal.breach(
          Invariant.I11, () -> page(k) + ": expected at most 3 attempts but found " + attempts[k]);
    }
  }

  /** The kernel has flushed what it had to: no CPU may hold a right that memory does not give. */
  void flushed(UserCpus cpus) {
    for (int cpu = 0; cpu < cpus.count(); cpu++) {
      for (int k = 0; k < size; k++) {
        for (AccessKind kind : PteView.KINDS) {
          if (cpus.thread(cpu).holdsStale(page, FIRST + k, kind)) {
            stale(cpu, k, kind);
          }
        }
      }
    }
  }

  private void stale(int cpu, int k, AccessKind kind) {
    journal.breach(
        Invariant.I8,
        () ->
            "CPU "
                + cpu
                + " may still "
                + kind.name().toLowerCase(java.util.Locale.ROOT)
                + " page "
                + k
                + " by its TLB, which "
                + PteView.text(page.entries[FIRST + k])
                + " forbids");
  }

  /** Nothing happens any more. */
  void end() {
    for (int k = 0; k < size; k++) {
      end(k, page.entries[FIRST + k]);
    }
    untouched(0, FIRST - 1);
    untouched(FIRST + size + 1, PtePage.ENTRIES);
    long guard = view.inMemory(GUARD);
    if (page.entries[FIRST - 1] != guard || page.entries[FIRST + size] != guard) {
      journal.breach(Invariant.I6, () -> "a neighbour changed, which nobody asked for");
    }
  }

  private void untouched(int from, int to) {
    int changed = Arrays.mismatch(page.entries, from, to, EMPTY, from, to);
    if (changed >= 0) {
      journal.breach(
          Invariant.I6, () -> page(from + changed - FIRST) + " changed, which nobody asked for");
    }
  }

  private void end(int k, long pte) {
    if (lateSince[k] >= 0) {
      late(k, pte);
    } else {
      compare(k, pte);
      boolean kept = reference[k] != 0 && !clean.watches(k);
      if (kept && written[k] && !Pte.isDirty(pte)) {
        journal.breach(Invariant.I9, () -> page(k) + " was written and ends up clean");
      }
    }
    clean.end(k, pte);
  }

  private void late(int k, long pte) {
    boolean inEffect = view.rights(pte) == view.rights(reference[k]);
    journal.breach(
        inEffect ? Invariant.I7 : Invariant.I6,
        lateSince[k],
        () -> inEffect ? page(k) + " is updated only later" : page(k) + " is never updated");
  }

  /** Returns how often an xchg was tried again because hardware had set a bit. */
  int failedExchanges() {
    return failedExchanges;
  }

  /** Returns the most attempts that one update took. */
  int mostAttempts() {
    return mostAttempts;
  }

  long transientFaults() {
    return transientFaults;
  }

  CleanOutcome cleanOutcome() {
    return clean.outcome();
  }
}
