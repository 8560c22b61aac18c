package dev.mmureplay.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Guards every printed cost: a join with prices silently drops what has none. */
public final class Prices {
  private Prices() {}

  /**
   * Checks that a profile has a price for every operation that was counted.
   *
   * @param replays the replays that matter; none means all
   * @throws UnpricedException naming the operations and the profile, if one is missing
   * @throws IllegalArgumentException naming the known profiles, if there is no such profile
   */
  public static void requireComplete(Connection connection, String profile, long... replays)
      throws UnpricedException, SQLException {
    List<String> known = profiles(connection);
    if (!known.contains(profile)) {
      throw new IllegalArgumentException(
          "expected a cost profile ("
              + String.join(", ", known)
              + ") but found \""
              + profile
              + "\"");
    }
    List<String> missing = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT u.operation, string_agg(DISTINCT u.backend, ', ' ORDER BY u.backend)
            FROM unpriced u JOIN operation o ON o.name = u.operation
            WHERE u.profile = ? AND (? OR list_contains(string_split(?, ','), CAST(u.replay AS VARCHAR)))
            GROUP BY u.operation, o.position ORDER BY o.position
            """)) {
      select.setString(1, profile);
      select.setBoolean(2, replays.length == 0);
      select.setString(3, join(replays));
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          missing.add(row.getString(1) + " (" + row.getString(2) + ")");
        }
      }
    }
    if (!missing.isEmpty()) {
      throw new UnpricedException(
          "expected a price for every counted operation but cost profile "
              + profile
              + " has none for "
              + String.join(", ", missing));
    }
  }

  /** Returns the names of all profiles in a file, in name order. */
  static List<String> profiles(Connection connection) throws SQLException {
    List<String> names = new ArrayList<>();
    try (PreparedStatement select =
            connection.prepareStatement("SELECT profile FROM cost_profile ORDER BY profile");
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        names.add(row.getString(1));
      }
    }
    return names;
  }

  private static String join(long[] values) {
    StringBuilder text = new StringBuilder();
    for (long value : values) {
      text.append(text.isEmpty() ? "" : ",").append(value);
    }
    return text.toString();
  }
}
