package dev.mmureplay.report;

import java.util.ArrayList;
import java.util.List;

/**
 * What is known of a replay, and what must not be concluded, because its trace does not carry it.
 */
final class Limits {
  private Limits() {}

  /**
   * Returns one sentence for each limit.
   *
   * @param facts one row: the trace and its replay
   * @param costs the backends
   */
  static List<String> of(ResultTable facts, ResultTable costs) {
    List<String> limits = new ArrayList<>();
    known(facts, limits);
    residency(facts, limits);
    if (no(facts, "concurrent")) {
      limits.add(
          "The threads did not run concurrently while they were traced, so the trace shows no race"
              + " between an access and a page-table update.");
    }
    if (no(facts, "threads")) {
      limits.add("Accesses and calls do not name their thread.");
    }
    if (no(facts, "cpus")) {
      limits.add(
          "The trace does not name CPUs, so which other TLBs had to be flushed is not known from"
              + " it.");
    }
    if (no(facts, "clock")) {
      limits.add(
          "There are no times that compare across threads: cost over time is by call, and modelled"
              + " costs cannot be set against recorded durations.");
    }
    if (no(facts, "from_start")) {
      limits.add(
          "The trace begins after the program did: mappings from before it are deduced and marked"
              + " as assumed.");
    }
    if (no(facts, "kernel_accesses")) {
      limits.add(
          "Accesses that the kernel made for the program (read and write buffers) are not shown;"
              + " pages that only the kernel touched look untouched.");
    }
    if (facts.value(0, "lost") == null) {
      limits.add("The tracer lost events and does not say how many.");
    } else if (facts.number(0, "lost") > 0) {
      limits.add("The tracer lost " + whole(facts, "lost") + " events.");
    }
    if (facts.number(0, "rejected") > 0) {
      limits.add(
          whole(facts, "rejected")
              + " of "
              + whole(facts, "lines")
              + " lines should have been understood and were not.");
    }
    for (int i = 0; i < costs.rows().size(); i++) {
      if (!costs.text(i, "failure").isEmpty()) {
        limits.add(
            "The backend "
                + costs.text(i, "backend")
                + " failed and its counts are partial: "
                + costs.text(i, "failure"));
      }
    }
    limits.add(
        "Costs are counted operations times prices: cache misses, contention and the scheduler are"
            + " only in them as far as the price list puts them there.");
    return limits;
  }

  private static void known(ResultTable facts, List<String> limits) {
    limits.add(
        String.format(
            "Calls whose counts are known: %s of %s (%s PTEs); resting on a named assumption: %s (%s PTEs); unknown: %s"
                + " (%s PTEs).",
            whole(facts, "calls_known"),
            whole(facts, "calls"),
            whole(facts, "ptes_known"),
            whole(facts, "calls_assumed"),
            whole(facts, "ptes_assumed"),
            whole(facts, "calls_unknown"),
            whole(facts, "ptes_unknown")));
    if (facts.value(0, "pages_undecided") != null) {
      limits.add(
          String.format(
              "Pages of which accessed, dirty or being there at all is not known: %s of %s.",
              whole(facts, "pages_undecided"), whole(facts, "pages_ended")));
    }
  }

  private static void residency(ResultTable facts, List<String> limits) {
    String accesses = facts.text(0, "accesses");
    if (accesses.equals("none")) {
      limits.add(
          "The trace shows no page accesses: which pages were resident and dirty is assumed.");
    } else if (accesses.equals("first-touch")) {
      limits.add(
          "Only accesses that faulted are shown: a page touched again without a fault, or populated"
              + " without one, is not seen.");
    }
    if (facts.text(0, "residency").equals("all")) {
      limits.add(
          "Residency is an assumption: every page of an accessible mapping counts as resident at"
              + " every call. Work per page is an upper bound.");
    } else if (facts.text(0, "residency").equals("none")) {
      limits.add(
          "Residency is an assumption: no page counts as resident unless an access shows it. Work"
              + " per page is a lower bound.");
    }
  }

  private static boolean no(ResultTable facts, String column) {
    return facts.text(0, column).equals("false");
  }

  private static String whole(ResultTable facts, String column) {
    return Cells.whole((long) facts.number(0, column));
  }
}
