package dev.mmureplay.machine.check;

import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.Mmu;
import dev.mmureplay.mmu.MmuBackend;
import dev.mmureplay.mmu.OperationCounter;
import java.util.function.BiFunction;

/** A Xen backend made on the spot, which claims to be correct. */
record SeededBackend(String name, BiFunction<GuestPlatform, OperationCounter, Mmu> maker)
    implements MmuBackend {
  @Override
  public String description() {
    return "for tests";
  }

  @Override
  public boolean underXen() {
    return true;
  }

  @Override
  public Mmu create(GuestPlatform platform, OperationCounter counter) {
    return maker.apply(platform, counter);
  }
}
