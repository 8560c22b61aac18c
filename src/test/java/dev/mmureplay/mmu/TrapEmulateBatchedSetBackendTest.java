package dev.mmureplay.mmu;

class TrapEmulateBatchedSetBackendTest implements MmuBackendContract {
  @Override
  public MmuBackend backend() {
    return new TrapEmulateBatchedSetBackend();
  }
}
