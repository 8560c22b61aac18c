package dev.mmureplay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.event.EventBatch;
import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventReader;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.TraceImport;
import dev.mmureplay.importer.TraceSource;
import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.Pte;
import dev.mmureplay.replay.Replay;
import dev.mmureplay.replay.ReplayOptions;
import dev.mmureplay.replay.ReplayResult;
import dev.mmureplay.replay.ReplaySink;
import dev.mmureplay.replay.race.Interleaving;
import dev.mmureplay.replay.race.Interleaving.Racing;
import dev.mmureplay.replay.race.RaceTotals;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hazard: races that the model finds and hardware did not run, or the other way round. Two
 * recordings show the real PTEs when a call began and when it had ended: what came up in between in
 * a PTE that was present is what a wrong backend can lose, and nothing else is.
 */
class RecordedBitsTest {
  @TempDir Path directory;

  private Path events() {
    return directory.resolve("events.arrow");
  }

  private void imported(String log) throws IOException {
    try (TraceSource source = TraceSource.open(Path.of("traces").resolve(log).toString())) {
      TraceImport.importTo(source, null, ImportOptions.DEFAULT, false, events());
    }
  }

  /** Pages whose recorded PTE was present when a call began, and that had A or D more behind it. */
  private int pagesWithNewBits() throws IOException {
    int pages = 0;
    Map<List<Long>, Long> before = new HashMap<>();
    try (EventReader reader = EventReader.open(events())) {
      EventBatch batch = reader.batch();
      while (reader.nextBatch()) {
        for (int row = 0; row < batch.rows(); row++) {
          if (batch.kind(row) != EventKind.OBSERVED_PTE) {
            continue;
          }
          List<Long> page = List.of((long) batch.tid(row), batch.address(row));
          if (batch.flags(row) == EventSchema.PTE_BEFORE) {
            before.put(page, batch.result(row));
          } else if (batch.flags(row) == EventSchema.PTE_AFTER && before.containsKey(page)) {
            pages += gains(before.get(page), batch.result(row)) ? 1 : 0;
          }
        }
      }
    }
    return pages;
  }

  private static boolean gains(long before, long after) {
    return Pte.isPresent(before)
        && ((!Pte.isAccessed(before) && Pte.isAccessed(after))
            || (!Pte.isDirty(before) && Pte.isDirty(after)));
  }

  private ReplayResult exhaustive(boolean aging) throws IOException {
    Interleaving every =
        new Interleaving(Interleaving.Mode.EXHAUSTIVE, 0, 0, Racing.NONE, false, aging);
    ReplayOptions options =
        new ReplayOptions(
            new GuestPlatform(GuestKernel.LINUX_6_18, true), Backends.all(), null, 16, every);
    return Replay.run(events(), options, ReplaySink.NOTHING, done -> {});
  }

  private static void assertLost(ReplayResult result, int accessed, int byAssumption) {
    for (int i = 0; i < result.backends().size(); i++) {
      ReplayResult.Backend backend = result.backends().get(i);
      RaceTotals totals = result.races().get(i);
      boolean loses = !backend.correct();
      assertThat(totals.accessedLost()).as(backend.name()).isEqualTo(loses ? accessed : 0);
      assertThat(totals.assumedLost()).as(backend.name()).isEqualTo(loses ? byAssumption : 0);
      assertThat(totals.dirtyLost()).as(backend.name()).isZero();
    }
  }

  @Test
  void whereNoBitCameUpDuringACallNothingCanBeLost() throws IOException {
    imported("adv-race/adv-race-3x2.adsnap.txt.zst");
    assertThat(pagesWithNewBits()).isZero();
    assertLost(exhaustive(false), 0, 0);
  }

  @Test
  void hadTheKernelAgedThosePagesTheControlsCouldLoseBits() throws IOException {
    imported("adv-race/adv-race-3x2.adsnap.txt.zst");
    assertLost(exhaustive(true), 15, 15);
  }

  @Test
  void whatCameUpDuringACallCanBeLost() throws IOException {
    imported("adv-ad/adv-ad-cold.adsnap.txt.zst");
    // 20 of them in a call that rewrites nothing, because no protection changes.
    assertThat(pagesWithNewBits()).isEqualTo(79);
    // One more is a write that faulted, so that its bits did not come up; it might have been
    // earlier.
    assertLost(exhaustive(false), 60, 0);
  }
}
