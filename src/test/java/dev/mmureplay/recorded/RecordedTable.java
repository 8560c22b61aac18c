package dev.mmureplay.recorded;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** A table of tab-separated columns among the test resources; the first column is the case. */
final class RecordedTable {
  /** One line. */
  static final class Row {
    private final List<String> header;
    private final String[] fields;

    private Row(List<String> header, String line) {
      this.header = header;
      this.fields = line.split("\t", -1);
    }

    String name() {
      return fields[0];
    }

    String text(String column) {
      int index = header.indexOf(column);
      if (index < 0) {
        throw new IllegalArgumentException("expected a column of " + header + ": " + column);
      }
      return fields[index];
    }

    long get(String column) {
      return Long.parseLong(text(column));
    }
  }

  private RecordedTable() {}

  /** Reads {@code NAME.tsv}. */
  static List<Row> read(String name) throws IOException {
    List<String> lines = text(name + ".tsv").lines().toList();
    List<String> header = Arrays.asList(lines.get(0).split("\t", -1));
    List<Row> rows = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      rows.add(new Row(header, line));
    }
    return rows;
  }

  /** Reads a resource as text. */
  static String text(String file) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            RecordedTable.class.getResourceAsStream("/recorded/" + file), file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
