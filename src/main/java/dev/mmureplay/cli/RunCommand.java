package dev.mmureplay.cli;

import dev.mmureplay.report.Document;
import dev.mmureplay.report.Report;
import dev.mmureplay.report.ResultTable;
import dev.mmureplay.report.Rows;
import dev.mmureplay.store.Prices;
import dev.mmureplay.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The main job: import, replay, price, report. */
@Command(
    name = "run",
    description =
        "Replays traces with every backend, prices what was counted, and writes a report. If the"
            + " directory holds results already, the new ones are added.",
    footer = {
      "",
      "Examples:",
      "  mmureplay run trace.log.gz",
      "  mmureplay run strace:one.log two.arrow -o results --profile xen-xpti",
      "  mmureplay run trace.log --backend native,multicall --format csv"
    })
final class RunCommand extends Verb {
  @Parameters(
      paramLabel = "TRACE",
      arity = "1..*",
      description = "Raw trace, event file, FORMAT:TRACE, or - for standard input.")
  private List<String> traces = new ArrayList<>();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      defaultValue = "results",
      description =
          "Directory for results.duckdb, report.html and report.md; ${DEFAULT-VALUE} if not given.")
  private Path directory = Path.of("results");

  @Option(
      names = "--costs",
      paramLabel = "FILE.csv",
      description = "Price lists of your own, usable with --profile.")
  private @Nullable Path costs;

  @Mixin private ProfileOption profile = new ProfileOption();
  @Mixin private ReplaySettings replay = new ReplaySettings();
  @Mixin private ImportSettings settings = new ImportSettings();
  @Mixin private FormatOption format = new FormatOption();

  @Override
  void run() throws Exception {
    var options = replay.options(this);
    boolean made = !Files.exists(directory);
    Files.createDirectories(directory);
    List<Replays.Stored> stored;
    try (Replays replays = new Replays(this, directory.resolve("results.duckdb"))) {
      Store store = replays.store();
      if (costs != null) {
        store.loadCosts(costs);
      }
      String priceList = profile.of(store, this);
      stored = replays.replay(traces, settings, options);
      Document report = report(store, priceList, stored);
      printCosts(store, priceList, stored);
      printRaces(store, stored);
      printKnowledge(store, stored);
      for (String name : List.of("report.html", "report.md")) {
        String file = directory.resolve(name).toString();
        OutputFile.write(
            file, out(), name.endsWith("html") ? report::writeHtml : report::writeMarkdown);
      }
      say("Wrote " + directory + "/: results.duckdb, report.html, report.md");
    } finally {
      if (made) {
        deleteIfEmpty(directory);
      }
    }
    Replays.requireAgreement(stored);
  }

  /** Remarks stand below a table; beside results for programs they go to standard error. */
  private void say(String text) {
    if (format.forPeople()) {
      out().print(text + "\n");
      out().flush();
    } else {
      remark(text);
    }
  }

  private static Document report(Store store, String priceList, List<Replays.Stored> stored)
      throws IOException, SQLException {
    Prices.requireComplete(
        store.connection(), priceList, stored.stream().mapToLong(Replays.Stored::id).toArray());
    return Report.of(store.connection(), priceList);
  }

  private void printCosts(Store store, String priceList, List<Replays.Stored> stored)
      throws IOException, SQLException {
    String more =
        format.forPeople()
            ? ""
            : ", q.mode AS races, q.candidates, v.accessed_lost, v.dirty_lost, q.transient_faults, v.bits_lost,"
                + " k.calls_known, k.calls_assumed, k.calls_unknown";
    String sql =
        """
        SELECT %s backend, low, typical, high, round(ratio_low, 2) AS ratio_low,
          round(ratio_typical, 2) AS ratio_typical, round(ratio_high, 2) AS ratio_high,
          coalesce(failure, CASE WHEN NOT correct THEN 'negative control' END) AS note%s
        FROM cost_by_backend c
        JOIN verdict v USING (replay, run, backend)
        JOIN known_calls k USING (replay)
        LEFT JOIN race q USING (run)
        WHERE profile = ? AND replay IN (%s) ORDER BY replay, run
        """
            .formatted(columns(stored.size()), more, ids(stored));
    try (PreparedStatement statement = store.connection().prepareStatement(sql)) {
      statement.setString(1, priceList);
      try (ResultSet result = statement.executeQuery()) {
        if (format.forPeople()) {
          out()
              .print(
                  "Cost of the mprotect calls in "
                      + unit(store, priceList)
                      + " (price list "
                      + priceList
                      + ", guest kernel "
                      + replay.kernel().id()
                      + ") and its ratio to native\n\n");
        }
        Rows.copy(result, format.writer(out()), ResultTable.NO_CAP);
        out().flush();
      }
    }
  }

  private static String ids(List<Replays.Stored> stored) {
    return stored.stream().map(each -> Long.toString(each.id())).collect(Collectors.joining(", "));
  }

  /** Tells people what races came to, where some were tried. */
  private void printRaces(Store store, List<Replays.Stored> stored)
      throws IOException, SQLException {
    boolean none =
        stored.stream()
            .flatMap(each -> each.result().races().stream())
            .allMatch(race -> race.candidates() == 0);
    if (none || !format.forPeople()) {
      return;
    }
    String sql =
        """
        SELECT %s backend, mode, candidates, accessed_lost AS a_lost, dirty_lost AS d_lost, transient_faults
        FROM race_by_backend WHERE replay IN (%s) AND candidates > 0 ORDER BY replay, run
        """
            .formatted(columns(stored.size()), ids(stored));
    try (PreparedStatement statement = store.connection().prepareStatement(sql);
        ResultSet result = statement.executeQuery()) {
      out()
          .print(
              "\nAccesses that raced with mprotect calls, and the A and D bits lost to them\n\n");
      Rows.copy(result, format.writer(out()), ResultTable.NO_CAP);
      out().flush();
    }
  }

  private static String unit(Store store, String priceList) throws SQLException {
    String sql = "SELECT unit FROM cost_profile WHERE profile = ?";
    try (PreparedStatement statement = store.connection().prepareStatement(sql)) {
      statement.setString(1, priceList);
      try (ResultSet result = statement.executeQuery()) {
        if (!result.next()) {
          throw new IllegalStateException("no price list " + priceList);
        }
        return result.getString(1);
      }
    }
  }

  private String columns(int replays) {
    if (!format.forPeople()) {
      return "replay, trace,";
    }
    return replays > 1 ? "replay, regexp_replace(trace, '^.*/', '') AS trace," : "";
  }

  private void printKnowledge(Store store, List<Replays.Stored> stored) throws SQLException {
    if (format.forPeople()) {
      out().print("\n");
    }
    for (Replays.Stored each : stored) {
      say(Knowledge.of(each));
      say(each.file().name() + ": accessed and dirty bits lost: " + verdict(store, each.id()));
    }
  }

  /** Returns what was concluded, with the backends where they differ. */
  private static String verdict(Store store, long replay) throws SQLException {
    String sql =
        """
        SELECT bits_lost || CASE WHEN count(*) OVER () > 1 THEN ' (' || backends || ')' ELSE '' END
        FROM (SELECT bits_lost, string_agg(backend, ', ' ORDER BY run) AS backends, min(run) AS first
          FROM verdict WHERE replay = ? GROUP BY bits_lost)
        ORDER BY first
        """;
    List<String> parts = new ArrayList<>();
    try (PreparedStatement statement = store.connection().prepareStatement(sql)) {
      statement.setLong(1, replay);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          parts.add(result.getString(1));
        }
      }
    }
    return String.join("; ", parts);
  }

  private static void deleteIfEmpty(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      if (files.findAny().isPresent()) {
        return;
      }
    }
    Files.delete(directory);
  }
}
