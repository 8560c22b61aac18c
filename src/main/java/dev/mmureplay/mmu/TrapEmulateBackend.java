package dev.mmureplay.mmu;

/**
 * A Xen PV guest whose start and commit are plain code: xchg and store both trap into Xen and are
 * emulated.
 */
public final class TrapEmulateBackend implements MmuBackend {
  @Override
  public String name() {
    return "trap-emulate";
  }

  @Override
  public String description() {
    return "Xen PV: trapped xchg, trapped store; two traps per PTE";
  }

  @Override
  public boolean underXen() {
    return true;
  }

  @Override
  public Mmu create(GuestPlatform platform, OperationCounter counter) {
    return new XenMmu(platform, counter) {
      @Override
      public long ptepModifyProtStart(PtePage page, int index) {
        return trappedExchange(page, index);
      }

      @Override
      public void ptepModifyProtCommit(PtePage page, int index, long oldPte, long newPte) {
        trappedStore(page, index, newPte);
      }
    };
  }
}
