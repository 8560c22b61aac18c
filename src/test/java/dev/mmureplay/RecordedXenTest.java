package dev.mmureplay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.TraceImport;
import dev.mmureplay.importer.TraceSource;
import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.Operation;
import dev.mmureplay.replay.CallFacts;
import dev.mmureplay.replay.Finding;
import dev.mmureplay.replay.Replay;
import dev.mmureplay.replay.ReplayOptions;
import dev.mmureplay.replay.ReplaySink;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Hazard: a model that resembles a kernel. Whole programs were recorded in a Linux 6.1 guest on Xen
 * 4.17 with the kernel's own tracepoints; the replay of their calls and faults must arrive at the
 * numbers that those show.
 */
class RecordedXenTest {
  @TempDir Path folder;

  private static final class Totals implements ReplaySink {
    private long calls;
    private long withoutUpdate;
    private long updates;
    private long updateHypercalls;
    private long flushHypercalls;
    private long multicalls;

    @Override
    public void call(CallFacts call, long[][] counts) {
      calls++;
      withoutUpdate += call.updatedPtes == 0 ? 1 : 0;
      updates += call.updatedPtes;
      updateHypercalls += counts[0][Operation.HYPERCALL_MMU_UPDATE.ordinal()];
      flushHypercalls += counts[0][Operation.HYPERCALL_MMUEXT_OP.ordinal()];
      multicalls += counts[0][Operation.HYPERCALL_MULTICALL.ordinal()];
    }

    @Override
    public void finding(Finding finding) {
      throw new AssertionError(finding);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "wl-busybox, 12, 0, 84, 12, 84",
    "wl-bashpipe, 72, 0, 163, 72, 163",
    "wl-threads, 369, 366, 7, 3, 7",
    "wl-boehm, 1619, 1361, 1646, 373, 610",
    "wl-barrier, 752, 0, 2501, 1157, 756",
    "wl-smp2-busybox, 12, 0, 84, 12, 84",
    "wl-smp2-bashpipe, 72, 0, 163, 72, 163",
    "wl-smp2-threads, 369, 366, 7, 3, 7",
    "wl-smp2-boehm, 1617, 1361, 1644, 370, 608",
    "wl-smp2-barrier, 752, 0, 2501, 1159, 756"
  })
  void theReplayCountsWhatTheKernelDid(
      String trace,
      long calls,
      long withoutUpdate,
      long updates,
      long updateHypercalls,
      long flushHypercalls)
      throws IOException {
    Path events = folder.resolve("events.arrow");
    String log = "traces/xen-4.17-linux-6.1/" + trace + ".ftrace.txt.zst";
    try (TraceSource source = TraceSource.open(log)) {
      TraceImport.importTo(source, TraceImport.AUTO, ImportOptions.DEFAULT, true, events);
    }
    Totals totals = new Totals();
    GuestPlatform platform = new GuestPlatform(GuestKernel.LINUX_6_1, true);
    Replay.run(
        events,
        new ReplayOptions(platform, Backends.named("mmu-update-batch"), null, 16),
        totals,
        done -> {});
    assertThat(totals.calls).isEqualTo(calls);
    assertThat(totals.withoutUpdate).isEqualTo(withoutUpdate);
    assertThat(totals.updates).isEqualTo(updates);
    assertThat(totals.updateHypercalls).isEqualTo(updateHypercalls);
    assertThat(totals.flushHypercalls).isEqualTo(flushHypercalls);
    assertThat(totals.multicalls).isZero();
  }
}
