package dev.mmureplay.replay.verify;

import dev.mmureplay.machine.BackendState;
import dev.mmureplay.machine.Machine;
import dev.mmureplay.machine.ProtectionObserver;
import dev.mmureplay.mmu.Operation;
import dev.mmureplay.mmu.OperationCounter;

/** Gathers what one backend does in each call, from the order in which it counts its operations. */
final class Model implements ProtectionObserver {
  /** What the call under way did so far. */
  final Work work = new Work();

  private boolean inHypercall;
  private boolean inMulticall;
  private long flushStart;
  private long flushPages;

  /** Returns a counter that tells this of every operation. */
  OperationCounter newCounter() {
    return new OperationCounter() {
      @Override
      public void count(Operation operation) {
        super.count(operation);
        counted(operation, 1);
      }

      @Override
      public void count(Operation operation, long n) {
        super.count(operation, n);
        counted(operation, n);
      }
    };
  }

  /** Begins a call. */
  void begin() {
    work.clear();
    inHypercall = false;
    inMulticall = false;
    flushStart = Work.Flushes.ALL;
  }

  @Override
  public void updated(BackendState backend, long address, long old, long changed) {
    work.pages.add(address);
    work.olds.add(old);
    work.news.add(changed);
  }

  @Override
  public void flushing(BackendState backend, long start, long pages) {
    flushStart = start;
    flushPages = pages;
  }

  private void counted(Operation operation, long n) {
    switch (operation) {
      case HYPERCALL_MMU_UPDATE, HYPERCALL_UPDATE_VA_MAPPING -> {
        work.hypercalls.add(0);
        inHypercall = true;
        inMulticall = false;
      }
      case HYPERCALL_MULTICALL -> {
        work.multicalls.add(0);
        inHypercall = false;
        inMulticall = true;
      }
      case MULTICALL_ENTRY -> {
        if (inMulticall) {
          work.multicalls.addToLast(n);
        }
      }
      case MMU_UPDATE_FAST,
          MMU_UPDATE_SLOW,
          MMU_UPDATE_GET,
          MMU_UPDATE_PUT,
          MMU_UPDATE_ABSENT,
          UPDATE_VA_MAPPING -> {
        if (inHypercall) {
          work.hypercalls.addToLast(n);
        }
      }
      case HYPERCALL_MMUEXT_OP -> work.flushes.hypercalls += n;
      case INVLPG -> {
        for (long page = 0; page < n; page++) {
          work.flushes.add(flushStart + (page << Machine.PAGE_SHIFT), 1, 0);
        }
      }
      case TLB_FULL_FLUSH -> work.flushes.add(Work.Flushes.ALL, 0, 0);
      case TLB_SHOOTDOWN_TARGET -> {
        // The hypervisor is given the range, whether it makes use of it or not.
        long calls = work.flushes.hypercalls;
        work.flushes.clear();
        work.flushes.hypercalls = calls;
        boolean all = flushPages < 0;
        work.flushes.add(all ? Work.Flushes.ALL : flushStart, all ? 0 : flushPages, n);
      }
      default -> {
        // Work that no tracepoint shows.
      }
    }
  }
}
