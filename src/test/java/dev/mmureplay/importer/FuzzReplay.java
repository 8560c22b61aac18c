package dev.mmureplay.importer;

import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.replay.Replay;
import dev.mmureplay.replay.ReplayOptions;
import dev.mmureplay.replay.ReplayResult;
import dev.mmureplay.replay.ReplaySink;
import dev.mmureplay.replay.Residency;
import java.io.IOException;
import java.nio.file.Path;

/** Replays whatever events there are; every backend that claims to be correct must stay so. */
final class FuzzReplay {
  private FuzzReplay() {}

  /**
   * Replays an event file.
   *
   * @throws IllegalStateException if a correct backend failed, or differs from another
   */
  static void run(Path events) throws IOException {
    ReplayOptions options =
        new ReplayOptions(
            new GuestPlatform(GuestKernel.LINUX_6_1, true),
            Backends.all(),
            Residency.RECORDED,
            ReplayOptions.DEFAULT_FAULT_AROUND);
    ReplayResult result = Replay.run(events, options, ReplaySink.NOTHING, done -> {});
    long different =
        result.backends().stream()
            .filter(ReplayResult.Backend::correct)
            .map(ReplayResult.Backend::digest)
            .distinct()
            .count();
    if (different > 1) {
      throw new IllegalStateException("correct backends differ");
    }
    for (ReplayResult.Backend backend : result.backends()) {
      if (backend.failure() != null || (backend.correct() && backend.findings() > 0)) {
        throw new IllegalStateException(
            backend.name() + " failed: " + backend.failure() + ", " + backend.findings());
      }
    }
  }
}
