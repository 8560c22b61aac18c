package dev.mmureplay.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A sink for formats that must see every row before they can write the first. */
abstract class BufferingSink implements RowSink {
  private List<Column> columns = List.of();
  private final List<List<@Nullable Object>> rows = new ArrayList<>();

  @Override
  public final void columns(List<Column> newColumns) {
    columns = List.copyOf(newColumns);
  }

  @Override
  public final void row(List<@Nullable Object> values) {
    rows.add(new ArrayList<>(values));
  }

  @Override
  public final void finish() throws IOException {
    write(new ResultTable(columns, rows, true));
  }

  abstract void write(ResultTable table) throws IOException;
}
