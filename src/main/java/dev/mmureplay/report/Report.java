package dev.mmureplay.report;

import dev.mmureplay.report.Block.Facts.Fact;
import dev.mmureplay.store.NamedQuery;
import dev.mmureplay.store.Prices;
import dev.mmureplay.store.UnpricedException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a result file has to say, under one price list.
 *
 * <pre>
 * overview          every replay beside every backend
 * replay 1, 2, …    {@link ReplaySection}
 * questions         every named query
 * prices            the price list, with sources
 * </pre>
 */
public final class Report {
  private static final long QUESTION_ROWS = 40;

  private final Database database;
  private final String profile;
  private final String unit;
  private final List<Block> blocks = new ArrayList<>();

  private Report(Connection connection, String profile) throws SQLException {
    this.database = new Database(connection);
    this.profile = profile;
    this.unit =
        database.ask("SELECT unit FROM cost_profile WHERE profile = ?", profile).text(0, "unit");
  }

  /**
   * Makes the report.
   *
   * @throws UnpricedException if an operation was counted that the price list has no price for
   * @throws IllegalArgumentException if there is no such price list
   */
  public static Document of(Connection connection, String profile)
      throws SQLException, UnpricedException {
    Prices.requireComplete(connection, profile);
    return new Report(connection, profile).document();
  }

  private Document document() throws SQLException {
    ResultTable replays =
        database.ask(
            """
            SELECT r.id, t.source, r.guest_kernel, r.residency, r.calls
            FROM replay r JOIN trace t ON t.id = r.trace ORDER BY r.id
            """);
    overview(replays);
    for (int i = 0; i < replays.rows().size(); i++) {
      long id = (long) replays.number(i, "id");
      String name = replays.text(i, "source").replaceFirst("^.*/", "");
      blocks.add(new Block.Section("replay-" + id, "Replay " + id + ": " + name));
      blocks.addAll(new ReplaySection(database, id, profile, unit).blocks());
    }
    questions();
    prices();
    int n = replays.rows().size();
    return new Document(
        "What mprotect costs, backend by backend",
        (n == 1 ? "One replay" : n + " replays")
            + " of recorded programs, priced in "
            + unit
            + " with the price list "
            + profile
            + ".",
        blocks);
  }

  private void overview(ResultTable replays) throws SQLException {
    blocks.add(new Block.Section("overview", "Overview"));
    blocks.add(
        new Block.Paragraph(
            "Each trace was replayed once, and every way of carrying out page-table updates was"
                + " counted in the same pass. Counts are exact for the model; prices are intervals."
                + " A cost is therefore given as typical (low–high). A ratio to native has exact"
                + " bounds over all prices within those intervals: an operation that both sides"
                + " share has one price in both."));
    if (replays.rows().isEmpty()) {
      blocks.add(new Block.Paragraph("The result file holds no replay."));
      return;
    }
    ResultTable ratios =
        database.ask(
            """
            SELECT replay, backend, ratio_low, ratio_typical, ratio_high
            FROM cost_by_backend WHERE profile = ? AND backend <> 'native' AND correct ORDER BY run
            """,
            profile);
    Map<String, String> cells = new LinkedHashMap<>();
    Set<String> backends = new LinkedHashSet<>();
    for (int i = 0; i < ratios.rows().size(); i++) {
      backends.add(ratios.text(i, "backend"));
      cells.put(
          ratios.text(i, "replay") + " " + ratios.text(i, "backend"),
          ReplaySection.ratio(ratios, i));
    }
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("replay", Column.Type.INTEGER));
    columns.add(new Column("trace", Column.Type.TEXT));
    columns.add(new Column("residency", Column.Type.TEXT));
    columns.add(new Column("calls", Column.Type.INTEGER));
    backends.forEach(backend -> columns.add(new Column(backend, Column.Type.TEXT)));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < replays.rows().size(); i++) {
      String id = replays.text(i, "id");
      List<@Nullable Object> row = new ArrayList<>();
      row.add(replays.value(i, "id"));
      row.add(replays.text(i, "source").replaceFirst("^.*/", ""));
      row.add(replays.text(i, "residency"));
      row.add(replays.value(i, "calls"));
      backends.forEach(backend -> row.add(cells.get(id + " " + backend)));
      rows.add(row);
    }
    blocks.add(
        new Block.Table(
            "Cost of the mprotect calls relative to native, typical (low–high); negative controls stand with each replay",
            new ResultTable(columns, rows, true)));
  }

  private void questions() throws SQLException {
    List<NamedQuery> queries = NamedQuery.all();
    if (queries.isEmpty()) {
      return;
    }
    blocks.add(new Block.Section("questions", "Questions"));
    for (NamedQuery query : queries) {
      Map<String, String> values = new LinkedHashMap<>();
      boolean answerable = true;
      for (NamedQuery.Parameter parameter : query.parameters()) {
        switch (parameter.name()) {
          case "profile" -> values.put("profile", profile);
          case "replay" -> values.put("replay", "all");
          default -> answerable &= parameter.defaultValue() != null;
        }
      }
      if (answerable) {
        blocks.add(new Block.Answer(query.title(), query.question(), answer(query, values)));
      }
    }
  }

  private ResultTable answer(NamedQuery query, Map<String, String> values) throws SQLException {
    try (PreparedStatement statement = query.prepare(database.connection(), values);
        ResultSet result = statement.executeQuery()) {
      return ResultTable.read(result, QUESTION_ROWS);
    }
  }

  private void prices() throws SQLException {
    blocks.add(new Block.Section("prices", "Prices"));
    ResultTable about =
        database.ask(
            "SELECT title, unit, hardware, guest_kernel, notes FROM cost_profile WHERE profile = ?",
            profile);
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("Price list", profile + ": " + about.text(0, "title")));
    for (String column : Arrays.asList("unit", "hardware", "guest_kernel", "notes")) {
      if (!about.text(0, column).isEmpty()) {
        String name =
            Character.toUpperCase(column.charAt(0)) + column.substring(1).replace('_', ' ');
        facts.add(new Fact(name, about.text(0, column)));
      }
    }
    blocks.add(new Block.Facts(facts));
    blocks.add(
        new Block.Table(
            "Price of one operation in " + unit + ", with its source",
            database.ask(
                """
                SELECT c.operation, coalesce(c.backend, 'every') AS backend, c.low, c.typical, c.high, c.source
                FROM cost c JOIN operation o ON o.name = c.operation
                WHERE c.profile = ? ORDER BY o.position, c.backend NULLS FIRST
                """,
                profile)));
  }
}
