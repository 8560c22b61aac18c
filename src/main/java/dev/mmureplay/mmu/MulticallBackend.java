package dev.mmureplay.mmu;

/**
 * The commit of 2008 (e57778a1e304): one multicall entry for each PTE, issued when the buffer is
 * full or lazy mode ends.
 */
public final class MulticallBackend implements MmuBackend {
  @Override
  public String name() {
    return "multicall";
  }

  @Override
  public String description() {
    return "Xen PV: plain read, one multicall entry per PTE, flushed at the limit or when lazy MMU mode ends";
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
        queueEntry(page, index, newPte);
      }
    };
  }
}
