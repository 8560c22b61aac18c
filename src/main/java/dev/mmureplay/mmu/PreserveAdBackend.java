package dev.mmureplay.mmu;

/** One MMU_PT_UPDATE_PRESERVE_AD hypercall for each PTE, at once. */
public final class PreserveAdBackend implements MmuBackend {
  @Override
  public String name() {
    return "preserve-ad";
  }

  @Override
  public String description() {
    return "Xen PV: plain read, one PRESERVE_AD hypercall per PTE";
  }

  @Override
  public boolean underXen() {
    return true;
  }

  @Override
  public Mmu create(GuestPlatform platform, OperationCounter counter) {
    return PreserveAdMmu.create(name(), platform, counter, PreserveAdMmu.Queueing.NONE);
  }
}
