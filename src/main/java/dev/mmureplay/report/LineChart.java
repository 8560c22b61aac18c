package dev.mmureplay.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Lines that rise over time, each named at its end.
 *
 * @param title what is shown
 * @param axisLabel what runs to the right
 * @param valueLabel what rises
 * @param lines the lines
 */
record LineChart(String title, String axisLabel, String valueLabel, List<Line> lines)
    implements Chart {
  /** One line; its points in order of x. */
  record Line(String label, List<Svg.Point> points, boolean control) {
    private Svg.Point last() {
      return points.get(points.size() - 1);
    }
  }

  private record Label(Line line, int index, double y) {}

  private static final int TOP = 26;
  private static final int BOTTOM = 260;
  private static final int LEFT = 58;
  private static final int RIGHT = Svg.WIDTH - 190;
  private static final int LABEL_HEIGHT = 16;

  LineChart {
    lines = lines.stream().filter(line -> !line.points.isEmpty()).toList();
  }

  @Override
  public String description() {
    StringBuilder text = new StringBuilder(valueLabel + " against " + axisLabel + ". At the end:");
    for (Line line : lines) {
      text.append(' ')
          .append(line.label)
          .append(' ')
          .append(Axis.brief(line.last().y()))
          .append(';');
    }
    return text.substring(0, text.length() - 1) + ".";
  }

  @Override
  public int height() {
    return BOTTOM + 46;
  }

  @Override
  public void draw(Svg svg) {
    List<Svg.Point> all = lines.stream().flatMap(line -> line.points.stream()).toList();
    double first = all.stream().mapToDouble(Svg.Point::x).min().orElse(0);
    double last = all.stream().mapToDouble(Svg.Point::x).max().orElse(1);
    double high = all.stream().mapToDouble(Svg.Point::y).max().orElse(1);
    Axis across = Axis.exact(Math.min(0, first), last, LEFT, RIGHT);
    Axis up = Axis.linear(0, high, BOTTOM, TOP);
    for (double tick : up.ticks()) {
      svg.line("grid", LEFT, up.at(tick), RIGHT, up.at(tick));
      svg.text("tick", Svg.Anchor.END, LEFT - 8.0, up.at(tick) + 4, Axis.brief(tick));
    }
    for (double tick : across.ticks()) {
      svg.text("tick", Svg.Anchor.MIDDLE, across.at(tick), BOTTOM + 16, Axis.brief(tick));
    }
    svg.line("baseline", LEFT, BOTTOM, RIGHT, BOTTOM);
    svg.text("axis", Svg.Anchor.START, 0, 12, valueLabel);
    svg.text("axis", Svg.Anchor.MIDDLE, (LEFT + RIGHT) / 2.0, BOTTOM + 38, axisLabel);
    for (int i = 0; i < lines.size(); i++) {
      Line line = lines.get(i);
      svg.path(
          "line s" + i + (line.control ? " control" : ""),
          line.points.stream()
              .map(point -> new Svg.Point(across.at(point.x()), up.at(point.y())))
              .toList());
    }
    for (Label label : labels(up)) {
      double x = across.at(label.line.last().x());
      double y = up.at(label.line.last().y());
      svg.line("leader", x + 2, y, RIGHT + 14.0, label.y - 4);
      svg.box("key s" + label.index, RIGHT + 16.0, label.y - 9, 9, 9, 2);
      svg.text("label", Svg.Anchor.START, RIGHT + 30.0, label.y, label.line.label);
    }
  }

  /** Labels stand beside the ends of their lines, moved apart until none covers another. */
  private List<Label> labels(Axis up) {
    List<Label> wanted = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      wanted.add(new Label(lines.get(i), i, up.at(lines.get(i).last().y()) + 4));
    }
    wanted.sort(java.util.Comparator.comparingDouble(label -> -label.y));
    List<Label> labels = new ArrayList<>();
    double floor = BOTTOM + 4.0 + LABEL_HEIGHT;
    for (Label label : wanted) {
      double y = Math.min(label.y, floor - LABEL_HEIGHT);
      labels.add(new Label(label.line, label.index, y));
      floor = y;
    }
    return labels;
  }
}
