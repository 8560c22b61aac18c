package dev.mmureplay.mmu;

/**
 * The negative control in a Xen PV guest: reads the live PTE and queues a normal update, which
 * stores over whatever hardware set meanwhile. Broken on purpose: an A or D bit set between start
 * and the flush of the batch is lost.
 */
public final class NaiveBatchedBackend implements MmuBackend {
  @Override
  public String name() {
    return "naive-batched";
  }

  @Override
  public String description() {
    return "Xen PV, broken on purpose: plain read, queued mmu_update without PRESERVE_AD; loses A/D"
        + " bits set before the batch is flushed";
  }

  @Override
  public boolean underXen() {
    return true;
  }

  @Override
  public boolean correct() {
    return false;
  }

  @Override
  public Mmu create(GuestPlatform platform, OperationCounter counter) {
    return new XenMmu(platform, counter) {
      @Override
      public long ptepModifyProtStart(PtePage page, int index) {
        return plainRead(page, index);
      }

      @Override
      public void ptepModifyProtCommit(PtePage page, int index, long oldPte, long newPte) {
        queueExtended(MulticallBuffer.Op.NORMAL, page, index, newPte);
      }
    };
  }
}
