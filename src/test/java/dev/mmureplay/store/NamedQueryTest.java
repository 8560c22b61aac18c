package dev.mmureplay.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mmureplay.mmu.Cause;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.Operation;
import dev.mmureplay.replay.Certainty;
import dev.mmureplay.replay.Finding;
import dev.mmureplay.replay.race.Interleaving;
import dev.mmureplay.replay.race.RaceEvidence;
import dev.mmureplay.replay.race.RaceEvidence.Grade;
import dev.mmureplay.replay.race.RaceTotals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hazard: a query that stops to run, changes its answer, or takes a value for SQL.
 *
 * <p>Each shipped query has its answer beside the others in {@code
 * src/test/resources/store/queries}. {@code -Dgolden.update=true} rewrites them, to be reviewed in
 * the diff.
 */
class NamedQueryTest {
  private static final Path GOLDEN = Path.of("src/test/resources/store/queries");

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static Store store;

  @BeforeAll
  static void recordOneReplayOfSixCalls() throws IOException {
    store = Store.open(folder.resolve("r.duckdb"));
    ReplayFixture replay =
        new ReplayFixture(
            "program.strace.zst",
            GuestKernel.LINUX_6_1,
            "native",
            "preserve-ad",
            "mmu-update-batch",
            "multicall",
            "naive");
    for (int pages : new int[] {1, 2, 31, 32, 33, 600}) {
      replay.call61(pages);
    }
    replay.counters.forEach(
        counter -> {
          counter.cause(Cause.FAULT);
          counter.count(Operation.PAGE_FAULT, 9);
        });
    replay.calls.get(3).facts().protection = 7;
    replay.calls.get(5).facts().certainty = Certainty.ASSUMED;
    replay.page(0x7f00_0020_0000L, false, true).page(0x7f00_0020_1000L, false, false);
    replay.page(0x7f00_0020_2000L, false, true);
    replay.findings.add(
        new Finding(
            "naive",
            "I1",
            7,
            0x7f00_0020_1000L,
            new Finding.Place(12, 120, 3),
            "expected D to be kept but it is lost"));
    replay.findings.add(
        new Finding(
            "naive",
            "I1",
            7,
            0x7f00_0020_1000L,
            new Finding.Place(12, 120, 3),
            "lost the bit that a write set: D",
            new RaceEvidence(3, 12, 120, 11, 118, 8, "write", 1, Grade.UNPLACED)));
    RaceTotals kept = new RaceTotals(729, 40, 5, 1, 40, 0, 3, 0, 0, 0, 0, 2, 1, 3, 0);
    RaceTotals lost = new RaceTotals(729, 1, 5, 1, 30, 4, 3, 2, 1, 1, 0, 0, 1, 0, 0);
    replay.interleaving = Interleaving.parse("exhaustive");
    replay.races = List.of(kept, kept, kept, kept, lost);
    replay.record(store);
    recordThreeComparisons();
  }

