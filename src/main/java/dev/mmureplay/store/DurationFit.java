package dev.mmureplay.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.apache.commons.math3.stat.regression.SimpleRegression;

/**
 * What the tracer's own durations say: a straight line through recorded duration against PTEs
 * rewritten, by least squares over the calls of one replay that succeeded. It is the machine of the
 * capture that speaks here, and the tracer with it; prices never use it.
 *
 * @param calls calls with a recorded duration
 * @param callNs ns of a call that rewrites nothing
 * @param pteNs ns for each PTE rewritten
 * @param pteNsError standard error of {@code pteNs}
 * @param rSquare share of the variance that the line explains, 0 to 1
 */
public record DurationFit(
    long calls, double callNs, double pteNs, double pteNsError, double rSquare) {
  /** Fewer calls, or calls that all rewrite as many PTEs, say nothing. */
  private static final int FEWEST_CALLS = 10;

  /**
   * Returns the line for a replay; empty if its trace has too few durations or they all lie at one
   * number of PTEs.
   */
  public static Optional<DurationFit> of(Connection connection, long replay) throws SQLException {
    SimpleRegression line = new SimpleRegression();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT updated_ptes, duration FROM call WHERE replay = ? AND duration IS NOT NULL"
                + " AND recorded_result = 0 ORDER BY call")) {
      select.setLong(1, replay);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          line.addData(row.getDouble(1), row.getDouble(2));
        }
      }
    }
    if (line.getN() < FEWEST_CALLS || Double.isNaN(line.getSlope())) {
      return Optional.empty();
    }
    return Optional.of(
        new DurationFit(
            line.getN(),
            line.getIntercept(),
            line.getSlope(),
            line.getSlopeStdErr(),
            line.getRSquare()));
  }
}
