package dev.mmureplay.machine.check;

import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.MmuBackend;
import java.util.List;
import java.util.Map;

/**
 * The backend contract, checked exhaustively: small programs in every order that kernel and
 * hardware allow, against a reference in which every update is atomic.
 */
public final class BackendCheck {
  private BackendCheck() {}

  /**
   * Checks a backend.
   *
   * @param lateDirty whether hardware may set D in a PTE that has become read-only, see {@link
   *     dev.mmureplay.machine.HardwareThread}
   */
  public static CheckResult check(MmuBackend backend, GuestPlatform platform, boolean lateDirty) {
    try {
      Exploration contract = new Exploration(backend, platform, lateDirty);
      Programs.contract(platform.kernel()).forEach(contract::explore);
      Exploration cleaning = new Exploration(backend, platform, lateDirty);
      Programs.cleaning().forEach(cleaning::explore);
      return contract.result(cleaning.clean());
    } catch (RuntimeException e) {
      // A plug-in's defect costs its own row, not the run; the failure is part of the result.
      return failed(backend, platform, backend.name() + " failed: " + e);
    }
  }

  private static CheckResult failed(MmuBackend backend, GuestPlatform platform, String failure) {
    return new CheckResult(
        backend, platform, 0, 0, 0, Map.of(), 0, 0, 0, 0, CleanOutcome.CLEARS, List.of(), failure);
  }
}
