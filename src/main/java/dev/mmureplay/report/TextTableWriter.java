package dev.mmureplay.report;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;

/** Writes {@link ReportFormat#TABLE}. */
final class TextTableWriter extends BufferingSink {
  private static final String GAP = "  ";

  private final Writer out;

  TextTableWriter(Writer out) {
    this.out = out;
  }

  @Override
  void write(ResultTable table) throws IOException {
    int width = table.columns().size();
    List<List<String>> cells = new ArrayList<>();
    int[] widths = new int[width];
    for (int c = 0; c < width; c++) {
      List<String> column =
          Cells.readable(table, c, "-").stream().map(TextTableWriter::oneLine).toList();
      cells.add(column);
      widths[c] = width(table.columns().get(c).name());
      for (String cell : column) {
        widths[c] = Math.max(widths[c], width(cell));
      }
    }
    List<String> names = table.columns().stream().map(Column::name).toList();
    line(table, names, widths);
    line(table, rules(widths), widths);
    for (int r = 0; r < table.rows().size(); r++) {
      int row = r;
      line(table, cells.stream().map(column -> column.get(row)).toList(), widths);
    }
  }

  private void line(ResultTable table, List<String> cells, int[] widths) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = 0; c < widths.length; c++) {
      String padding = " ".repeat(widths[c] - width(cells.get(c)));
      boolean right = table.columns().get(c).numeric();
      line.append(c == 0 ? "" : GAP);
      line.append(right ? padding + cells.get(c) : cells.get(c) + padding);
    }
    out.write(line.toString().stripTrailing());
    out.write('\n');
  }

  private static List<String> rules(int[] widths) {
    List<String> rules = new ArrayList<>();
    for (int width : widths) {
      rules.add("-".repeat(width));
    }
    return rules;
  }

  /** Keeps a value from breaking the table, or from speaking to the terminal. */
  private static String oneLine(String text) {
    StringBuilder line = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (c == '\n') {
                line.append("\\n");
              } else if (c == '\t') {
                line.append(' ');
              } else {
                line.appendCodePoint(Character.isISOControl(c) ? '\uFFFD' : c);
              }
            });
    return line.toString();
  }

  private static int width(String text) {
    return text.codePointCount(0, text.length());
  }
}
