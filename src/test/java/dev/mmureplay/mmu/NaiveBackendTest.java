package dev.mmureplay.mmu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NaiveBackendTest implements MmuBackendContract {
  @Override
  public MmuBackend backend() {
    return new NaiveBackend();
  }

  @Test
  void losesTheBitsThatHardwareSetsBetweenStartAndCommit() {
    Mmu mmu =
        backend().create(new GuestPlatform(GuestKernel.LINUX_6_1, true), new OperationCounter());
    PtePage page = new PtePage();
    page.entries[0] = WRITABLE & ~Pte.DIRTY;
    long old = mmu.ptepModifyProtStart(page, 0);
    page.entries[0] |= Pte.DIRTY;
    mmu.ptepModifyProtCommit(page, 0, old, old & ~Pte.RW);
    assertThat(Pte.isDirty(page.entries[0])).isFalse();
  }
}
