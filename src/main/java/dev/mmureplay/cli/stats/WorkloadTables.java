package dev.mmureplay.cli.stats;

import dev.mmureplay.event.CallSite;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.TraceInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A workload as facts and small tables; null is what the trace cannot know. */
public final class WorkloadTables {
  private static final int SHOWN = 10;

  private WorkloadTables() {}

  /** Returns how many calls there are, and of which kind. */
  public static Map<String, @Nullable Object> calls(Workload workload) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("calls", workload.pages.size());
    map.put("failed", workload.errors.values().stream().mapToLong(Long::longValue).sum());
    map.put("result_unknown", workload.unknownResults);
    map.put("change_nothing", workload.noOps);
    map.put("on_mappings_not_in_the_trace", workload.assumed);
    return map;
  }

  /** Returns the pages per call, counted in four ways. */
  public static List<Map<String, @Nullable Object>> pages(Workload workload) {
    boolean known = workload.showsAccesses();
    return List.of(
        row("in the range", workload.pages, true),
        row("protection changes", workload.changed, true),
        row("resident", workload.touched, known),
        row("resident and changes", workload.changedTouched, known));
  }

  private static Map<String, @Nullable Object> row(
      String what, Distribution distribution, boolean known) {
    boolean there = known && distribution.size() > 0;
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    row.put("pages", what);
    row.put("median", there ? distribution.quantile(0.5) : null);
    row.put("p99", there ? distribution.quantile(0.99) : null);
    row.put("max", there ? distribution.quantile(1) : null);
    row.put("total", known ? distribution.total() : null);
    return row;
  }

  /** Returns how many changes of a page there are, and how many of which kind. */
  public static Map<String, @Nullable Object> flips(Workload workload) {
    long flips = workload.changed.total();
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("page_flips", flips);
    map.put(
        "of_untouched_pages",
        workload.showsAccesses() ? flips - workload.changedTouched.total() : null);
    map.put("that_take_the_one_before_back", workload.returned());
    return map;
  }

  /** Returns how long it takes until a page is flipped again. */
  public static List<Map<String, @Nullable Object>> between(Workload workload) {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    if (workload.callsBetween.size() > 0) {
      rows.add(between("mprotect calls", workload.callsBetween));
      rows.add(between("ns", workload.timeBetween));
    }
    return rows;
  }

  private static Map<String, @Nullable Object> between(String unit, Distribution distribution) {
    boolean known = distribution.size() > 0;
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    row.put("unit", unit);
    row.put("min", known ? distribution.quantile(0) : null);
    row.put("median", known ? distribution.quantile(0.5) : null);
    row.put("p99", known ? distribution.quantile(0.99) : null);
    row.put("max", known ? distribution.quantile(1) : null);
    return row;
  }

  /** Returns the ranges that go back and forth most often. */
  public static List<Map<String, @Nullable Object>> pingPong(Workload workload) {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    for (Workload.PingPong each : workload.pingPong(SHOWN)) {
      FlipHistory.Region region = each.region();
      Map<String, @Nullable Object> row = new LinkedHashMap<>();
      row.put("pid", (long) each.pid());
      row.put("address", "0x" + Long.toHexString(region.start()));
      row.put("pages", region.pages());
      row.put("flips", region.flips());
      row.put("back", region.returns());
      row.put("between", protection(region.before()) + " " + protection(region.after()));
      rows.add(row);
    }
    return rows;
  }

  private static String protection(int protection) {
    return ((protection & 1) != 0 ? "r" : "-")
        + ((protection & 2) != 0 ? "w" : "-")
        + ((protection & 4) != 0 ? "x" : "-");
  }

  /** Returns the largest number of VMAs, and how far it is from the limit. */
  public static Map<String, @Nullable Object> vmas(Workload workload) {
    VmaCurve.Point highest = workload.vmas.highest();
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    if (highest != null) {
      map.put("most_in_one_process", highest.vmas());
      map.put("pid", Integer.toString(highest.pid()));
      map.put("left_below_max_map_count", Workload.MAX_MAP_COUNT - highest.vmas());
    }
    return map;
  }

  /** Returns the largest numbers of VMAs in stretches of the trace. */
  public static List<Map<String, @Nullable Object>> vmaCurve(Workload workload) {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    for (VmaCurve.Point point : workload.vmas.points()) {
      Map<String, @Nullable Object> row = new LinkedHashMap<>();
      row.put("call", point.call());
      row.put("time_ns", point.time() == EventSchema.UNKNOWN ? null : point.time());
      row.put("pid", (long) point.pid());
      row.put("vmas", point.vmas());
      row.put("left", Workload.MAX_MAP_COUNT - point.vmas());
      rows.add(row);
    }
    return rows;
  }

  /** Returns the calls that the kernel refused, by reason. */
  public static List<Map<String, @Nullable Object>> failures(Workload workload) {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    workload.errors.forEach(
        (number, calls) -> {
          Map<String, @Nullable Object> row = new LinkedHashMap<>();
          row.put("errno", errorName(number));
          row.put("calls", calls);
          rows.add(row);
        });
    return rows;
  }

  /** The errors that mprotect(2) names, and EINTR and EPERM. */
  private static String errorName(long number) {
    return switch ((int) number) {
      case 1 -> "EPERM";
      case 4 -> "EINTR";
      case 12 -> "ENOMEM";
      case 13 -> "EACCES";
      case 22 -> "EINVAL";
      default -> Long.toString(number);
    };
  }

  /** Returns the places that change protections most often, where the trace has call stacks. */
  public static List<Map<String, @Nullable Object>> sites(TraceInfo info) {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    for (CallSite site : info.sites().subList(0, Math.min(SHOWN, info.sites().size()))) {
      Map<String, @Nullable Object> row = new LinkedHashMap<>();
      row.put("calls", site.calls());
      row.put("pages", site.pages());
      row.put("stack", site.stack());
      rows.add(row);
    }
    return rows;
  }
}
