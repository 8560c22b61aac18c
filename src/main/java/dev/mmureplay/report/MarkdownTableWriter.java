package dev.mmureplay.report;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Writes {@link ReportFormat#MARKDOWN}. */
final class MarkdownTableWriter extends BufferingSink {
  private final Writer out;

  MarkdownTableWriter(Writer out) {
    this.out = out;
  }

  @Override
  void write(ResultTable table) throws IOException {
    List<List<String>> cells = new ArrayList<>();
    for (int c = 0; c < table.columns().size(); c++) {
      cells.add(Cells.readable(table, c, "·").stream().map(MarkdownTableWriter::escape).toList());
    }
    line(table.columns().stream().map(column -> escape(column.name())).toList());
    line(table.columns().stream().map(column -> column.numeric() ? "---:" : "---").toList());
    for (int r = 0; r < table.rows().size(); r++) {
      int row = r;
      line(cells.stream().map(column -> column.get(row)).toList());
    }
  }

  private void line(List<String> cells) throws IOException {
    out.write(cells.stream().collect(Collectors.joining(" | ", "| ", " |\n")));
  }

  /** Returns text that Markdown shows as it is. */
  static String escape(String text) {
    return text.replace("\\", "\\\\")
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace("|", "\\|")
        .replace("*", "\\*")
        .replace("`", "\\`")
        .replace("[", "\\[")
        .replace("\r", "")
        .replace("\n", "<br>");
  }
}
