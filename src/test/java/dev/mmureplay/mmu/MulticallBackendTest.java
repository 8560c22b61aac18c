package dev.mmureplay.mmu;

class MulticallBackendTest implements PreserveAdContract {
  @Override
  public MmuBackend backend() {
    return new MulticallBackend();
  }
}
