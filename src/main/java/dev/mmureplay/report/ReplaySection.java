package dev.mmureplay.report;

import dev.mmureplay.report.Block.Facts.Fact;
import dev.mmureplay.store.DurationFit;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the report says about one replay. */
final class ReplaySection {
  /** Points of a line over time; more would not be seen. */
  private static final int POINTS = 120;

  private static final int FINDINGS = 20;
  private static final int KIBI = 1024;
  private static final double NANOS = 1e9;

  private final Database database;
  private final long replay;
  private final String profile;
  private final String unit;
  private final ResultTable facts;
  private final ResultTable costs;
  private final List<Block> blocks = new ArrayList<>();

  ReplaySection(Database database, long replay, String profile, String unit) throws SQLException {
    this.database = database;
    this.replay = replay;
    this.profile = profile;
    this.unit = unit;
    this.facts =
        database.ask(
            """
            SELECT t.*, r.guest_kernel, r.preserve_ad, r.residency, r.residency_assumed, r.fault_around,
              r.engine_version, r.calls, r.address_spaces, r.accesses AS replayed_accesses,
              r.pages_ended, r.pages_undecided, k.*
            FROM replay r JOIN trace t ON t.id = r.trace JOIN known_calls k ON k.replay = r.id WHERE r.id = ?
            """,
            replay);
    this.costs =
        database.ask(
            """
            SELECT c.*, r.findings, r.digest = n.digest AS same
            FROM cost_by_backend c
            JOIN run r ON r.id = c.run
            LEFT JOIN run n ON n.replay = c.replay AND n.backend = 'native'
            WHERE c.replay = ? AND c.profile = ? ORDER BY c.run
            """,
            replay,
            profile);
  }

  /** Returns everything, in order. */
  List<Block> blocks() throws SQLException {
    header();
    blocks.add(new Block.Box("What this replay knows, and cannot tell", Limits.of(facts, costs)));
    costByBackend();
    table(
        "Accessed and dirty bits lost",
        """
        SELECT string_agg(backend, ', ' ORDER BY run) AS backends, bits_lost AS "bits lost"
        FROM verdict WHERE replay = CAST(? AS BIGINT) GROUP BY bits_lost ORDER BY min(run)
        """,
        replay);
    pagesPerCall();
    costOverTime();
    recordedDurations();
    blocks.addAll(RaceSection.of(database, replay));
    table(
        "Other breaches of invariants, and outcomes worth to be known, the first " + FINDINGS,
        "SELECT backend, invariant, pid, address_text(address) AS address, seq, message FROM finding"
            + " WHERE replay = CAST(? AS BIGINT) AND evidence IS NULL ORDER BY ALL LIMIT "
            + FINDINGS,
        replay);
    table(
        "Assumptions, and how often each was used",
        "SELECT name AS assumption, n AS times FROM assumption WHERE replay = CAST(? AS BIGINT) ORDER BY name",
        replay);
    table(
        "What became of every line of the trace",
        "SELECT class, reason, lines FROM ledger WHERE trace = CAST(? AS BIGINT) ORDER BY class, reason",
        facts.value(0, "id"));
    return blocks;
  }

  private void recordedDurations() throws SQLException {
    Optional<DurationFit> found = DurationFit.of(database.connection(), replay);
    if (found.isEmpty()) {
      return;
    }
    DurationFit fit = found.get();
    blocks.add(new Block.Subsection("Recorded durations"));
    blocks.add(
        new Block.Paragraph(
            String.format(
                Locale.ROOT,
                "The tracer timed %,d successful calls: %,.0f ns a call and %,.1f ± %,.1f ns for each PTE that the"
                    + " model rewrites (least squares; the line explains %.0f %% of the variance). That is the machine of"
                    + " the capture with the tracer's own cost in it, under its own MMU; no price uses it.",
                fit.calls(),
                fit.callNs(),
                fit.pteNs(),
                fit.pteNsError(),
                100 * fit.rSquare())));
  }

