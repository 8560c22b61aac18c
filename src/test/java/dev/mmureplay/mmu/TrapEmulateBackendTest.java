package dev.mmureplay.mmu;

class TrapEmulateBackendTest implements MmuBackendContract {
  @Override
  public MmuBackend backend() {
    return new TrapEmulateBackend();
  }
}
