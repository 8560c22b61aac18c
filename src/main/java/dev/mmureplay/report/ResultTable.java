package dev.mmureplay.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A result in memory.
 *
 * @param columns its columns
 * @param rows its rows, a value for each column; see {@link RowSink} for the types of values
 * @param complete false if rows beyond a cap were left out
 */
public record ResultTable(
    List<Column> columns, List<List<@Nullable Object>> rows, boolean complete) {
  /** Reads every row. */
  public static final long NO_CAP = Long.MAX_VALUE;

  /** Reads a result, at most {@code cap} rows of it. */
  public static ResultTable read(ResultSet result, long cap) throws SQLException {
    Collector collector = new Collector();
    try {
      boolean complete = Rows.copy(result, collector, cap);
      return new ResultTable(collector.columns, collector.rows, complete);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail to be written", e);
    }
  }

  /** Makes a table from rows in hand. */
  public static ResultTable of(List<Column> columns, List<List<@Nullable Object>> rows) {
    return new ResultTable(columns, rows, true);
  }

  /** Writes this table. */
  public void writeTo(RowSink sink) throws IOException {
    sink.columns(columns);
    for (List<@Nullable Object> row : rows) {
      sink.row(row);
    }
    sink.finish();
  }

  /** Returns where the column stands. */
  int index(String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        "expected a column " + name + " but found " + columns.stream().map(Column::name).toList());
  }

  /** Returns one value. */
  @Nullable Object value(int row, String column) {
    return rows.get(row).get(index(column));
  }

  /** Returns one value as text, "" for null. */
  String text(int row, String column) {
    Object value = value(row, column);
    return value == null ? "" : value.toString();
  }

  /** Returns one number, NaN for null. */
  double number(int row, String column) {
    return value(row, column) instanceof Number number ? number.doubleValue() : Double.NaN;
  }

  private static final class Collector implements RowSink {
    private List<Column> columns = List.of();
    private final List<List<@Nullable Object>> rows = new ArrayList<>();

    @Override
    public void columns(List<Column> newColumns) {
      columns = List.copyOf(newColumns);
    }

    @Override
    public void row(List<@Nullable Object> values) {
      rows.add(Collections.unmodifiableList(new ArrayList<>(values)));
    }

    @Override
    public void finish() {}
  }
}
