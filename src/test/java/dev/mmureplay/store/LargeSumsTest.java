package dev.mmureplay.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.mmu.GuestKernel;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hazard: a database that narrows a sum. DuckDB 2.0.0 derived the type of a sum from the values
 * summed and kept its lowest byte, without a word, in one of the shipped queries; small test data
 * cannot show that.
 */
class LargeSumsTest {
  private static final int CALLS = 500;

  @Test
  void pagesPerCallAddsUpFarBeyondTheLargestCall(@TempDir Path folder)
      throws IOException, SQLException {
    try (Store store = Store.open(folder.resolve("r.duckdb"))) {
      ReplayFixture replay = new ReplayFixture("many", GuestKernel.LINUX_6_1, "native");
      int expected = 0;
      for (int i = 0; i < CALLS; i++) {
        int pages = 1 + i % 20;
        replay.call61(pages);
        expected += pages;
      }
      replay.record(store);
      try (PreparedStatement statement =
              NamedQuery.named("pages-per-call").prepare(store.connection(), Map.of());
          ResultSet row = statement.executeQuery()) {
        long pages = 0;
        long calls = 0;
        while (row.next()) {
          pages += row.getLong("pages");
          calls += row.getLong("calls");
        }
        assertThat(pages).isEqualTo(expected);
        assertThat(calls).isEqualTo(CALLS);
      }
    }
  }
}
