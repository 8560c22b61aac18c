package dev.mmureplay.machine.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.Mmu;
import dev.mmureplay.mmu.MmuBackend;
import dev.mmureplay.mmu.OperationCounter;
import java.util.function.BiFunction;

/** A Xen backend made on the spot, which claims to be correct. */
record SeededBackend(String name, BiFunction<GuestPlatform, OperationCounter, Mmu> maker)
    implements MmuBackend {
  static final GuestPlatform PLATFORM = new GuestPlatform(GuestKernel.LINUX_6_1, true);

  /** Explores until the invariant breaks and returns the shortest order so far. */
  static Witness caught(
      Invariant invariant, BiFunction<GuestPlatform, OperationCounter, Mmu> maker) {
    Exploration exploration =
        new Exploration(new SeededBackend("mmu-update-batch", maker), PLATFORM, false);
    for (Program program : Programs.contract(PLATFORM.kernel())) {
      exploration.explore(program);
      CheckResult result = exploration.result(CleanOutcome.CLEARS);
      if (result.breaches().containsKey(invariant)) {
        assertThat(result.asClaimed()).isFalse();
        return result.witnesses().stream()
            .filter(witness -> witness.invariant() == invariant)
            .findFirst()
            .orElseThrow();
      }
    }
    throw new AssertionError(
        "expected "
            + invariant
            + " to break but found "
            + exploration.result(CleanOutcome.CLEARS).breaches());
  }

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
