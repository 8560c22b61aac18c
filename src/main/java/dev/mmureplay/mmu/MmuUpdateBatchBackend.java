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
    if (!platform.preserveAd()) {
      return GenericFallback.create(name(), platform, counter);
    }
    return new XenMmu(platform, counter) {
      @Override
      public long ptepModifyProtStart(PtePage page, int index) {
        return plainRead(page, index);
      }

      @Override
      public void ptepModifyProtCommit(PtePage page, int index, long oldPte, long newPte) {
        queueExtended(page, index, newPte);
      }
    };
  }
}
