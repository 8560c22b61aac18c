package dev.mmureplay.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hazard: an interval for a ratio that is wider than the prices allow, or misses what they allow. A
 * quotient of two linear functions over a box takes its extremes at corners, so trying every corner
 * is the truth.
 */
class CostRatioTest {
  private static final int OPERATIONS = 6;
  private static final int OVERRIDDEN = 2;
  private static final int CASES = 40;

  @Test
  void boundsAreThoseOfTheBestAndTheWorstCorner(@TempDir Path folder)
      throws IOException, SQLException {
    for (long seed = 1; seed <= 2; seed++) {
      Random random = new Random(seed);
      double[][] prices = new double[OPERATIONS + OVERRIDDEN][];
      StringBuilder csv = new StringBuilder(CostFile.HEADER).append('\n');
      for (int i = 0; i < prices.length; i++) {
        double low = random.nextInt(20);
        double typical = low + random.nextInt(30);
        prices[i] = new double[] {low, typical, typical + random.nextInt(100)};
        String backend = i < OPERATIONS ? "" : "multicall";
        csv.append("random,%s,%s,".formatted(backend, Operation.of(i % OPERATIONS).id()))
            .append("%s,%s,%s,cycles,x%n".formatted(low, typical, prices[i][2]));
      }
      Path file = Files.writeString(folder.resolve(seed + ".csv"), csv);
      try (Store store = Store.open(folder.resolve(seed + ".duckdb"))) {
        store.loadCosts(file);
        long[][][] cases = new long[CASES][2][];
        for (int i = 0; i < CASES; i++) {
          cases[i][0] = counts(random);
          cases[i][1] = counts(random);
          new ReplayFixture("case " + i, GuestKernel.LINUX_6_1, "multicall", "native")
              .call(1, cases[i])
              .record(store);
        }
        for (int i = 0; i < CASES; i++) {
          assertBounds(store, seed, i, cases[i], prices);
        }
      }
    }
  }

  private static long[] counts(Random random) {
    long[] counts = new long[Operation.COUNT];
    for (int o = 0; o < OPERATIONS; o++) {
      counts[o] = random.nextInt(3) == 0 ? 0 : random.nextInt(50);
    }
    counts[random.nextInt(OPERATIONS)] += 1;
    return counts;
  }

  private static void assertBounds(
      Store store, long seed, int number, long[][] counts, double[][] prices) throws SQLException {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (int corner = 0; corner < 1 << prices.length; corner++) {
      double numerator = 0;
      double denominator = 0;
      for (int i = 0; i < prices.length; i++) {
        double price = prices[i][(corner >> i & 1) * 2];
        int o = i % OPERATIONS;
        boolean own = o < OVERRIDDEN;
        numerator += own == (i >= OPERATIONS) ? price * counts[0][o] : 0;
        denominator += i < OPERATIONS ? price * counts[1][o] : 0;
      }
      if (denominator > 0 || numerator > 0) {
        low = Math.min(low, numerator / denominator);
        high = Math.max(high, numerator / denominator);
      }
    }
    String sql =
        "SELECT low, high FROM cost_ratio WHERE profile = 'random' AND backend = 'multicall' AND baseline = 'native' AND replay = "
            + (number + 1);
    try (Statement statement = store.connection().createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      assertThat(row.next()).isTrue();
      String name = "seed " + seed + ", case " + number;
      assertThat(row.getDouble(1)).as(name).isCloseTo(low, within(1e-9 * low));
      if (Double.isInfinite(high)) {
        assertThat(row.getDouble(2)).as(name).isInfinite();
      } else {
        assertThat(row.getDouble(2)).as(name).isCloseTo(high, within(1e-9 * high));
      }
    }
  }

  @Test
  void aSharedPriceCancels(@TempDir Path folder) throws IOException, SQLException {
    try (Store store = Store.open(folder.resolve("r.duckdb"))) {
      ReplayFixture replay = new ReplayFixture("a", GuestKernel.LINUX_6_1, "native", "multicall");
      long[] one = new long[Operation.COUNT];
      one[Operation.SYSCALL.ordinal()] = 10;
      long[] two = one.clone();
      two[Operation.SYSCALL.ordinal()] = 25;
      replay.call(0, one, two).record(store);
      assertThat(
              ReplayFixture.value(
                  store,
                  "SELECT low || ' ' || typical || ' ' || high FROM cost_ratio"
                      + " WHERE profile = 'xen-modern' AND backend = 'multicall' AND baseline = 'native'"))
          .isEqualTo("2.5 2.5 2.5");
    }
  }
}
