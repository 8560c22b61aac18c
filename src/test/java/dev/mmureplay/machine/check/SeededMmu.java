package dev.mmureplay.machine.check;

import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.Mmu;
import dev.mmureplay.mmu.MmuUpdateBatchBackend;
import dev.mmureplay.mmu.Operation;
import dev.mmureplay.mmu.OperationCounter;
import dev.mmureplay.mmu.Pte;
import dev.mmureplay.mmu.PtePage;
import dev.mmureplay.mmu.XenPte;
import java.util.ArrayList;
import java.util.List;

/**
 * A copy of mmu-update-batch whose parts can be overridden one by one. As it stands it is correct;
 * each seeded bug overrides what it breaks.
 */
class SeededMmu implements Mmu {
  static final int BATCH = 31;

  /** An update that waits. */
  record Update(PtePage page, int index, long pte) {}

  final OperationCounter counter;
  private final Mmu real;
  List<Update> queue = new ArrayList<>();
  boolean lazy;

  SeededMmu(GuestPlatform platform, OperationCounter counter) {
    this.counter = counter;
    this.real = new MmuUpdateBatchBackend().create(platform, counter);
  }

  @Override
  public long ptepModifyProtStart(PtePage page, int index) {
    counter.count(Operation.PTE_READ);
    return page.read(index);
  }

  @Override
  public void ptepModifyProtCommit(PtePage page, int index, long oldPte, long newPte) {
    enqueue(new Update(page, index, newPte));
    if (!lazy) {
      drain();
    }
  }

  void enqueue(Update update) {
    if (queue.size() == BATCH) {
      drain();
    }
    queue.add(update);
  }

  void drain() {
    if (!queue.isEmpty()) {
      counter.count(Operation.HYPERCALL_MMU_UPDATE);
    }
    for (Update update : List.copyOf(queue)) {
      counter.count(Operation.MMU_UPDATE_SLOW);
      carryOut(update.page(), update.index(), XenPte.adjust(update.pte()));
    }
    queue.clear();
  }

  void carryOut(PtePage page, int index, long pte) {
    long expected = page.read(index);
    while (true) {
      long found = page.compareExchange(index, expected, pte | (expected & Pte.ACCESSED_DIRTY));
      if (found == expected) {
        return;
      }
      expected = found;
    }
  }

  @Override
  public void enterSyscall() {
    real.enterSyscall();
  }

  @Override
  public void pageFault() {
    real.pageFault();
  }

  @Override
  public void enterLazyMmu() {
    lazy = true;
    real.enterLazyMmu();
  }

  @Override
  public void leaveLazyMmu() {
    lazy = false;
    drain();
    real.leaveLazyMmu();
  }

  @Override
  public void setPte(PtePage page, int index, long pte) {
    real.setPte(page, index, pte);
  }

  @Override
  public long ptepGetAndClear(PtePage page, int index) {
    return real.ptepGetAndClear(page, index);
  }

  @Override
  public long ptepGetAndClearFull(PtePage page, int index) {
    return real.ptepGetAndClearFull(page, index);
  }

  @Override
  public void ptepSetWrprotect(PtePage page, int index) {
    real.ptepSetWrprotect(page, index);
  }

  @Override
  public void flushTlbPages(long pages) {
    real.flushTlbPages(pages);
  }

  @Override
  public void flushTlbLocal() {
    real.flushTlbLocal();
  }

  @Override
  public void flushTlbMulti(int otherCpus, long pages) {
    real.flushTlbMulti(otherCpus, pages);
  }
}
