package dev.mmureplay.replay;

import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.MmuBackend;
import dev.mmureplay.replay.race.Interleaving;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to replay a trace under.
 *
 * @param platform guest kernel and hypervisor features
 * @param backends the backends, replayed in one pass
 * @param residency the residency assumption; null picks {@link Residency#RECORDED} for a trace with
 *     page accesses and {@link Residency#ALL} for one without
 * @param faultAround how many pages one read fault of a file mapping populates at most, a power of
 *     two from 1 to 512; Linux's default is 16. That the page cache holds them is an assumption.
 * @param interleaving when accesses happen that race with an mprotect call; null picks {@link
 *     Interleaving.Mode#RECORDED} for a trace that shows accesses of threads that ran concurrently
 *     and {@link Interleaving#NONE} for others
 */
public record ReplayOptions(
    GuestPlatform platform,
    List<MmuBackend> backends,
    @Nullable Residency residency,
    int faultAround,
    @Nullable Interleaving interleaving) {
  /** Linux's default for {@code faultAround}: fault_around_bytes is 64 KiB. */
  public static final int DEFAULT_FAULT_AROUND = 16;

  /** The same without a wish for an interleaving. */
  public ReplayOptions(
      GuestPlatform platform,
      List<MmuBackend> backends,
      @Nullable Residency residency,
      int faultAround) {
    this(platform, backends, residency, faultAround, null);
  }

  public ReplayOptions {
    backends = List.copyOf(backends);
    if (backends.isEmpty()) {
      throw new IllegalArgumentException("expected at least one backend but found none");
    }
    if (faultAround < 1 || faultAround > 512 || Integer.bitCount(faultAround) != 1) {
      throw new IllegalArgumentException(
          "expected a power of two from 1 to 512 for fault-around but found " + faultAround);
    }
  }
}
