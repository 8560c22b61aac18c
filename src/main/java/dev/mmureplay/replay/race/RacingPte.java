package dev.mmureplay.replay.race;

import dev.mmureplay.machine.HardwareThread;
import dev.mmureplay.machine.PteUpdate;
import dev.mmureplay.mmu.Cause;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.MemoryOperation;
import dev.mmureplay.mmu.Mmu;
import dev.mmureplay.mmu.MmuBackend;
import dev.mmureplay.mmu.Operation;
import dev.mmureplay.mmu.OperationCounter;
import dev.mmureplay.mmu.Pte;
import dev.mmureplay.mmu.PtePage;
import dev.mmureplay.mmu.XenPte;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One backend, updating a PTE of a page table of its own while other CPUs access the page.
 *
 * <p>A position is a moment counted in the backend's own memory operations on that PTE: 0 is before
 * the first, the number of all operations is behind the last and before the TLB is flushed.
 * Positions that differ only in operations on other PTEs are one.
 */
final class RacingPte {
  private static final long FRAME = 1L << Pte.FRAME_SHIFT;

  private final MmuBackend backend;
  private final GuestPlatform platform;
  private final boolean lateDirty;
  private final boolean aging;
  private final OperationCounter counter = new OperationCounter();
  private final Mmu mmu;
  private final PtePage page = new PtePage();
  private final List<Timeline> timelines = new ArrayList<>();
  private final int operations;
  private final boolean startLeavesLive;

  private int seen;
  private int next;
  private int compareExchanges;
  private long set;
  private int[] flags = new int[1];
  private boolean live;

  /**
   * Makes a backend for races.
   *
   * @param aging whether a TLB may hold a translation whose A has been cleared since
   * @throws IllegalArgumentException if it cannot exist on that platform
   */
  RacingPte(MmuBackend backend, GuestPlatform platform, boolean lateDirty, boolean aging) {
    this.backend = backend;
    this.platform = platform;
    this.lateDirty = lateDirty;
    this.aging = aging;
    this.mmu = backend.create(platform, counter);
    this.counter.cause(Cause.MPROTECT);
    this.operations = timeline(1).total();
    this.startLeavesLive = live;
  }

  /** Returns how many memory operations the backend needs for one PTE that nothing races with. */
  int operations() {
    return operations;
  }

  /** Returns whether a TLB may hold a translation of a PTE. */
  boolean mayBeCached(long pte) {
    return Pte.isPresent(pte) && (aging || Pte.isAccessed(pte));
  }

  /** Returns whether a present PTE is still present when start has returned. */
  boolean startLeavesLive() {
    return startLeavesLive;
  }

  /** Returns the order of operations of a region with that many PTEs. */
  Timeline timeline(int ptes) {
    while (timelines.size() <= ptes) {
      timelines.add(new Timeline(0, new int[0][]));
    }
    Timeline known = timelines.get(ptes);
    if (known.total() == 0) {
      known = run(ptes);
      timelines.set(ptes, known);
    }
    return known;
  }

  private Timeline run(int ptes) {
    long old = Pte.PRESENT | Pte.USER | Pte.RW | Pte.NX | Pte.ACCESSED_DIRTY | FRAME;
    long readOnly = Pte.PRESENT | Pte.USER | Pte.NX | Pte.ACCESSED;
    int[][] steps = new int[ptes][];
    Arrays.setAll(steps, place -> new int[0]);
    Arrays.fill(page.entries, 0, ptes, resident(old));
    seen = 0;
    page.watch(
        (where, place, operation, operand) -> {
          steps[place] = Arrays.copyOf(steps[place], steps[place].length + 1);
          steps[place][steps[place].length - 1] = seen++;
        });
    mmu.enterLazyMmu();
    for (int place = 0; place < ptes; place++) {
      update(place, readOnly, PteUpdate.AS_FLAGS);
    }
    mmu.leaveLazyMmu();
    page.watch(null);
    return new Timeline(seen, steps);
  }

  private long resident(long pte) {
    return backend.underXen() ? XenPte.adjust(pte) : pte;
  }

  private void update(int place, long newFlags, byte upgrade) {
    long read = mmu.ptepModifyProtStart(page, place);
    live = Pte.isPresent(page.entries[place]);
    long changed = PteUpdate.apply(platform.kernel(), read, newFlags, upgrade);
    mmu.ptepModifyProtCommit(page, place, read, changed);
  }

