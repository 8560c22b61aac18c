package dev.mmureplay.report;

import java.io.IOException;
import java.io.Writer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes {@link ReportFormat#CSV}. */
final class CsvWriter implements RowSink {
  private final Writer out;

  CsvWriter(Writer out) {
    this.out = out;
  }

  @Override
  public void columns(List<Column> columns) throws IOException {
    String separator = "";
    for (Column column : columns) {
      out.write(separator);
      out.write(field(column.name()));
      separator = ",";
    }
    out.write('\n');
  }

  @Override
  public void row(List<@Nullable Object> values) throws IOException {
    String separator = "";
    for (Object value : values) {
      out.write(separator);
      if (value != null) {
        out.write(value instanceof String text ? field(text) : Cells.exact(value));
      }
      separator = ",";
    }
    out.write('\n');
  }

  @Override
  public void finish() {}

  private static String field(String text) {
    boolean plain = !text.isEmpty() && text.equals(text.strip());
    for (int i = 0; plain && i < text.length(); i++) {
      plain = ",\"\r\n".indexOf(text.charAt(i)) < 0;
    }
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
