package dev.mmureplay.mmu;

/**
 * The negative control: reads the live PTE and stores the new one over whatever hardware set
 * meanwhile. Broken on purpose: an A or D bit set between start and commit is lost.
 */
public final class NaiveBackend implements MmuBackend {
  @Override
  public String name() {
    return "naive";
  }

  @Override
  public String description() {
    return "hardware, broken on purpose: plain read, plain store; loses A/D bits set in between";
  }

  @Override
  public boolean underXen() {
    return false;
  }

  @Override
  public boolean correct() {
    return false;
  }

  @Override
  public Mmu create(GuestPlatform platform, OperationCounter counter) {
    return new NativeMmu(platform, counter) {
      @Override
      public long ptepModifyProtStart(PtePage page, int index) {
        return plainRead(page, index);
      }
    };
  }
}