  private void header() {
    List<Fact> list = new ArrayList<>();
    list.add(new Fact("Trace", facts.text(0, "source")));
    if (!facts.text(0, "command").isEmpty()) {
      list.add(new Fact("Command", facts.text(0, "command")));
    }
    list.add(new Fact("SHA-256", facts.text(0, "sha256")));
    list.add(
        new Fact("Importer", facts.text(0, "importer") + " " + facts.text(0, "importer_version")));
    list.add(new Fact("Events", whole("events")));
    list.add(new Fact("Page accesses in the trace", facts.text(0, "accesses")));
    list.add(new Fact("mprotect calls", whole("calls")));
    list.add(
        new Fact(
            "Lines",
            whole("lines")
                + ", of which "
                + whole("ignored")
                + " ignored and "
                + whole("rejected")
                + " rejected"));
    list.add(new Fact("Guest kernel", facts.text(0, "guest_kernel")));
    list.add(
        new Fact(
            "PRESERVE_AD offered", facts.text(0, "preserve_ad").equals("true") ? "yes" : "no"));
    list.add(
        new Fact(
            "Residency",
            facts.text(0, "residency")
                + (facts.text(0, "residency_assumed").equals("true") ? " (assumed)" : "")));
    list.add(new Fact("Fault-around", whole("fault_around") + " pages (assumed to be cached)"));
    list.add(new Fact("Engine", facts.text(0, "engine_version")));
    blocks.add(new Block.Facts(list));
  }

  private String whole(String column) {
    return Cells.whole((long) facts.number(0, column));
  }

