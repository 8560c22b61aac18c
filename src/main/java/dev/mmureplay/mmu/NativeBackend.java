package dev.mmureplay.mmu;

/** Linux on hardware: xchg the PTE to 0, then store the new one. */
public final class NativeBackend implements MmuBackend {
  @Override
  public String name() {
    return "native";
  }

  @Override
  public String description() {
    return "hardware: locked xchg to 0, plain store";
  }

  @Override
  public boolean underXen() {
    return false;
  }

  @Override
  public Mmu create(GuestPlatform platform, OperationCounter counter) {
    return new NativeMmu(platform, counter);
  }
}
