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
    return PreserveAdMmu.create(name(), platform, counter, PreserveAdMmu.Queueing.ENTRIES);
  }
}
