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
        queueAndIssue(page, index, newPte);
      }
    };
  }
}
