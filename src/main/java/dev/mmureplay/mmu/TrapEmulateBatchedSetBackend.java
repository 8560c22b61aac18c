package dev.mmureplay.mmu;

/**
 * What Linux really did without the feature bit: the xchg traps, the new PTE goes through the
 * batched set_pte_at.
 */
public final class TrapEmulateBatchedSetBackend implements MmuBackend {
  @Override
  public String name() {
    return "trap-emulate-batched-set";
  }

  @Override
  public String description() {
    return "Xen PV without PRESERVE_AD: trapped xchg, queued set_pte_at";
  }

  @Override
  public boolean underXen() {
    return true;
  }

  @Override
  public Mmu create(GuestPlatform platform, OperationCounter counter) {
    return GenericFallback.batchedSet(platform, counter);
  }
}
