package dev.mmureplay.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Hazard: a value that contains the format's own punctuation changes the shape of the result, or a
 * format meant for programs loses digits.
 */
final class ReportFormatTest {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("backend", Column.Type.TEXT),
          new Column("n", Column.Type.INTEGER),
          new Column("ratio", Column.Type.REAL),
          new Column("pid", Column.Type.INTEGER));

  private static final ResultTable TABLE =
      ResultTable.of(
          COLUMNS,
          List.of(
              Arrays.asList("native", 1_234_567L, 1.0, 4_711L),
              Arrays.asList("a,\"b\"|<c>\n*d*", null, 12.3456, 12L)));

  @Test
  void tableAlignsNumbersToTheRightAndKeepsARowOnOneLine() throws IOException {
    assertThat(write(ReportFormat.TABLE, TABLE))
        .isEqualTo(
            """
            backend                 n  ratio   pid
            --------------  ---------  -----  ----
            native          1,234,567   1.00  4711
            a,"b"|<c>\\n*d*          -  12.35    12
            """);
  }

  @Test
  void tableShowsNoControlCharacters() throws IOException {
    ResultTable table =
        ResultTable.of(
            List.of(COLUMNS.get(0)), List.of(Arrays.asList((Object) "\u001b[31mred\u0007")));

    assertThat(write(ReportFormat.TABLE, table)).contains("\uFFFD[31mred\uFFFD");
  }

  @Test
  void csvQuotesOnlyWhatNeedsItAndLosesNoDigits() throws IOException {
    assertThat(write(ReportFormat.CSV, TABLE))
        .isEqualTo(
            """
            backend,n,ratio,pid
            native,1234567,1.0,4711
            "a,""b""|<c>
            *d*",,12.3456,12
            """);
  }

  @Test
  void csvTellsNullFromTheEmptyText() throws IOException {
    ResultTable table =
        ResultTable.of(
            List.of(COLUMNS.get(0), COLUMNS.get(0)),
            List.of(Arrays.asList("", null), Arrays.asList(" x", "y")));

    assertThat(write(ReportFormat.CSV, table)).isEqualTo("backend,backend\n\"\",\n\" x\",y\n");
  }

  @Test
  void jsonEscapesAndKeepsNumbersAsNumbers() throws IOException {
    assertThat(write(ReportFormat.JSON, TABLE))
        .isEqualTo(
            """
            [
              {"backend": "native", "n": 1234567, "ratio": 1.0, "pid": 4711},
              {"backend": "a,\\"b\\"|<c>\\n*d*", "n": null, "ratio": 12.3456, "pid": 12}
            ]
            """);
  }

  @Test
  void jsonNamesEveryColumnOnceAndHasNoNan() throws IOException {
    ResultTable table =
        ResultTable.of(
            List.of(COLUMNS.get(2), COLUMNS.get(2), COLUMNS.get(0)),
            List.of(Arrays.asList(Double.NaN, Double.POSITIVE_INFINITY, "\u0001\ud800")));

    assertThat(write(ReportFormat.JSON, table))
        .isEqualTo(
            "[\n  {\"ratio\": null, \"ratio_2\": null, \"backend\": \"\\u0001\\ud800\"}\n]\n");
  }

  @Test
  void jsonOfNoRowsIsAnEmptyArray() throws IOException {
    assertThat(write(ReportFormat.JSON, ResultTable.of(COLUMNS, List.of()))).isEqualTo("[]\n");
  }

  @Test
  void markdownEscapesWhatWouldBecomeMarkup() throws IOException {
    assertThat(write(ReportFormat.MARKDOWN, TABLE))
        .isEqualTo(
            """
            | backend | n | ratio | pid |
            | --- | ---: | ---: | ---: |
            | native | 1,234,567 | 1.00 | 4711 |
            | a,"b"\\|&lt;c><br>\\*d\\* | · | 12.35 | 12 |
            """);
  }

  @Test
  void htmlEscapesAndNamesItsHeaderCells() throws IOException {
    assertThat(write(ReportFormat.HTML, TABLE))
        .contains("<th scope=\"col\" class=\"n\">n</th>")
        .contains("<td>a,&quot;b&quot;|&lt;c&gt;\n*d*</td><td class=\"n\">·</td>")
        .doesNotContain("<c>");
  }

  @Test
  void readsWhatDuckDbHas() throws SQLException, IOException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                """
                SELECT 1::TINYINT AS a, 18446744073709551615::UBIGINT AS b, sum(2::BIGINT) AS c,
                       1.50::DECIMAL(10, 2) AS d, 0.1::FLOAT AS e, true AS f, [1, 2] AS g,
                       DATE '2026-01-02' AS h, NULL AS i
                """)) {
      ResultTable table = ResultTable.read(result, ResultTable.NO_CAP);

      assertThat(table.rows().get(0))
          .containsExactly(
              1L,
              new BigInteger("18446744073709551615"),
              BigInteger.TWO,
              new BigDecimal("1.50"),
              0.1,
              true,
              "[1, 2]",
              "2026-01-02",
              null);
      assertThat(table.columns().stream().map(Column::type))
          .startsWith(
              Column.Type.INTEGER,
              Column.Type.INTEGER,
              Column.Type.INTEGER,
              Column.Type.REAL,
              Column.Type.REAL,
              Column.Type.BOOLEAN,
              Column.Type.TEXT);
    }
  }

  @Test
  void capLeavesRowsOutAndSaysSo() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT * FROM range(5)")) {
      ResultTable table = ResultTable.read(result, 2);

      assertThat(table.rows()).hasSize(2);
      assertThat(table.complete()).isFalse();
    }
  }

  @Test
  void unknownNameListsTheKnownOnes() {
    assertThatThrownBy(() -> ReportFormat.named("xml"))
        .hasMessage("expected a format (table, csv, json, markdown, html) but found \"xml\"");
  }

  private static String write(ReportFormat format, ResultTable table) throws IOException {
    StringWriter out = new StringWriter();
    table.writeTo(format.writer(out));
    return out.toString();
  }
}
