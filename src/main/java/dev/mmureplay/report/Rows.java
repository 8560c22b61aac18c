package dev.mmureplay.report;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Blob;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns JDBC's rows into ours. */
public final class Rows {
  private Rows() {}

  /**
   * Copies a result to a sink and finishes it.
   *
   * @return false if there were more than {@code cap} rows
   */
  public static boolean copy(ResultSet result, RowSink sink, long cap)
      throws SQLException, IOException {
    List<Column> columns = columns(result.getMetaData());
    sink.columns(columns);
    long rows = 0;
    boolean complete = true;
    List<@Nullable Object> values = new ArrayList<>();
    while (result.next()) {
      if (rows == cap) {
        complete = false;
        break;
      }
      values.clear();
      for (int i = 0; i < columns.size(); i++) {
        values.add(value(result.getObject(i + 1)));
      }
      sink.row(values);
      rows++;
    }
    sink.finish();
    return complete;
  }

  private static List<Column> columns(ResultSetMetaData meta) throws SQLException {
    List<Column> columns = new ArrayList<>();
    for (int i = 1; i <= meta.getColumnCount(); i++) {
      columns.add(
          new Column(
              meta.getColumnLabel(i), type(meta.getColumnType(i), meta.getColumnTypeName(i))));
    }
    return columns;
  }

  private static Column.Type type(int jdbcType, String name) {
    return switch (jdbcType) {
      case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT -> Column.Type.INTEGER;
      case Types.FLOAT, Types.REAL, Types.DOUBLE, Types.DECIMAL, Types.NUMERIC -> Column.Type.REAL;
      case Types.BOOLEAN, Types.BIT -> Column.Type.BOOLEAN;
      // The driver reports the wide and the unsigned integers as "other".
      default ->
          name.endsWith("INT") || name.endsWith("INTEGER") ? Column.Type.INTEGER : Column.Type.TEXT;
    };
  }

  private static @Nullable Object value(@Nullable Object value) throws SQLException {
    if (value == null
        || value instanceof Long
        || value instanceof BigInteger
        || value instanceof BigDecimal
        || value instanceof Double
        || value instanceof Boolean
        || value instanceof String) {
      return value;
    }
    if (value instanceof Byte || value instanceof Short || value instanceof Integer) {
      return ((Number) value).longValue();
    }
    if (value instanceof Float number) {
      return Double.valueOf(number.toString());
    }
    if (value instanceof Blob blob) {
      return java.util.HexFormat.of().formatHex(blob.getBytes(1, (int) blob.length()));
    }
    return value.toString();
  }
}
