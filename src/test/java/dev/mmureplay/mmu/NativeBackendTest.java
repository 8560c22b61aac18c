package dev.mmureplay.mmu;

class NativeBackendTest implements MmuBackendContract {
  @Override
  public MmuBackend backend() {
    return new NativeBackend();
  }
}
