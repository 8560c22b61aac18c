package dev.mmureplay.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Maps values to positions, linearly or by their logarithm, and knows where ticks belong. */
final class Axis {
  private static final int MOST_TICKS = 7;

  private final boolean logarithmic;
  private final double low;
  private final double high;
  private final double start;
  private final double end;

  private Axis(boolean logarithmic, double low, double high, double start, double end) {
    this.logarithmic = logarithmic;
    this.low = low;
    this.high = high;
    this.start = start;
    this.end = end;
  }

  /** An axis for positive values that reaches a little beyond the given ones. */
  static Axis logarithmic(double low, double high, double start, double end) {
    double from = Math.log10(low);
    double to = Math.log10(high);
    double margin = Math.max(0.03 * (to - from), 0.04);
    return new Axis(true, from - margin, to + margin, start, end);
  }

  /** An axis from {@code low} to {@code high}, or a little beyond to end at a tick. */
  static Axis linear(double low, double high, double start, double end) {
    double top = high > low ? high : low + 1;
    double step = step(top - low);
    return new Axis(false, low, Math.ceil(top / step - 1e-9) * step, start, end);
  }

  /** An axis from {@code low} to {@code high} and no further. */
  static Axis exact(double low, double high, double start, double end) {
    return new Axis(false, low, high > low ? high : low + 1, start, end);
  }

  /** Returns where a value stands. */
  double at(double value) {
    double x = logarithmic ? Math.log10(value) : value;
    return start + (x - low) / (high - low) * (end - start);
  }

  /** Returns the values to label. */
  List<Double> ticks() {
    return logarithmic ? logarithmicTicks() : linearTicks();
  }

  private List<Double> linearTicks() {
    List<Double> ticks = new ArrayList<>();
    double step = step(high - low);
    for (long i = (long) Math.ceil(low / step - 1e-9); i * step <= high * (1 + 1e-9); i++) {
      ticks.add(i * step);
    }
    return ticks;
  }

  private List<Double> logarithmicTicks() {
    int decades = (int) Math.ceil(high - low);
    double[] mantissas =
        decades <= 2
            ? new double[] {1, 2, 5}
            : decades <= 4 ? new double[] {1, 3} : new double[] {1};
    int stride = Math.max(1, (decades + MOST_TICKS - 1) / MOST_TICKS);
    List<Double> ticks = new ArrayList<>();
    for (int decade = (int) Math.floor(low); decade <= Math.ceil(high); decade++) {
      for (double mantissa : mantissas) {
        double tick = mantissa * Math.pow(10, decade);
        double position = Math.log10(tick);
        if (Math.floorMod(decade, stride) == 0 && position >= low && position <= high) {
          ticks.add(tick);
        }
      }
    }
    return ticks;
  }

  private static double step(double span) {
    double raw = span / (MOST_TICKS - 2);
    double magnitude = Math.pow(10, Math.floor(Math.log10(raw)));
    double mantissa = raw / magnitude;
    return magnitude * (mantissa <= 1 ? 1 : mantissa <= 2 ? 2 : mantissa <= 5 ? 5 : 10);
  }

  /** Returns a number as short as a tick wants it: 250, 1.5k, 20M. */
  static String brief(double value) {
    String[] suffixes = {"", "k", "M", "G", "T", "P"};
    double scaled = value;
    int suffix = 0;
    while (Math.abs(scaled) >= 999.5 && suffix < suffixes.length - 1) {
      scaled /= 1_000;
      suffix++;
    }
    double magnitude = Math.abs(scaled);
    int decimals = magnitude == 0 || magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : 2;
    if (magnitude > 0 && magnitude < 1) {
      decimals = Math.min(6, 1 - (int) Math.floor(Math.log10(magnitude)));
    }
    String text = String.format(Locale.ROOT, "%." + decimals + "f", scaled);
    if (text.contains(".")) {
      text = text.replaceFirst("\\.?0+$", "");
    }
    return text + suffixes[suffix];
  }
}