  /**
   * Updates one PTE with accesses at given moments.
   *
   * @param old the PTE before, without bits that Xen owns; its frame does not matter
   * @param newFlags permission flags that it gets
   * @param upgrade a constant of {@link PteUpdate}
   * @param accesses the accesses, in the order of their positions
   * @return a {@link Schedule}
   */
  int race(long old, long newFlags, byte upgrade, RacingAccess... accesses) {
    long before = (old & ~Pte.FRAME) | FRAME;
    long after = PteUpdate.apply(platform.kernel(), before, newFlags, upgrade);
    page.entries[0] = resident(before);
    HardwareThread[] threads = new HardwareThread[accesses.length];
    for (int i = 0; i < accesses.length; i++) {
      threads[i] = threadOf(accesses, threads, i);
    }
    seen = 0;
    next = 0;
    compareExchanges = 0;
    set = 0;
    flags = new int[accesses.length];
    long emulated = counter.get(Cause.MPROTECT, Operation.PTWR_CMPXCHG);
    page.watch(
        (where, place, operation, operand) -> {
          accessUpTo(seen, accesses, threads, before, after);
          seen++;
          compareExchanges += operation == MemoryOperation.COMPARE_EXCHANGE ? 1 : 0;
        });
    boolean cleans = upgrade == PteUpdate.CLEAN;
    if (!cleans || Pte.isDirty(before)) {
      mmu.enterLazyMmu();
      update(0, newFlags, upgrade);
      mmu.leaveLazyMmu();
    }
    page.watch(null);
    accessUpTo(Integer.MAX_VALUE, accesses, threads, before, after);
    long found = state(page.entries[0]);
    // What is cleaned is recorded: only D that was set behind the commit has to be there.
    long dirty = cleans ? found & Pte.DIRTY : Pte.DIRTY;
    long truth = (state(before) | set) & (Pte.ACCESSED | dirty);
    int repeated = Math.max(0, compareExchanges - 1);
    int exchanged =
        Math.max(0, (int) (counter.get(Cause.MPROTECT, Operation.PTWR_CMPXCHG) - emulated) - 1);
    int seenByAny = 0;
    for (int each : flags) {
      seenByAny |= each;
    }
    int compared = repeated - Math.min(repeated, exchanged);
    return Schedule.of(truth & ~found, found & ~truth, seenByAny, compared, exchanged);
  }

  /** Returns what one access of the last race saw: flags of {@link Schedule}. */
  int seenBy(int access) {
    return flags[access];
  }

  /** Accesses of one thread share its TLB, which may hold the translation already. */
  private HardwareThread threadOf(RacingAccess[] accesses, HardwareThread[] threads, int at) {
    for (int i = 0; i < at; i++) {
      if (accesses[i].tid() == accesses[at].tid()) {
        return threads[i];
      }
    }
    HardwareThread thread = new HardwareThread(lateDirty);
    if (accesses[at].cached()) {
      long pte = page.entries[0];
      page.entries[0] = aging ? pte | Pte.ACCESSED : pte;
      thread.prefill(page, 0);
      page.entries[0] = pte;
    }
    return thread;
  }

  private void accessUpTo(
      int position, RacingAccess[] accesses, HardwareThread[] threads, long before, long after) {
    while (next < accesses.length && accesses[next].position() <= position) {
      int at = next++;
      RacingAccess access = accesses[at];
      HardwareThread thread = threads[at];
      HardwareThread.Outcome outcome = thread.access(page, 0, access.kind());
      set |= thread.bitsSet();
      if (thread.bitsSet() != 0 && seen > 0 && seen < operations) {
        flags[at] |= Schedule.RACED;
      }
      if (outcome == HardwareThread.Outcome.STALE_USE) {
        flags[at] |= Schedule.STALE_USE;
      }
      if (outcome == HardwareThread.Outcome.FAULT_NOT_PRESENT
          && HardwareThread.permits(before, access.kind())
          && HardwareThread.permits(after, access.kind())) {
        flags[at] |= Schedule.TRANSIENT_FAULT;
      }
    }
  }

  private static long state(long pte) {
    return (Pte.isAccessed(pte) ? Pte.ACCESSED : 0) | (Pte.isDirty(pte) ? Pte.DIRTY : 0);
  }
}
