package dev.mmureplay.machine.check;

import dev.mmureplay.machine.CountFormulas;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.MemoryOperation;
import dev.mmureplay.mmu.MemoryWatch;
import dev.mmureplay.mmu.MmuBackend;
import dev.mmureplay.mmu.PtePage;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One program, carried out once by a backend, in the order that a schedule chooses. */
final class Run implements MemoryWatch {
  /** More memory operations than this in one step of the kernel, and it will never end. */
  private static final int ENDLESS = 10_000;

  private static final class EndlessException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final Program program;
  private final Schedule schedule;
  private final Journal journal;
  private final GuestPlatform platform;
  private final MmuBackend backend;
  private final PtePage page = new PtePage();
  private final Judge judge;
  private final UserCpus cpus;
  private final KernelSide kernel;
  private final @Nullable Beside beside;

  /** Whether anything that threads could tell has happened since they could last go on. */
  private boolean moved;

  private long seen;
  private int operations;

  /** What a second kernel does beside the first, without threads: its own Mmu, page and judge. */
  private final class Beside implements MemoryWatch {
    private final PtePage otherPage = new PtePage();
    private final Judge otherJudge;
    private final KernelSide side;
    private int next;
    private boolean active;

    Beside(PteView view) {
      otherJudge = new Judge(program, otherPage, view, journal);
      UserCpus nobody = new UserCpus(program, false, otherPage, otherJudge, journal);
      int cpu = cpus.count();
      side =
          new KernelSide(
              cpu,
              backend,
              platform,
              program,
              otherPage,
              otherJudge,
              view,
              journal,
              nobody,
              k -> {});
      otherPage.watch(this);
    }

    boolean hasNext() {
      return next < program.otherKernel.size();
    }

    void step() {
      active = true;
      operations = 0;
      side.step(program.otherKernel.get(next++));
      active = false;
    }

    void end() {
      while (hasNext()) {
        step();
      }
      otherJudge.end();
    }

    @Override
    public void before(PtePage of, int index, MemoryOperation operation, long operand) {
      count();
      requireOwner(active, index);
    }

    @Override
    public void after(
        PtePage of, int index, MemoryOperation operation, long operand, boolean written) {
      otherJudge.operated(index, operation, operand, written);
    }
  }

  Run(
      MmuBackend backend,
      GuestPlatform platform,
      boolean lateDirty,
      Program program,
      Schedule schedule,
      Journal journal) {
    this.backend = backend;
    this.platform = platform;
    this.program = program;
    this.schedule = schedule;
    this.journal = journal;
    PteView view = new PteView(backend, platform.kernel());
    judge = new Judge(program, page, view, journal);
    cpus = new UserCpus(program, lateDirty, page, judge, journal);
    kernel =
        new KernelSide(
            0, backend, platform, program, page, judge, view, journal, cpus, this::afterStart);
    beside = program.otherKernel.isEmpty() ? null : new Beside(view);
    page.watch(this);
  }

  /**
   * Carries it out.
   *
   * @throws RuntimeException whatever the backend throws
   */
  void carryOut() {
    schedule.rewind();
    seen = racedEntries();
    try {
      for (KernelStep step : program.kernel) {
        betweenCalls();
        operations = 0;
        if (step.kind() == KernelStep.Kind.FLUSH) {
          checkCounts();
        }
        kernel.step(step);
        moved |= affectsThreads(step);
      }
      if (beside != null) {
        beside.end();
      }
      for (int n = cpus.runnable(); n > 0; n = cpus.runnable()) {
        cpus.act(schedule.choose(n));
      }
      judge.end();
    } catch (EndlessException e) {
      journal.breach(Invariant.I11, () -> "expected the update to end but it does not");
    }
  }

  /** A lazy-MMU region's beginning and end do so by their memory operations only. */
  private boolean affectsThreads(KernelStep step) {
    return switch (step.kind()) {
      case LOCK, FLUSH, UNLOCK -> true;
      case ENTER_LAZY, LEAVE_LAZY -> false;
      default -> program.isRaced(step.pte());
    };
  }

  /** Between start and commit of one PTE. */
  private void afterStart(int k) {
    moved |= program.isRaced(k);
    betweenCalls();
  }

  private void checkCounts() {
    if (!program.regions.isEmpty()) {
      CountFormulas formulas = CountFormulas.of(backend.name(), platform);
      if (formulas == null) {
        return;
      }
      CountFormulas.Regions regions = new CountFormulas.Regions(platform);
      for (int n : program.regions) {
        regions.add(n, 0);
      }
      regions.retried(judge.failedExchanges());
      regions.sum();
      String wrong = formulas.compare(kernel.counter(), regions);
      if (wrong != null) {
        journal.breach(Invariant.I12, () -> wrong);
      }
    }
  }

  /** Between two calls of the Mmu: everybody may go on, if anything has happened. */
  private void betweenCalls() {
    if (beside != null) {
      while (beside.hasNext() && schedule.choose(2) == 1) {
        beside.step();
      }
    } else if (moved || racedEntries() != seen) {
      letThreadsGoOn();
    }
    moved = false;
    seen = racedEntries();
  }

  private void letThreadsGoOn() {
    for (int n = cpus.runnable(); n > 0; n = cpus.runnable()) {
      int chosen = schedule.choose(1 + n);
      if (chosen == 0) {
        break;
      }
      cpus.act(chosen - 1);
    }
  }

  /** A backend that changes PTEs behind the back of PtePage is noticed by this. */
  private long racedEntries() {
    long mixed = 0;
    for (int k = 0; k < program.size(); k++) {
      if (program.isRaced(k)) {
        mixed = (mixed * 0x9e37_79b9_7f4a_7c15L) ^ page.entries[Judge.FIRST + k];
      }
    }
    return mixed;
  }

  /** Before a memory operation on a PTE that threads touch, they may go on. */
  @Override
  public void before(PtePage of, int index, MemoryOperation operation, long operand) {
    count();
    requireOwner(beside == null || !beside.active, index);
    if (isRaced(index)) {
      letThreadsGoOn();
      moved = true;
    }
    if (operation == MemoryOperation.READ && journal.step()) {
      journal.tell(0, "  read " + name(index) + ": " + PteView.text(page.entries[index]));
    }
  }

  @Override
  public void after(
      PtePage of, int index, MemoryOperation operation, long operand, boolean written) {
    if (journal.step()) {
      String what = operation.name().toLowerCase(Locale.ROOT).replace('_', ' ');
      String outcome = written ? "" : " fails, the PTE has changed";
      journal.tell(
          0, "  " + what + " " + name(index) + outcome + ": " + PteView.text(page.entries[index]));
    }
    judge.operated(index, operation, operand, written);
  }

  private static String name(int index) {
    return Integer.toString(index - Judge.FIRST);
  }

  private boolean isRaced(int index) {
    int k = index - Judge.FIRST;
    return k >= 0 && k < program.size() && program.isRaced(k);
  }

  private void requireOwner(boolean owner, int index) {
    if (!owner) {
      journal.breach(
          Invariant.I6,
          () -> "page " + name(index) + " of one CPU is touched by a call on another CPU");
    }
  }

  private void count() {
    if (++operations > ENDLESS) {
      throw new EndlessException();
    }
  }

  Judge judge() {
    return judge;
  }

  UserCpus cpus() {
    return cpus;
  }
}
