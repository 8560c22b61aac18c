package dev.mmureplay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Hazard: a question changes the answers, or reaches files that it was not shown. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SqlCommandTest {
  private Path directory = Path.of("");
  private Path database = Path.of("");

  @BeforeAll
  void replayOnce(@TempDir Path temporary) throws IOException {
    directory = temporary;
    database = Cli.results(temporary);
  }

  @Test
  void runsOneStatement() {
    assertThat(sql("SELECT backend FROM run WHERE NOT correct ORDER BY id").out())
        .isEqualTo("backend\n-------------\nnaive\nnaive-batched\n");
  }

  @Test
  void runsSeveralStatementsAndSeparatesTheirResults() {
    assertThat(sql("SELECT 1 AS a; SELECT ';' AS b -- ;", "--format", "csv").out())
        .isEqualTo("a\n1\n\nb\n;\n");
  }

  @Test
  void readsAFileAndStandardInput() throws IOException {
    Path file = Files.writeString(directory.resolve("q.sql"), "SELECT 42 AS answer;\n");

    assertThat(Cli.launch("sql", "--db", database, "-f", file, "--format", "csv").out())
        .isEqualTo("answer\n42\n");
    assertThat(Cli.fed("SELECT 43 AS a", "sql", "--db", database, "-", "--format", "json").out())
        .isEqualTo("[\n  {\"a\": 43}\n]\n");
    assertThat(Cli.fed("SELECT 44 AS a", "sql", "--db", database, "--format", "csv").out())
        .isEqualTo("a\n44\n");
  }

  @Test
  void malformedSqlIsOneSentenceWithItsPosition() {
    Cli cli = sql("SELECT *\nFROM run\nWHER x");

    assertThat(cli.code()).isEqualTo(1);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err().lines()).hasSize(1);
    assertThat(cli.err())
        .startsWith("mmureplay: Parser Error: syntax error")
        .contains("(line 3, column 6)");
  }

  @Test
  void readsOnlyUnlessToldOtherwise() {
    Cli refused = sql("CREATE TABLE t (a INTEGER)");
    Cli written = sql("CREATE TABLE t (a INTEGER); DROP TABLE t", "--write");

    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("read-only");
    assertThat(written.code()).as(written.toString()).isZero();
  }

  @Test
  void reachesNoOtherFileUnlessToldOtherwise() throws IOException {
    Path other = Files.writeString(directory.resolve("other.csv"), "a\n7\n");
    String question = "SELECT a FROM read_csv('" + other + "')";

    assertThat(sql(question).code()).isEqualTo(1);
    assertThat(sql(question, "--external-access", "--format", "csv").out()).isEqualTo("a\n7\n");
  }

  @Test
  void aMissingOrForeignFileIsOneSentence() throws IOException {
    Path absent = directory.resolve("absent.duckdb");
    Path foreign = Files.writeString(directory.resolve("foreign.duckdb"), "no database");

    for (Path path : new Path[] {absent, foreign, directory}) {
      Cli cli = Cli.launch("sql", "--db", path, "SELECT 1");
      assertThat(cli.code()).isEqualTo(1);
      assertThat(cli.err().lines()).hasSize(1);
      assertThat(cli.err()).startsWith("mmureplay: " + path + ": expected ");
    }
    assertThat(absent).doesNotExist();
  }

  @Test
  void nothingToRunIsSaid() {
    assertThat(sql(" ; -- nothing").err())
        .isEqualTo("mmureplay: expected a statement but found none\n");
    assertThat(sql("SELECT 1", "-f", "x.sql").code()).isEqualTo(2);
  }

  @Test
  void asksNamedQueriesWithParameters() {
    Cli cli =
        Cli.launch(
            "query",
            "cost-by-backend",
            "--db",
            database,
            "-P",
            "profile=xen-xpti",
            "--format",
            "csv");

    assertThat(cli.code()).as(cli.toString()).isZero();
    assertThat(cli.out().lines()).hasSize(9);
    assertThat(Cli.launch("query", "--db", database).out()).contains("cost-by-backend");
  }

  @Test
  void unknownQueriesAndParametersAreWrongUsage() {
    Cli query = Cli.launch("query", "frob", "--db", database);
    Cli parameter = Cli.launch("query", "cost-by-backend", "--db", database, "-P", "frob=1");

    assertThat(query.code()).isEqualTo(2);
    assertThat(query.err()).contains("expected a query (", "cost-by-backend");
    assertThat(parameter.code()).isEqualTo(2);
    assertThat(parameter.err())
        .contains("expected a parameter (profile, replay) but found \"frob\"");
  }

  @Test
  void asksAQueryInAFile() throws IOException {
    Path file = Files.writeString(directory.resolve("mine.sql"), "SELECT $a AS a, '$b' AS b");

    Cli cli =
        Cli.launch("query", file, "--db", database, "-P", "a='; DROP TABLE run", "--format", "csv");

    assertThat(cli.out()).isEqualTo("a,b\n'; DROP TABLE run,$b\n");
    assertThat(Cli.launch("query", "no/such.sql", "--db", database).code()).isEqualTo(1);
  }

  @Test
  void reportsAsMarkdownOnStandardOutputAndAsFiles() throws IOException {
    Cli markdown = Cli.launch("report", "--db", database, "-o", "-");
    Path html = directory.resolve("out.html");
    Cli page = Cli.launch("report", "--db", database, "-o", html, "--profile", "xen-xpti");

    assertThat(markdown.code()).as(markdown.toString()).isZero();
    assertThat(markdown.out()).startsWith("# What mprotect costs").contains("## Prices");
    assertThat(page.code()).as(page.toString()).isZero();
    assertThat(Files.readString(html)).startsWith("<!DOCTYPE html>").contains("xen-xpti");
  }

  @Test
  void aReportThatCannotBeWrittenLeavesWhatWasThere() throws IOException {
    Path taken = Files.createDirectory(directory.resolve("taken.html"));
    Cli cli = Cli.launch("report", "--db", database, "-o", taken);

    assertThat(cli.code()).isEqualTo(1);
    assertThat(cli.err())
        .isEqualTo(
            "mmureplay: "
                + taken
                + ": expected the name of a file to write but found a directory\n");
    assertThat(Cli.launch("report", "--db", database, "-o", "report.pdf").code()).isEqualTo(2);
    assertThat(Cli.launch("report", "--db", database, "-o", directory.resolve("no/r.md")).code())
        .isEqualTo(1);
  }

  @Test
  void aReportRefusesACostThatLeavesOperationsOut() throws IOException {
    Path copy = Files.copy(database, directory.resolve("unpriced.duckdb"));
    Cli.launch(
        "sql",
        "--write",
        "--db",
        copy,
        "DELETE FROM cost WHERE profile = 'xen-modern' AND operation = 'syscall'");
    Path report = directory.resolve("unpriced.md");

    Cli cli = Cli.launch("report", "--db", copy, "-o", report);

    assertThat(cli.code()).isEqualTo(1);
    assertThat(cli.err().lines()).hasSize(1);
    assertThat(cli.err()).contains("xen-modern", "syscall");
    assertThat(report).doesNotExist();
  }

  private Cli sql(Object... words) {
    Object[] args = new Object[words.length + 3];
    args[0] = "sql";
    args[1] = "--db";
    args[2] = database;
    System.arraycopy(words, 0, args, 3, words.length);
    return Cli.launch(args);
  }
}
