package dev.mmureplay.mmu;

class PreserveAdBackendTest implements PreserveAdContract {
  @Override
  public MmuBackend backend() {
    return new PreserveAdBackend();
  }
}
