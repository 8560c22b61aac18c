package dev.mmureplay.report;

import java.util.List;

/**
 * Upright bars.
 *
 * @param title what is shown
 * @param axisLabel what stands under the bars
 * @param bars the bars, from the left
 */
record BarChart(String title, String axisLabel, List<Bar> bars) implements Chart {
  /** One bar, not negative. */
  record Bar(String label, double value) {}

  private static final int TOP = 22;
  private static final int BOTTOM = 190;
  private static final int LEFT = 58;
  private static final int RIGHT = Svg.WIDTH - 16;

  BarChart {
    bars = List.copyOf(bars);
  }

  @Override
  public String description() {
    StringBuilder text = new StringBuilder(axisLabel).append('.');
    for (Bar bar : bars) {
      text.append(' ').append(bar.label).append(": ").append(Axis.brief(bar.value)).append('.');
    }
    return text.toString();
  }

  @Override
  public int height() {
    return BOTTOM + 46;
  }

  @Override
  public void draw(Svg svg) {
    double high = bars.stream().mapToDouble(Bar::value).max().orElse(1);
    Axis axis = Axis.linear(0, high, BOTTOM, TOP);
    for (double tick : axis.ticks()) {
      svg.line("grid", LEFT, axis.at(tick), RIGHT, axis.at(tick));
      svg.text("tick", Svg.Anchor.END, LEFT - 8.0, axis.at(tick) + 4, Axis.brief(tick));
    }
    double pitch = (RIGHT - LEFT) / (double) Math.max(bars.size(), 6);
    double width = Math.min(46, pitch * 0.72);
    for (int i = 0; i < bars.size(); i++) {
      Bar bar = bars.get(i);
      double middle = LEFT + (i + 0.5) * pitch;
      double top = axis.at(bar.value);
      if (bar.value > 0) {
        svg.box("bar", middle - width / 2, top, width, Math.max(1, BOTTOM - top), 2);
        svg.text(
            "value",
            Svg.Anchor.MIDDLE,
            middle,
            Math.min(top, BOTTOM - 1) - 5,
            Axis.brief(bar.value));
      }
      svg.text("tick", Svg.Anchor.MIDDLE, middle, BOTTOM + 16, bar.label);
    }
    svg.line("baseline", LEFT, BOTTOM, RIGHT, BOTTOM);
    svg.text("axis", Svg.Anchor.MIDDLE, (LEFT + RIGHT) / 2.0, BOTTOM + 38, axisLabel);
  }
}
