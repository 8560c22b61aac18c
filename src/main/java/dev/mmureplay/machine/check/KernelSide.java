package dev.mmureplay.machine.check;

import dev.mmureplay.machine.TlbFlush;
import dev.mmureplay.mmu.Cause;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.Mmu;
import dev.mmureplay.mmu.MmuBackend;
import dev.mmureplay.mmu.Operation;
import dev.mmureplay.mmu.OperationCounter;
import dev.mmureplay.mmu.Pte;
import dev.mmureplay.mmu.PtePage;
import java.util.function.IntConsumer;

/** The kernel on one CPU: does the steps of a program by calling a backend. */
final class KernelSide {
  private final int cpu;
  private final PtePage page;
  private final Judge judge;
  private final PteView view;
  private final Journal journal;
  private final UserCpus cpus;
  private final IntConsumer afterStart;
  private final boolean gatheredFlush;
  private final OperationCounter counter = new OperationCounter();
  private final Mmu mmu;
  private final long[] rights;
  private boolean lazy;
  private int flushFirst = -1;
  private int flushLast;
  private boolean flushAll;

  KernelSide(
      int cpu,
      MmuBackend backend,
      GuestPlatform platform,
      Program program,
      PtePage page,
      Judge judge,
      PteView view,
      Journal journal,
      UserCpus cpus,
      IntConsumer afterStart) {
    this.cpu = cpu;
    this.page = page;
    this.judge = judge;
    this.view = view;
    this.journal = journal;
    this.cpus = cpus;
    this.afterStart = afterStart;
    this.gatheredFlush = platform.kernel().gatheredFlush();
    counter.cause(Cause.MPROTECT);
    mmu = backend.create(platform, counter);
    rights = new long[program.size()];
    for (int k = 0; k < rights.length; k++) {
      rights[k] = program.pte(k);
    }
  }

  OperationCounter counter() {
    return counter;
  }

  /** Does one step. */
  void step(KernelStep step) {
    int k = step.pte();
    switch (step.kind()) {
      case LOCK -> cpus.lock(true);
      case UNLOCK -> cpus.lock(false);
      case ENTER_LAZY -> {
        call("enterLazyMmu");
        mmu.enterLazyMmu();
        lazy = true;
      }
      case LEAVE_LAZY -> {
        call("leaveLazyMmu");
        mmu.leaveLazyMmu();
        lazy = false;
        judge.settleAll();
      }
      case CHANGE -> change(k, step.value());
      case CLEAN -> clean(k);
      case SET -> set(k, step.value());
      case GET_AND_CLEAR -> {
        call("ptepGetAndClear", k);
        judge.starting(k, false);
        cleared(k, mmu.ptepGetAndClear(page, index(k)));
      }
      case GET_AND_CLEAR_FULL -> {
        page.pinned = false;
        call("ptepGetAndClearFull", k);
        judge.starting(k, false);
        cleared(k, mmu.ptepGetAndClearFull(page, index(k)));
      }
      case SET_WRPROTECT -> {
        call("ptepSetWrprotect", k);
        rights[k] &= ~Pte.RW;
        judge.asked(k, rights[k]);
        mmu.ptepSetWrprotect(page, index(k));
        judge.settle(k);
        flushAll = true;
      }
      case FLUSH -> flush();
    }
  }

  private void change(int k, long flags) {
    rights[k] = view.modify(rights[k], flags);
    long old = start(k);
    commit(k, old, view.modify(old, flags));
  }

  private void clean(int k) {
    judge.cleaning(k);
    long old = start(k);
    commit(k, old, PteView.clean(old));
    widenFlush(k);
  }

  private long start(int k) {
    call("ptepModifyProtStart", k);
    judge.starting(k, Pte.isPresent(rights[k]));
    long old = mmu.ptepModifyProtStart(page, index(k));
    judge.started(k);
    afterStart.accept(k);
    return old;
  }

  private void commit(int k, long old, long pte) {
    if (journal.step()) {
      journal.tell(cpu, "ptepModifyProtCommit " + k + ": " + PteView.text(pte));
    }
    judge.asked(k, rights[k]);
    mmu.ptepModifyProtCommit(page, index(k), old, pte);
    if (!lazy) {
      judge.settle(k);
    }
    if (TlbFlush.needed(old, pte)) {
      widenFlush(k);
    }
  }

  private void set(int k, long pte) {
    if (journal.step()) {
      journal.tell(cpu, "setPte " + k + ": " + PteView.text(pte));
    }
    rights[k] = pte;
    judge.given(k, pte);
    mmu.setPte(page, index(k), pte);
    if (!lazy) {
      judge.settle(k);
    }
  }

  private void cleared(int k, long pte) {
    judge.cleared(k, pte);
    rights[k] = 0;
    widenFlush(k);
  }

  private void widenFlush(int k) {
    flushFirst = flushFirst < 0 ? k : Math.min(flushFirst, k);
    flushLast = Math.max(flushLast, k);
  }

  /** Flushes the gathered hull if there is one, or (2.6.27, fork) everything. */
  private void flush() {
    boolean everything = flushAll || !gatheredFlush;
    if (everything || flushFirst >= 0) {
      long pages = everything ? -1 : TlbFlush.pages(flushLast - flushFirst + 1L);
      call(pages < 0 ? "flush of everything" : "flush of pages: " + pages);
      flush(index(Math.max(flushFirst, 0)), pages);
    }
    flushFirst = -1;
    flushLast = 0;
    flushAll = false;
    judge.flushed(cpus);
  }

  /**
   * What the backend counts is what it has done: INVLPGs and full flushes on this CPU, and the
   * flush asked for on as many others as a shootdown names.
   */
  private void flush(int first, long pages) {
    long single = count(Operation.INVLPG);
    long full = count(Operation.TLB_FULL_FLUSH);
    long rounds = count(Operation.TLB_SHOOTDOWN);
    long targets = count(Operation.TLB_SHOOTDOWN_TARGET);
    TlbFlush.carryOut(mmu, cpus.count() - 1, pages);
    boolean fully = count(Operation.TLB_FULL_FLUSH) > full;
    cpus.flush(0, first, fully ? -1 : count(Operation.INVLPG) - single);
    if (count(Operation.TLB_SHOOTDOWN) > rounds) {
      long reached = count(Operation.TLB_SHOOTDOWN_TARGET) - targets;
      for (int other = 1; other < cpus.count() && other <= reached; other++) {
        cpus.flush(other, first, pages);
      }
    }
  }

  private long count(Operation operation) {
    return counter.get(Cause.MPROTECT, operation);
  }

  private static int index(int k) {
    return Judge.FIRST + k;
  }

  private void call(String name) {
    if (journal.step()) {
      journal.tell(cpu, name);
    }
  }

  private void call(String name, int k) {
    if (journal.step()) {
      journal.tell(cpu, name + " " + k);
    }
  }
}
