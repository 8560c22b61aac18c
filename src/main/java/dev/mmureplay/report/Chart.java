package dev.mmureplay.report;

/** A picture that can draw itself as SVG, coloured by the style sheet of the report. */
interface Chart {
  /** Returns what the picture is of. */
  String title();

  /** Returns in words what it shows, for those who do not see it. */
  String description();

  /** Draws it. */
  void draw(Svg svg);

  /** Returns its height, in the units of {@link Svg#WIDTH}. */
  int height();
}
