package dev.mmureplay.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.MeasuredInstructions;
import dev.mmureplay.mmu.GuestKernel;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hazard: instruction prices that add up to almost the measured totals. They were measured to the
 * last instruction (Linux 6.1.192 on Xen 4.17.7, QEMU TCG -icount), so they must add up exactly.
 */
class InstructionTotalsTest {
  private static final String[] BACKENDS = MeasuredInstructions.backends();
  private static final int[] PAGES = MeasuredInstructions.pages();
  private static final long[][] MEASURED = MeasuredInstructions.readWriteToReadOnly();

  /** Measured instructions per PTE, in the order of BACKENDS. */
  private static long[] perPte(CallCounts.Transition transition) {
    return switch (transition) {
      case RW_TO_R -> new long[] {132, 1184, 1536, 1676, 2822, 3764};
      case R_TO_RW -> new long[] {193, 1309, 1661, 1801, 2947, 3889};
      case RW_TO_NONE -> new long[] {132, 938, 1290, 1430, 2575, 3568};
      case NONE_TO_RW -> new long[] {147, 992, 1344, 1484, 2630, 3572};
      case R_TO_RX -> new long[] {132, 899, 1251, 1391, 2764, 3706};
    };
  }

  @Test
  void readWriteToReadOnlyIsExactToTheInstruction(@TempDir Path folder)
      throws IOException, SQLException {
    List<long[]> found = new ArrayList<>();
    try (Store store = Store.open(folder.resolve("r.duckdb"))) {
      ReplayFixture replay = new ReplayFixture("sizes", GuestKernel.LINUX_6_1, BACKENDS);
      Arrays.stream(PAGES).forEach(replay::call61);
      replay.record(store);
      for (int call = 0; call < PAGES.length; call++) {
        found.add(costs(store, call));
      }
    }
    assertThat(found.toArray(long[][]::new)).isDeepEqualTo(MEASURED);
  }

  /** 30 pages against 2: the same batches and flushes, so only PTEs and INVLPGs differ. */
  @Test
  void everyTransitionIsExactPerPte(@TempDir Path folder) throws IOException, SQLException {
    for (CallCounts.Transition transition : CallCounts.Transition.values()) {
      try (Store store = Store.open(folder.resolve(transition + ".duckdb"))) {
        ReplayFixture replay =
            new ReplayFixture(transition.name(), GuestKernel.LINUX_6_1, BACKENDS);
        for (int pages : new int[] {2, 30}) {
          replay.call(
              pages,
              Arrays.stream(BACKENDS)
                  .map(b -> CallCounts.linux61(b, transition, pages))
                  .toArray(long[][]::new));
        }
        replay.record(store);
        long[] small = costs(store, 0);
        long[] large = costs(store, 1);
        long[] expected = perPte(transition);
        for (int i = 0; i < BACKENDS.length; i++) {
          long invlpg = transition.flushes ? i == 0 ? 25 : 649 : 0;
          assertThat(large[i] - small[i])
              .as("%s under %s", transition, BACKENDS[i])
              .isEqualTo(28 * (expected[i] + invlpg));
        }
      }
    }
  }

  private static long[] costs(Store store, int call) throws SQLException {
    long[] costs = new long[BACKENDS.length];
    String sql =
        "SELECT backend, low, typical, high FROM call_cost WHERE profile = 'instructions-xen-4.17' AND call = "
            + call;
    try (Statement statement = store.connection().createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        assertThat(row.getDouble(2)).isEqualTo(row.getDouble(3)).isEqualTo(row.getDouble(4));
        costs[List.of(BACKENDS).indexOf(row.getString(1))] = (long) row.getDouble(3);
      }
    }
    return costs;
  }
}