  private void costByBackend() {
    List<IntervalChart.Interval> intervals = new ArrayList<>();
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < costs.rows().size(); i++) {
      boolean control = costs.text(i, "correct").equals("false");
      String label = costs.text(i, "backend") + (control ? " (control)" : "");
      if (costs.number(i, "low") > 0) {
        intervals.add(
            new IntervalChart.Interval(
                label,
                costs.number(i, "low"),
                costs.number(i, "typical"),
                costs.number(i, "high"),
                control));
      }
      rows.add(
          Arrays.asList(
              label,
              costs.value(i, "low"),
              costs.value(i, "typical"),
              costs.value(i, "high"),
              ratio(costs, i),
              costs.value(i, "findings"),
              costs.text(i, "same").equals("true") ? "as native" : "differ"));
    }
    blocks.add(new Block.Subsection("Cost by backend"));
    if (!intervals.isEmpty()) {
      blocks.add(
          new Block.Picture(
              new IntervalChart(
                  "Cost of all mprotect calls: typical, and from low to high",
                  unit + " (logarithmic)",
                  intervals)));
    }
    blocks.add(
        new Block.Table(
            "Cost of all mprotect calls in " + unit,
            new ResultTable(
                List.of(
                    new Column("backend", Column.Type.TEXT),
                    new Column("low", Column.Type.REAL),
                    new Column("typical", Column.Type.REAL),
                    new Column("high", Column.Type.REAL),
                    new Column("times native", Column.Type.TEXT),
                    new Column("findings", Column.Type.INTEGER),
                    new Column("final PTEs", Column.Type.TEXT)),
                rows,
                true)));
  }

  /** Returns a ratio as typical (low–high), or null where there is none. */
  static @Nullable String ratio(ResultTable table, int row) {
    double typical = table.number(row, "ratio_typical");
    if (Double.isNaN(typical)) {
      return null;
    }
    double low = table.number(row, "ratio_low");
    double high = table.number(row, "ratio_high");
    return low == 1 && high == 1
        ? "1"
        : Cells.number(typical) + " (" + Cells.number(low) + "–" + Cells.number(high) + ")";
  }

  private void pagesPerCall() throws SQLException {
    ResultTable counts =
        database.ask(
            """
            SELECT CASE WHEN pages <= 0 THEN -1 ELSE CAST(ceil(log2(pages)) AS INTEGER) END AS power,
              count(*) AS calls, sum(updated_ptes) AS updated
            FROM call WHERE replay = ? GROUP BY power ORDER BY power
            """,
            replay);
    if (counts.rows().isEmpty()) {
      return;
    }
    List<BarChart.Bar> bars = new ArrayList<>();
    List<List<@Nullable Object>> rows = new ArrayList<>();
    int next = (int) counts.number(0, "power");
    for (int i = 0; i < counts.rows().size(); i++) {
      int power = (int) counts.number(i, "power");
      for (; next < power; next++) {
        bars.add(new BarChart.Bar(pages(next), 0));
      }
      next++;
      bars.add(new BarChart.Bar(pages(power), counts.number(i, "calls")));
      rows.add(Arrays.asList(pages(power), counts.value(i, "calls"), counts.value(i, "updated")));
    }
    blocks.add(new Block.Subsection("Pages per call"));
    blocks.add(
        new Block.Picture(
            new BarChart("Number of mprotect calls by the pages in their range", "pages", bars)));
    blocks.add(
        new Block.Table(
            "mprotect calls by the pages in their range, and PTEs that they rewrote",
            new ResultTable(
                List.of(
                    new Column("pages", Column.Type.TEXT),
                    new Column("calls", Column.Type.INTEGER),
                    new Column("updated PTEs", Column.Type.INTEGER)),
                rows,
                true)));
  }

  /** Returns the numbers of pages in one bar: above the previous power of two, up to this one. */
  private static String pages(int power) {
    if (power <= 1) {
      return power < 0 ? "0" : power == 0 ? "1" : "2";
    }
    long to = 1L << power;
    return to < KIBI ? to / 2 + 1 + "–" + to : "≤" + to / KIBI + "Ki";
  }

  private void costOverTime() throws SQLException {
    boolean clock =
        database
            .ask("SELECT count(*) - count(time) AS missing FROM call WHERE replay = ?", replay)
            .text(0, "missing")
            .equals("0");
    ResultTable sums =
        database.ask(
            """
            WITH k AS (SELECT call, CAST(%s AS DOUBLE) AS x FROM call WHERE replay = ?),
              span AS (SELECT min(x) AS first, greatest(max(x) - min(x), 1) AS length FROM k)
            SELECT c.backend, c.run, CAST(floor((k.x - s.first) / s.length * %d) AS INTEGER) AS part,
              max(k.x) AS x, sum(c.typical) AS typical
            FROM call_cost c JOIN k ON k.call = c.call CROSS JOIN span s
            WHERE c.replay = ? AND c.profile = ?
            GROUP BY c.backend, c.run, part ORDER BY c.run, part
            """
                .formatted(clock ? "time" : "call", POINTS),
            replay,
            replay,
            profile);
    Map<String, List<Svg.Point>> lines = new LinkedHashMap<>();
    for (int i = 0; i < sums.rows().size(); i++) {
      List<Svg.Point> points =
          lines.computeIfAbsent(sums.text(i, "backend"), backend -> new ArrayList<>());
      double before = points.isEmpty() ? 0 : points.get(points.size() - 1).y();
      double x = clock ? sums.number(i, "x") / NANOS : sums.number(i, "x") + 1;
      points.add(new Svg.Point(x, before + sums.number(i, "typical")));
    }
    if (lines.values().stream().allMatch(points -> points.size() < 2)) {
      return;
    }
    blocks.add(new Block.Subsection("Cost over time"));
    blocks.add(
        new Block.Picture(
            new LineChart(
                "Typical cost of the mprotect calls so far",
                clock ? "seconds since the trace began" : "mprotect calls; the trace has no clock",
                unit,
                lines.entrySet().stream()
                    .map(
                        line ->
                            new LineChart.Line(
                                line.getKey(), line.getValue(), control(line.getKey())))
                    .toList())));
  }

  private boolean control(String backend) {
    for (int i = 0; i < costs.rows().size(); i++) {
      if (costs.text(i, "backend").equals(backend)) {
        return costs.text(i, "correct").equals("false");
      }
    }
    return false;
  }

  /** Adds the answer, unless there is none. */
  private void table(String caption, String sql, @Nullable Object value) throws SQLException {
    ResultTable table = database.ask(sql, String.valueOf(value));
    if (!table.rows().isEmpty()) {
      blocks.add(new Block.Table(caption, table));
    }
  }
}
