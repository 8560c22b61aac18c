package dev.mmureplay.mmu;

import static dev.mmureplay.mmu.Operation.INVLPG;
import static dev.mmureplay.mmu.Operation.LOCKED_RMW;
import static dev.mmureplay.mmu.Operation.PAGE_FAULT;
import static dev.mmureplay.mmu.Operation.PTE_READ;
import static dev.mmureplay.mmu.Operation.PTE_STORE;
import static dev.mmureplay.mmu.Operation.TABLE_STORE;
import static dev.mmureplay.mmu.Operation.TLB_FULL_FLUSH;
import static dev.mmureplay.mmu.Operation.TLB_RANGE_FLUSH;
import static dev.mmureplay.mmu.Operation.TLB_SHOOTDOWN;
import static dev.mmureplay.mmu.Operation.TLB_SHOOTDOWN_TARGET;

/**
 * Linux on hardware: the generic functions of include/linux/pgtable.h and
 * arch/x86/include/asm/pgtable.h, SMP.
 */
class NativeMmu implements Mmu {
  private final OperationCounter counter;
  private final GuestKernel kernel;

  NativeMmu(GuestPlatform platform, OperationCounter counter) {
    this.counter = counter;
    this.kernel = platform.kernel();
  }

  @Override
  public void enterSyscall() {}

  @Override
  public void pageFault() {
    counter.count(PAGE_FAULT);
  }

  @Override
  public void enterLazyMmu() {}

  @Override
  public void leaveLazyMmu() {}

  @Override
  public long ptepModifyProtStart(PtePage page, int index) {
    return ptepGetAndClear(page, index);
  }

  @Override
  public void ptepModifyProtCommit(PtePage page, int index, long oldPte, long newPte) {
    setPte(page, index, newPte);
  }

  @Override
  public void setPte(PtePage page, int index, long pte) {
    counter.count(PTE_STORE);
    page.store(index, pte);
  }

  @Override
  public long ptepGetAndClear(PtePage page, int index) {
    counter.count(LOCKED_RMW);
    return page.exchange(index, 0);
  }

  @Override
  public long ptepGetAndClearFull(PtePage page, int index) {
    counter.count(PTE_READ);
    counter.count(PTE_STORE);
    long old = page.read(index);
    page.store(index, 0);
    return old;
  }

  @Override
  public void ptepSetWrprotect(PtePage page, int index) {
    counter.count(LOCKED_RMW);
    page.writeProtect(index, kernel);
  }

  @Override
  public void allocTable(TableLevel level) {
    counter.count(TABLE_STORE);
  }

  @Override
  public void releaseTable(TableLevel level) {
    counter.count(TABLE_STORE);
  }

  @Override
  public void flushTlbPages(long pages) {
    counter.count(TLB_RANGE_FLUSH);
    counter.count(INVLPG, pages);
  }

  @Override
  public void flushTlbLocal() {
    counter.count(TLB_FULL_FLUSH);
  }

  @Override
  public void flushTlbMulti(int otherCpus, long pages) {
    if (pages < 0 || !kernel.gatheredFlush()) {
      flushTlbLocal();
    } else {
      flushTlbPages(pages);
    }
    counter.count(TLB_SHOOTDOWN);
    counter.count(TLB_SHOOTDOWN_TARGET, otherCpus);
  }

  final long plainRead(PtePage page, int index) {
    counter.count(PTE_READ);
    return page.read(index);
  }
}
