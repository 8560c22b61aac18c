package dev.mmureplay.report;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes {@link ReportFormat#HTML}. */
final class HtmlTableWriter extends BufferingSink {
  private static final int LONGEST_NAME = 30;
  private static final String ABSENT = "·";

  private final Writer out;
  private final @Nullable String caption;

  HtmlTableWriter(Writer out) {
    this(out, null);
  }

  HtmlTableWriter(Writer out, @Nullable String caption) {
    this.out = out;
    this.caption = caption;
  }

  @Override
  void write(ResultTable table) throws IOException {
    List<List<String>> cells = new ArrayList<>();
    for (int c = 0; c < table.columns().size(); c++) {
      cells.add(Cells.readable(table, c, ABSENT));
    }
    out.write("<table>\n");
    if (caption != null) {
      out.write("<caption>" + escape(caption) + "</caption>\n");
    }
    out.write("<thead>\n<tr>");
    for (Column column : table.columns()) {
      out.write("<th scope=\"col\"" + align(column) + ">" + escape(column.name()) + "</th>");
    }
    out.write("</tr>\n</thead>\n<tbody>\n");
    for (int r = 0; r < table.rows().size(); r++) {
      out.write("<tr>");
      for (int c = 0; c < cells.size(); c++) {
        String cell = cells.get(c).get(r);
        out.write("<td" + style(table.columns().get(c), cell) + ">");
        out.write(unbroken(escape(cell)) + "</td>");
      }
      out.write("</tr>\n");
    }
    out.write("</tbody>\n</table>\n");
  }

  /** Names stay in one piece; hyphens would break them. */
  private static String style(Column column, String cell) {
    boolean name = cell.length() <= LONGEST_NAME && cell.indexOf('-') > 0 && cell.indexOf(' ') < 0;
    return column.numeric() || !name ? align(column) : " class=\"k\"";
  }

  /** Keeps the two ends of an interval on one line. */
  private static String unbroken(String html) {
    return html.replace("–", "\u2060–\u2060");
  }

  private static String align(Column column) {
    return column.numeric() ? " class=\"n\"" : "";
  }

  /** Returns text that is safe in an element and in a quoted attribute. */
  static String escape(String text) {
    StringBuilder html = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> html.append("&amp;");
                case '<' -> html.append("&lt;");
                case '>' -> html.append("&gt;");
                case '"' -> html.append("&quot;");
                case '\'' -> html.append("&#39;");
                default ->
                    html.appendCodePoint(
                        Character.isISOControl(c) && c != '\n' && c != '\t' ? '\uFFFD' : c);
              }
            });
    return html.toString();
  }
}
