package dev.mmureplay.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDateTime;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/** Appends rows to a small table, within the connection's transaction. */
final class Rows implements AutoCloseable {
  private final DuckDBAppender appender;

  Rows(Connection connection, String table) throws SQLException {
    appender = connection.unwrap(DuckDBConnection.class).createAppender(table);
  }

  /** Appends one row; the values are all columns in order. */
  void add(@Nullable Object... values) throws SQLException {
    appender.beginRow();
    for (Object value : values) {
      if (value == null) {
        appender.appendNull();
      } else if (value instanceof Long number) {
        appender.append(number.longValue());
      } else if (value instanceof Integer number) {
        appender.append(number.intValue());
      } else if (value instanceof Double number) {
        appender.append(number.doubleValue());
      } else if (value instanceof Boolean truth) {
        appender.append(truth.booleanValue());
      } else if (value instanceof LocalDateTime time) {
        appender.append(time);
      } else {
        appender.append(value.toString());
      }
    }
    appender.endRow();
  }

  @Override
  public void close() throws SQLException {
    appender.close();
  }
}
