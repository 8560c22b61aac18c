package dev.mmureplay.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Checks the values of a query's parameters before the query runs, so that a mistyped one is an
 * error and not an empty answer. What fits goes by the parameter's name: {@code profile} is a cost
 * profile, {@code backend}, {@code batching} and {@code other} are backends with a run, {@code
 * replay} is the number of a replay, latest or all. A parameter whose default is a whole number
 * takes a whole number from 1 on.
 */
final class ParameterCheck {
  private static final String BACKENDS = "SELECT DISTINCT backend FROM run ORDER BY backend";

  private static final Map<String, String> KNOWN =
      Map.of(
          "profile",
          "SELECT profile FROM cost_profile ORDER BY profile",
          "backend",
          BACKENDS,
          "batching",
          BACKENDS,
          "other",
          BACKENDS,
          "replay",
          "SELECT CAST(id AS VARCHAR) FROM replay ORDER BY id");

  private ParameterCheck() {}

  /**
   * Checks one value.
   *
   * @throws IllegalArgumentException naming what would fit, if the value does not
   */
  static void check(Connection connection, NamedQuery query, String parameter, String value)
      throws SQLException {
    String known = KNOWN.get(parameter);
    if (known != null) {
      List<String> fitting = new ArrayList<>();
      if (parameter.equals("replay")) {
        fitting.add("latest");
        fitting.add("all");
      }
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery(known)) {
        while (row.next()) {
          fitting.add(row.getString(1));
        }
      }
      require(fitting.contains(value), query, parameter, String.join(", ", fitting), value);
      return;
    }
    boolean count =
        query.parameters().stream()
            .anyMatch(
                p ->
                    p.name().equals(parameter)
                        && p.defaultValue() != null
                        && p.defaultValue().matches("\\d+"));
    if (count) {
      require(
          value.matches("0*[1-9]\\d{0,8}"), query, parameter, "a whole number from 1 on", value);
    }
  }

  private static void require(
      boolean fits, NamedQuery query, String parameter, String fitting, String value) {
    if (!fits) {
      throw new IllegalArgumentException(
          query.name()
              + ": expected for "
              + parameter
              + " ("
              + fitting
              + ") but found \""
              + value
              + "\"");
    }
  }
}
