package dev.mmureplay.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Compares the operations of a run's calls, as stored, with the run's own totals. */
final class RecordedTotals {
  private static final String DIFFERENCE =
      """
      WITH summed AS (
        SELECT run, operation, sum(n) AS n FROM call_operation WHERE run >= ? GROUP BY ALL),
      counted AS (
        SELECT run, operation, n FROM operation_count WHERE run >= ? AND cause = 'mprotect')
      SELECT r.backend, operation, coalesce(c.n, 0), coalesce(s.n, 0)
      FROM summed s FULL JOIN counted c USING (run, operation) JOIN run r ON r.id = run
      WHERE s.n IS DISTINCT FROM c.n AND r.failure IS NULL
      ORDER BY run, operation LIMIT 1
      """;

  private RecordedTotals() {}

  /**
   * Checks the runs from the given one on. A backend that failed has partial counts and is left
   * out.
   *
   * @throws IllegalStateException naming the first operation that differs
   */
  static void check(Connection connection, long firstRun) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(DIFFERENCE)) {
      select.setLong(1, firstRun);
      select.setLong(2, firstRun);
      try (ResultSet row = select.executeQuery()) {
        if (row.next()) {
          throw new IllegalStateException(
              "backend %s: expected %d of %s in all calls but the calls add up to %d"
                  .formatted(row.getString(1), row.getLong(3), row.getString(2), row.getLong(4)));
        }
      }
    }
  }
}
