package dev.mmureplay.cli;

import dev.mmureplay.report.Column;
import dev.mmureplay.report.Json;
import dev.mmureplay.report.ReportFormat;
import dev.mmureplay.report.ResultTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Facts about one trace in named sections: single ones, or a small table. A null is a fact that the
 * trace cannot know.
 */
final class Facts {
  /** How to say them. */
  enum Format {
    TEXT,
    JSON,
    CSV;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Map<String, Object> sections = new LinkedHashMap<>();

  /** Adds single facts, in order. */
  void section(String name, Map<String, @Nullable Object> facts) {
    sections.put(name, facts);
  }

  /** Adds a table; all of its rows have the same keys in the same order. */
  void table(String name, List<Map<String, @Nullable Object>> rows) {
    sections.put(name, rows);
  }

  void print(Format format, PrintWriter out) throws IOException {
    switch (format) {
      case TEXT -> printText(out);
      case JSON -> out.print(Json.document(sections));
      case CSV -> csv().writeTo(ReportFormat.CSV.writer(out));
    }
    out.flush();
  }

  /** A line for each fact; those of a table have the number of its row in their name. */
  private ResultTable csv() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    sections.forEach(
        (section, content) -> {
          if (content instanceof Map<?, ?> map) {
            addLines(rows, section, "", map);
          } else if (content instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
              addLines(rows, section, (i + 1) + ".", (Map<?, ?>) list.get(i));
            }
          }
        });
    return ResultTable.of(
        List.of(
            FormatOption.text("section"), FormatOption.text("name"), FormatOption.text("value")),
        rows);
  }

  private static void addLines(
      List<List<@Nullable Object>> rows, String section, String prefix, Map<?, ?> map) {
    map.forEach(
        (name, value) ->
            rows.add(
                Arrays.asList(section, prefix + name, value == null ? null : value.toString())));
  }

  private void printText(PrintWriter out) throws IOException {
    String separator = "";
    for (Map.Entry<String, Object> section : sections.entrySet()) {
      String title = section.getKey().replace('_', ' ');
      if (section.getValue() instanceof Map<?, ?> map && !map.isEmpty()) {
        out.print(separator + title + "\n");
        printLines(map, out);
        separator = "\n";
      } else if (section.getValue() instanceof List<?> list && !list.isEmpty()) {
        out.print(separator + title + "\n");
        table(list).writeTo(ReportFormat.TABLE.writer(out));
        separator = "\n";
      }
    }
  }

  private static void printLines(Map<?, ?> map, PrintWriter out) {
    int width = map.keySet().stream().mapToInt(key -> key.toString().length()).max().orElse(0);
    for (Map.Entry<?, ?> fact : map.entrySet()) {
      String key = fact.getKey().toString();
      out.print("  " + key + " ".repeat(width - key.length() + 2) + text(fact.getValue()) + "\n");
    }
  }

  private static String text(@Nullable Object value) {
    if (value == null) {
      return "unknown";
    }
    return value instanceof Long number
        ? String.format(Locale.ROOT, "%,d", number)
        : value.toString();
  }

  private static ResultTable table(List<?> list) {
    List<Column> columns = new ArrayList<>();
    ((Map<?, ?>) list.get(0)).keySet().forEach(key -> columns.add(column(key.toString(), list)));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (Object row : list) {
      rows.add(new ArrayList<>(((Map<?, ?>) row).values()));
    }
    return ResultTable.of(columns, rows);
  }

  private static Column column(String key, List<?> rows) {
    boolean numbers =
        rows.stream()
            .map(row -> ((Map<?, ?>) row).get(key))
            .allMatch(value -> value == null || value instanceof Long);
    return new Column(key, numbers ? Column.Type.INTEGER : Column.Type.TEXT);
  }
}
