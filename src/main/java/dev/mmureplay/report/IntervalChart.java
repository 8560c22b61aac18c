package dev.mmureplay.report;

import java.util.List;

/**
 * One row per backend: a bar from the low to the high end of its price, a dot at the typical one,
 * on a logarithmic axis.
 *
 * @param title what is shown
 * @param axisLabel quantity and unit
 * @param rows the rows, from the top
 */
record IntervalChart(String title, String axisLabel, List<Interval> rows) implements Chart {
  /**
   * One row.
   *
   * @param label its name
   * @param low low end, positive
   * @param typical between the ends
   * @param high high end
   * @param control whether this is a negative control, drawn faintly
   */
  record Interval(String label, double low, double typical, double high, boolean control) {
    private String text() {
      return Axis.brief(typical) + "  (" + Axis.brief(low) + "–" + Axis.brief(high) + ")";
    }
  }

  private static final int ROW = 30;
  private static final int TOP = 12;
  private static final int LEFT = 190;
  private static final int RIGHT = Svg.WIDTH - 150;

  IntervalChart {
    rows = List.copyOf(rows);
  }

  @Override
  public String description() {
    StringBuilder text = new StringBuilder(axisLabel).append(", typical (low–high).");
    for (Interval row : rows) {
      text.append(' ').append(row.label).append(": ").append(row.text()).append('.');
    }
    return text.toString();
  }

  @Override
  public int height() {
    return TOP + rows.size() * ROW + 44;
  }

  @Override
  public void draw(Svg svg) {
    double low = rows.stream().mapToDouble(Interval::low).min().orElse(1);
    double high = rows.stream().mapToDouble(Interval::high).max().orElse(10);
    Axis axis = Axis.logarithmic(low, high, LEFT, RIGHT);
    int bottom = TOP + rows.size() * ROW;
    for (double tick : axis.ticks()) {
      svg.line("grid", axis.at(tick), TOP, axis.at(tick), bottom);
      svg.text("tick", Svg.Anchor.MIDDLE, axis.at(tick), bottom + 16, Axis.brief(tick));
    }
    svg.text("axis", Svg.Anchor.MIDDLE, (LEFT + RIGHT) / 2.0, bottom + 36, axisLabel);
    for (int i = 0; i < rows.size(); i++) {
      Interval row = rows.get(i);
      double middle = TOP + i * ROW + ROW / 2.0;
      String faint = row.control ? " control" : "";
      double from = axis.at(row.low);
      double width = Math.max(2, axis.at(row.high) - from);
      svg.text("label" + faint, Svg.Anchor.END, LEFT - 14.0, middle + 4, row.label);
      svg.box("range" + faint, from, middle - 6, width, 12, 3);
      svg.dot("typical" + faint, axis.at(row.typical), middle, 4.5);
      svg.text("value" + faint, Svg.Anchor.START, RIGHT + 14.0, middle + 4, row.text());
    }
  }
}
