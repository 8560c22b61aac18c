package dev.mmureplay.mmu;

class MmuUpdateBatchBackendTest implements PreserveAdContract {
  @Override
  public MmuBackend backend() {
    return new MmuUpdateBatchBackend();
  }
}
