package dev.mmureplay.report;

import java.util.List;
import java.util.Locale;

/**
 * An SVG element under construction. Colours and fonts are left to the classes of the style sheet.
 */
final class Svg {
  /** Width of every picture. */
  static final int WIDTH = 760;

  /** Where a text stands relative to its point. */
  enum Anchor {
    START,
    MIDDLE,
    END
  }

  /** A point of a line. */
  record Point(double x, double y) {}

  private final StringBuilder svg = new StringBuilder();

  private Svg() {}

  /** Draws a chart. */
  static String of(Chart chart, String id) {
    Svg svg = new Svg();
    svg.svg.append(
        String.format(
            Locale.ROOT,
            "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"%s-t %s-d\">%n"
                .replace("%n", "\n"),
            WIDTH,
            chart.height(),
            id,
            id));
    svg.svg
        .append("<title id=\"" + id + "-t\">" + HtmlTableWriter.escape(chart.title()))
        .append("</title>\n<desc id=\"" + id + "-d\">")
        .append(HtmlTableWriter.escape(chart.description()) + "</desc>\n");
    chart.draw(svg);
    return svg.svg.append("</svg>\n").toString();
  }

  void line(String style, double x1, double y1, double x2, double y2) {
    svg.append(
        format(
            "<line class=\"%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>\n",
            style, at(x1), at(y1), at(x2), at(y2)));
  }

  void box(String style, double x, double y, double width, double height, double radius) {
    svg.append(
        format(
            "<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"%s\"/>\n",
            style, at(x), at(y), at(width), at(height), at(radius)));
  }

  void dot(String style, double x, double y, double radius) {
    svg.append(
        format(
            "<circle class=\"%s\" cx=\"%s\" cy=\"%s\" r=\"%s\"/>\n",
            style, at(x), at(y), at(radius)));
  }

  void path(String style, List<Point> points) {
    StringBuilder text = new StringBuilder();
    for (Point point : points) {
      text.append(text.isEmpty() ? "" : " ").append(at(point.x) + "," + at(point.y));
    }
    svg.append(format("<polyline class=\"%s\" points=\"%s\"/>\n", style, text));
  }

  void text(String style, Anchor anchor, double x, double y, String text) {
    String anchored =
        anchor == Anchor.START
            ? ""
            : " text-anchor=\"" + anchor.name().toLowerCase(Locale.ROOT) + "\"";
    svg.append(
        format(
            "<text class=\"%s\"%s x=\"%s\" y=\"%s\">%s</text>\n",
            style, anchored, at(x), at(y), HtmlTableWriter.escape(text)));
  }

  private static String format(String template, Object... values) {
    return String.format(Locale.ROOT, template, values);
  }

  private static String at(double value) {
    String text = String.format(Locale.ROOT, "%.1f", value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }
}
