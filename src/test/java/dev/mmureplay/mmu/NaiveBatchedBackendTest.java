package dev.mmureplay.mmu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NaiveBatchedBackendTest implements MmuBackendContract {
  @Override
  public MmuBackend backend() {
    return new NaiveBatchedBackend();
  }

  @Test
  void losesTheBitsThatHardwareSetsBeforeTheBatchIsFlushed() {
    Mmu mmu =
        backend().create(new GuestPlatform(GuestKernel.LINUX_6_1, true), new OperationCounter());
    PtePage page = new PtePage();
    page.entries[0] = WRITABLE & ~Pte.DIRTY;
    mmu.enterLazyMmu();
    long old = mmu.ptepModifyProtStart(page, 0);
    mmu.ptepModifyProtCommit(page, 0, old, old & ~Pte.RW);
    page.entries[0] |= Pte.DIRTY;
    mmu.leaveLazyMmu();
    assertThat(Pte.isDirty(page.entries[0])).isFalse();
  }
}
