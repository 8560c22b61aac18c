package dev.mmureplay.mmu;

/** Every released kernel (400d34944c4a): one mmu_update whose array of requests grows. */
public final class MmuUpdateBatchBackend implements MmuBackend {
  @Override
  public String name() {
    return "mmu-update-batch";
  }

  @Override
  public String description() {
    return "Xen PV: plain read, one mmu_update whose array grows to the limit; every released kernel";
  }

  @Override
  public boolean underXen() {
    return true;
  }

  @Override
  public Mmu create(GuestPlatform platform, OperationCounter counter) {
    return PreserveAdMmu.create(name(), platform, counter, PreserveAdMmu.Queueing.GROWING_ARRAY);
  }
}
