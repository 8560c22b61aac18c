package dev.mmureplay.mmu;

/**
 * A Xen PV guest that uses MMU_PT_UPDATE_PRESERVE_AD (xen_ptep_modify_prot_start and _commit):
 * start reads the PTE and leaves it live, commit asks the hypervisor to write it without touching A
 * and D. How commits queue up is the choice.
 */
final class PreserveAdMmu extends XenMmu {
  /** How a commit reaches the hypervisor. */
  enum Queueing {
    /** At once, whether in lazy MMU mode or not. */
    NONE,
    /** Each in a multicall entry of its own. */
    ENTRIES,
    /** In one mmu_update whose array grows. */
    GROWING_ARRAY
  }

  private final Queueing queueing;

  private PreserveAdMmu(GuestPlatform platform, OperationCounter counter, Queueing queueing) {
    super(platform, counter);
    this.queueing = queueing;
  }

  /**
   * Makes the working object of a backend, or where the hypervisor lacks the feature its fallback.
   *
   * @throws IllegalArgumentException if it lacks the feature and the kernel requires it
   */
  static Mmu create(
      String backend, GuestPlatform platform, OperationCounter counter, Queueing queueing) {
    return platform.preserveAd()
        ? new PreserveAdMmu(platform, counter, queueing)
        : GenericFallback.create(backend, platform, counter);
  }

  @Override
  boolean growsArrays() {
    return queueing != Queueing.ENTRIES;
  }

  @Override
  public long ptepModifyProtStart(PtePage page, int index) {
    return plainRead(page, index);
  }

  @Override
  public void ptepModifyProtCommit(PtePage page, int index, long oldPte, long newPte) {
    switch (queueing) {
      case NONE -> queueAndIssue(page, index, newPte);
      case ENTRIES -> queueEntry(page, index, newPte);
      case GROWING_ARRAY -> queueExtended(MulticallBuffer.Op.PRESERVE_AD, page, index, newPte);
    }
  }
}
