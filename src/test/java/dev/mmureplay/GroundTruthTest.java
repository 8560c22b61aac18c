package dev.mmureplay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventReader;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventWriter;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.event.Ledger;
import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.replay.Replay;
import dev.mmureplay.replay.ReplayOptions;
import dev.mmureplay.store.RunRecorder;
import dev.mmureplay.store.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hazard: each part is right by itself and the whole is not. From events to prices, the program
 * must arrive at what was measured: instructions on Linux 6.1.192 under Xen 4.17.7, and the ratios
 * published in 2008.
 */
class GroundTruthTest {
  private static final long BASE = 0x7000_0000_0000L;

  /**
   * A process that maps and writes pages from a 2 MiB boundary on and makes them read-only in one
   * call.
   */
  private static Path trace(Path folder, int pages) throws IOException {
    Path file = folder.resolve("pages-" + pages + ".arrow");
    EventRow row = new EventRow();
    try (EventWriter writer = new EventWriter(file)) {
      row.reset(EventKind.MMAP, 1, 1);
      row.address = 0;
      row.length = pages * 4096L;
      row.protection = 3;
      row.flags = 0x22;
      row.result = BASE;
      writer.append(row);
      for (int i = 0; i < pages; i++) {
        row.reset(EventKind.WRITE, 1, 1);
        row.address = BASE + i * 4096L;
        writer.append(row);
      }
      row.reset(EventKind.MPROTECT, 1, 1);
      row.address = BASE;
      row.length = pages * 4096L;
      row.protection = 1;
      row.result = 0;
      writer.append(row);
      writer.finish(
          "test",
          "1",
          "pages-" + pages,
          Integer.toHexString(pages),
          null,
          "none",
          new Fidelity(Fidelity.Accesses.EVERY, true, true, true, true, true, true, 0),
          new Ledger());
    }
    return file;
  }

  private static void replay(Store store, Path events, GuestKernel kernel) throws IOException {
    ReplayOptions options =
        new ReplayOptions(new GuestPlatform(kernel, true), Backends.all(), null, 16);
    try (EventReader reader = EventReader.open(events);
        RunRecorder recorder = store.record(reader.info(), options)) {
      recorder.commit(Replay.run(events, options, recorder, done -> {}));
    }
  }

  private static double[] costs(Store store, String trace, String backend, String profile)
      throws SQLException {
    String sql =
        "SELECT low, typical, high, ratio_low, ratio_typical, ratio_high FROM cost_by_backend"
            + " WHERE trace = ? AND backend = ? AND profile = ?";
    try (PreparedStatement statement = store.connection().prepareStatement(sql)) {
      statement.setString(1, trace);
      statement.setString(2, backend);
      statement.setString(3, profile);
      try (ResultSet result = statement.executeQuery()) {
        assertThat(result.next()).as("%s %s", trace, backend).isTrue();
        double[] values = new double[6];
        for (int i = 0; i < values.length; i++) {
          values[i] = result.getDouble(i + 1);
        }
        assertThat(result.next()).isFalse();
        return values;
      }
    }
  }

  @Test
  void instructionsEqualTheMeasuredTotalsToTheLastOne(@TempDir Path folder) throws Exception {
    int[] pages = MeasuredInstructions.pages();
    String[] backends = MeasuredInstructions.backends();
    long[][] measured = MeasuredInstructions.readWriteToReadOnly();
    try (Store store = Store.open(folder.resolve("r.duckdb"))) {
      for (int line = 0; line < pages.length; line++) {
        replay(store, trace(folder, pages[line]), GuestKernel.LINUX_6_1);
        for (int column = 0; column < backends.length; column++) {
          double[] found =
              costs(store, "pages-" + pages[line], backends[column], "instructions-xen-4.17");
          assertThat(found[1])
              .as("%d pages under %s", pages[line], backends[column])
              .isEqualTo((double) measured[line][column]);
        }
      }
    }
  }

  @Test
  void theRatiosOf2008LieInTheirIntervalsAndTypicalIsWithin15Percent(@TempDir Path folder)
      throws Exception {
    try (Store store = Store.open(folder.resolve("r.duckdb"))) {
      replay(store, trace(folder, 512), GuestKernel.LINUX_2_6_27);
      double[] batched = costs(store, "pages-512", "multicall", "xen-3.3-2008");
      double[] before = costs(store, "pages-512", "trap-emulate", "xen-3.3-2008");
      assertThat(7.0).isBetween(batched[3], batched[5]);
      assertThat(batched[4]).isCloseTo(7, within(7 * 0.15));
      assertThat(49.0).isBetween(before[3], before[5]);
      assertThat(before[4]).isCloseTo(49, within(49 * 0.15));
      assertThat(before[1] / batched[1]).isCloseTo(7, within(7 * 0.15));
      assertThat(7.0).isBetween(before[0] / batched[2], before[2] / batched[0]);
    }
  }
}
