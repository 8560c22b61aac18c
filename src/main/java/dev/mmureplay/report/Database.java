package dev.mmureplay.report;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Asks a result file. */
record Database(Connection connection) {
  /** Returns the whole result; values stand for question marks. */
  ResultTable ask(String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      try (ResultSet result = statement.executeQuery()) {
        return ResultTable.read(result, ResultTable.NO_CAP);
      }
    }
  }
}
