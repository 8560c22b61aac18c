package dev.mmureplay.report;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes {@link ReportFormat#JSON}. Of columns with one name, the second is called name_2. */
final class JsonWriter implements RowSink {
  private final Writer out;
  private final List<String> keys = new ArrayList<>();
  private String separator = "[\n";

  JsonWriter(Writer out) {
    this.out = out;
  }

  @Override
  public void columns(List<Column> columns) {
    Set<String> used = new HashSet<>();
    for (Column column : columns) {
      String name = column.name();
      for (int n = 2; !used.add(name); n++) {
        name = column.name() + "_" + n;
      }
      keys.add(Json.quote(name) + ": ");
    }
  }

  @Override
  public void row(List<@Nullable Object> values) throws IOException {
    out.write(separator);
    for (int i = 0; i < values.size(); i++) {
      out.write(i == 0 ? "  {" : ", ");
      out.write(keys.get(i));
      out.write(Json.scalar(values.get(i)));
    }
    out.write('}');
    separator = ",\n";
  }

  @Override
  public void finish() throws IOException {
    out.write(separator.equals("[\n") ? "[]\n" : "\n]\n");
  }
}