  private static void recordThreeComparisons() throws IOException {
    try (Statement statement = store.connection().createStatement()) {
      statement.execute(
          """
          INSERT INTO observation_check VALUES
            (1, 12, 104, 'observed_xen', 2, 7, NULL, 'flushes', 'none', 'none', TRUE, NULL),
            (1, 13, 105, 'observed_xen', 3, 7, NULL, 'flushes', 'none', 'everything', FALSE, NULL),
            (1, 14, 106, 'call', 4, 7, NULL, 'call', NULL, NULL, NULL, 'events-lost')
          """);
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  @AfterAll
  static void close() throws IOException {
    store.close();
  }

  @TestFactory
  Stream<DynamicTest> everyShippedQueryGivesItsAnswer() {
    return NamedQuery.all().stream()
        .map(query -> DynamicTest.dynamicTest(query.name(), () -> assertAnswer(query)));
  }

  private static void assertAnswer(NamedQuery query) throws IOException, SQLException {
    assertThat(query.title()).isNotEqualTo(query.name());
    assertThat(query.question()).endsWith("?");
    assertThat(query.parameters())
        .allSatisfy(
            parameter -> {
              assertThat(parameter.defaultValue()).isNotNull();
              assertThat(parameter.meaning()).isNotBlank();
            });
    Path golden = GOLDEN.resolve(query.name() + ".txt");
    String answer = answer(query, Map.of());
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(golden, answer);
    }
    assertThat(answer).isEqualTo(Files.readString(golden));
  }

  @Test
  void valuesAreBoundAndNeverSql() throws IOException, SQLException {
    NamedQuery echo =
        new NamedQuery(
            "echo",
            "",
            "",
            List.of(new NamedQuery.Parameter("text", null, "")),
            "SELECT $text AS t");
    assertThat(answer(echo, Map.of("text", "' OR TRUE --"))).contains("' OR TRUE --");
    NamedQuery query = NamedQuery.named("cost-by-backend");
    assertThat(answer(query, Map.of("replay", "1")).lines()).hasSize(6);
    NamedQuery dearest = NamedQuery.named("dearest-calls");
    assertThat(answer(dearest, Map.of("top", "2", "backend", "native")).lines()).hasSize(3);
  }

  @Test
  void unknownNamesListTheKnown() {
    assertThatThrownBy(() -> NamedQuery.named("cost"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("expected a query (agreement, assumptions, batch-fill, ")
        .hasMessageEndingWith(") but found \"cost\"");
    assertThatThrownBy(() -> answer(NamedQuery.named("prices"), Map.of("backend", "native")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("prices: expected a parameter (profile) but found \"backend\"");
  }

  @Test
  void aFileOfTheUsersOwnNeedsNoHeader() throws IOException, SQLException {
    Path file =
        Files.writeString(
            folder.resolve("mine.sql"),
            "SELECT $word AS a, '$word $$' AS b, \"c$d\" AS e, $word || $n AS f -- $no\n"
                + "FROM (SELECT 1 AS \"c$d\") /* $no */");
    NamedQuery query = NamedQuery.ofFile(file);
    assertThat(query.name()).isEqualTo("mine");
    assertThat(query.parameters())
        .containsExactly(
            new NamedQuery.Parameter("word", null, ""), new NamedQuery.Parameter("n", null, ""));
    assertThat(answer(query, Map.of("word", "it's", "n", "5")))
        .isEqualTo("a | b | e | f\nit's | $word $$ | 1 | it's5\n");
    assertThatThrownBy(() -> answer(query, Map.of("word", "x")))
        .hasMessage("mine: expected a value for the parameter n but found none");
    Path missing = folder.resolve("missing.sql");
    assertThatThrownBy(() -> NamedQuery.ofFile(missing))
        .isInstanceOf(StoreException.class)
        .hasMessage(missing + ": expected a readable SQL file but found none");
  }

  private static String answer(NamedQuery query, Map<String, String> values) throws SQLException {
    StringBuilder text = new StringBuilder();
    try (PreparedStatement statement = query.prepare(store.connection(), values);
        ResultSet row = statement.executeQuery()) {
      int columns = row.getMetaData().getColumnCount();
      for (int i = 1; i <= columns; i++) {
        text.append(i == 1 ? "" : " | ").append(row.getMetaData().getColumnLabel(i));
      }
      text.append('\n');
      while (row.next()) {
        for (int i = 1; i <= columns; i++) {
          String value = row.getString(i);
          text.append(i == 1 ? "" : " | ").append(value == null ? "-" : value);
        }
        text.append('\n');
      }
    }
    return text.toString();
  }

  @Test
  void aValueThatDoesNotFitIsAnErrorAndNotAnEmptyAnswer() {
    assertRefused("cost-by-backend", "profile", "zzz", "xen-modern");
    assertRefused("batch-fill", "replay", "99", "latest, all, 1");
    assertRefused("dearest-calls", "backend", "kvm", "native");
    assertRefused("cost-over-time", "buckets", "0", "a whole number from 1 on");
    assertRefused("cost-over-time", "buckets", "x", "a whole number from 1 on");
  }

  private static void assertRefused(String query, String parameter, String value, String fitting) {
    assertThatThrownBy(
            () -> NamedQuery.named(query).prepare(store.connection(), Map.of(parameter, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(query + ": expected for " + parameter + " (")
        .hasMessageContaining(fitting)
        .hasMessageEndingWith("but found \"" + value + "\"");
  }
}
