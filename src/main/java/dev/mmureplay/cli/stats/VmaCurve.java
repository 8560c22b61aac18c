package dev.mmureplay.cli.stats;

import dev.mmureplay.event.EventSchema;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How many VMAs an address space had in the course of a trace, in a bounded number of points. */
final class VmaCurve {
  /**
   * The largest number in a stretch of calls.
   *
   * @param call the call at which it was reached
   * @param time when, in ns, or {@link EventSchema#UNKNOWN}
   */
  record Point(long call, long time, int pid, long vmas) {}

  /** How many points are kept at most. */
  static final int POINTS = 16;

  private final List<Point> points = new ArrayList<>();
  private long stretch = 1;
  private long inStretch;

  /** Adds the number of VMAs behind a call. */
  void add(Point point) {
    int last = points.size() - 1;
    if (inStretch > 0 && inStretch < stretch) {
      if (point.vmas() > points.get(last).vmas()) {
        points.set(last, point);
      }
      inStretch++;
      return;
    }
    if (points.size() == POINTS) {
      for (int i = 0; i < POINTS / 2; i++) {
        Point a = points.get(2 * i);
        Point b = points.get(2 * i + 1);
        points.set(i, b.vmas() > a.vmas() ? b : a);
      }
      points.subList(POINTS / 2, POINTS).clear();
      stretch *= 2;
    }
    points.add(point);
    inStretch = 1;
  }

  /** Returns the points in the order of calls. */
  List<Point> points() {
    return List.copyOf(points);
  }

  /** Returns the point with the largest number, the first if there are several, or null. */
  @Nullable Point highest() {
    Point highest = null;
    for (Point point : points) {
      highest = highest == null || point.vmas() > highest.vmas() ? point : highest;
    }
    return highest;
  }
}
