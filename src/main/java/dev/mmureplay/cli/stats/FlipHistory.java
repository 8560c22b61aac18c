package dev.mmureplay.cli.stats;

import dev.mmureplay.event.EventSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which pages of one process had their protection changed, when, and how often it went back to what
 * it had been. Holds ranges, not pages: as many as calls have told pages apart.
 *
 * <p>A page that is found with another protection than its last change left it was mapped anew, and
 * its history begins again.
 */
final class FlipHistory {
  /** Pages with one history. */
  static final class Region {
    private final long start;
    private long end;
    private int before;
    private int after;
    private long flips;
    private long returns;
    private long lastCall;
    private long lastTime;

    private Region(long start, long end) {
      this.start = start;
      this.end = end;
    }

    private Region from(long at) {
      Region behind = new Region(at, end);
      behind.before = before;
      behind.after = after;
      behind.flips = flips;
      behind.returns = returns;
      behind.lastCall = lastCall;
      behind.lastTime = lastTime;
      return behind;
    }

    long start() {
      return start;
    }

    long pages() {
      return (end - start) / EventSchema.PAGE_SIZE;
    }

    /** Returns how often the protection of each page changed. */
    long flips() {
      return flips;
    }

    /** Returns how many of these changes took the one before back. */
    long returns() {
      return returns;
    }

    int before() {
      return before;
    }

    int after() {
      return after;
    }
  }

  private final TreeMap<Long, Region> regions = new TreeMap<>();
  private final Distribution callsBetween;
  private final Distribution timeBetween;
  private long returned;

  /**
   * Makes the history of a process whose address space is empty yet.
   *
   * @param callsBetween receives for each changed page the calls since its last change
   * @param timeBetween the same in ns, where the trace has a clock
   */
  FlipHistory(Distribution callsBetween, Distribution timeBetween) {
    this.callsBetween = callsBetween;
    this.timeBetween = timeBetween;
  }

  /**
   * Notes that a call changed the protection of {@code [start, end)}.
   *
   * @param call its number
   * @param time ns, or {@link EventSchema#UNKNOWN}
   */
  void flip(long start, long end, int before, int after, long call, long time) {
    cut(start);
    cut(end);
    long at = start;
    List<Region> gaps = new ArrayList<>();
    for (Region region : regions.subMap(start, end).values()) {
      if (region.start > at) {
        gaps.add(new Region(at, region.start));
      }
      again(region, before, after, call, time);
      at = region.end;
    }
    if (at < end) {
      gaps.add(new Region(at, end));
    }
    for (Region gap : gaps) {
      regions.put(gap.start, gap);
    }
    Region last = null;
    for (Region region : List.copyOf(regions.subMap(start, end).values())) {
      region.flips++;
      region.before = before;
      region.after = after;
      region.lastCall = call;
      region.lastTime = time;
      if (last != null && last.flips == region.flips && last.returns == region.returns) {
        last.end = region.end;
        regions.remove(region.start);
      } else {
        last = region;
      }
    }
  }

  private void again(Region region, int before, int after, long call, long time) {
    if (region.after != before) {
      region.flips = 0;
      region.returns = 0;
      return;
    }
    callsBetween.add(call - region.lastCall, region.pages());
    if (time != EventSchema.UNKNOWN && region.lastTime != EventSchema.UNKNOWN) {
      timeBetween.add(time - region.lastTime, region.pages());
    }
    if (after == region.before && after != before) {
      region.returns++;
      returned += region.pages();
    }
  }

  private void cut(long at) {
    Map.Entry<Long, Region> entry = regions.lowerEntry(at);
    if (entry != null && entry.getValue().end > at) {
      Region behind = entry.getValue().from(at);
      entry.getValue().end = at;
      regions.put(at, behind);
    }
  }

  /** Returns how many changes of a page took the page's change before back. */
  long returned() {
    return returned;
  }

  /** Returns the regions that went back at least once, in address order. */
  List<Region> pingPong() {
    return regions.values().stream().filter(region -> region.returns > 0).toList();
  }
}
