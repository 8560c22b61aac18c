package dev.mmureplay.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mmureplay.event.EventSchema;
import dev.mmureplay.mmu.GuestKernel;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hazard: a line through nothing, or through calls that failed, read as the cost of the recording
 * machine.
 */
class DurationFitTest {
  @TempDir Path folder;

  private Optional<DurationFit> fit(int calls, IntToLongFunction duration)
      throws IOException, SQLException {
    try (Store store = Store.open(folder.resolve("r.duckdb"))) {
      ReplayFixture replay = new ReplayFixture("durations", GuestKernel.LINUX_6_1, "native");
      for (int i = 0; i < calls; i++) {
        replay.call61(1 + i % 40);
        var facts = replay.calls.get(i).facts();
        facts.recordedResult = 0;
        facts.duration = duration.applyAsLong(1 + i % 40);
      }
      replay.record(store);
      return DurationFit.of(store.connection(), 1);
    }
  }

  @Test
  void findsTheLineThatDurationsLieOn() throws IOException, SQLException {
    // 1200 ns for a call and 90 ns for each PTE, exactly.
    DurationFit fit = fit(100, ptes -> 1200 + 90L * ptes).orElseThrow();
    assertThat(fit.calls()).isEqualTo(100);
    assertThat(fit.callNs()).isCloseTo(1200, within(1e-6));
    assertThat(fit.pteNs()).isCloseTo(90, within(1e-6));
    assertThat(fit.rSquare()).isCloseTo(1, within(1e-9));
  }

  @Test
  void saysNothingAboutATraceWithoutDurations() throws IOException, SQLException {
    assertThat(fit(100, ptes -> EventSchema.UNKNOWN)).isEmpty();
  }

  @Test
  void saysNothingAboutAHandfulOfCalls() throws IOException, SQLException {
    assertThat(fit(9, ptes -> 1200 + 90L * ptes)).isEmpty();
  }
}
