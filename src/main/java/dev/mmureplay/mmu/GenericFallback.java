package dev.mmureplay.mmu;

/**
 * What a Xen PV guest does where the hypervisor does not offer XENFEAT_mmu_pt_update_preserve_ad:
 * the generic start, whose xchg traps, and a commit through the guest's own set_pte_at, which is
 * queued in lazy MMU mode.
 */
final class GenericFallback {
  private GenericFallback() {}

  /**
   * Makes the fallback of a backend that needs the feature.
   *
   * @throws IllegalArgumentException on a kernel that refuses to boot without the feature (Linux
   *     5.15 on)
   */
  static Mmu create(String backend, GuestPlatform platform, OperationCounter counter) {
    if (platform.kernel().requiresPreserveAd()) {
      throw new IllegalArgumentException(
          backend
              + ": expected a hypervisor with XENFEAT_mmu_pt_update_preserve_ad, without which "
              + platform.kernel().id()
              + " does not boot");
    }
    return batchedSet(platform, counter);
  }

  static Mmu batchedSet(GuestPlatform platform, OperationCounter counter) {
    return new XenMmu(platform, counter) {
      @Override
      public long ptepModifyProtStart(PtePage page, int index) {
        return trappedExchange(page, index);
      }

      @Override
      public void ptepModifyProtCommit(PtePage page, int index, long oldPte, long newPte) {
        setPte(page, index, newPte);
      }
    };
  }
}
