package dev.mmureplay.cli;

import dev.mmureplay.report.ResultTable;
import dev.mmureplay.report.Rows;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Runs SQL and the dot commands of the shell, and prints what comes back. */
final class SqlSession {
  static final List<String> COMMANDS = List.of(".tables", ".schema", ".queries", ".help", ".quit");

  private static final String TABLES =
      """
      SELECT table_name AS name, 'table' AS type, comment FROM duckdb_tables() WHERE NOT internal
      UNION ALL SELECT view_name, 'view', comment FROM duckdb_views() WHERE NOT internal ORDER BY type, name
      """;

  private static final String SCHEMA =
      """
      SELECT column_name AS "column", data_type AS type, comment FROM duckdb_columns()
      WHERE NOT internal AND table_name = ? ORDER BY column_index
      """;

  private final Connection connection;
  private final FormatOption format;
  private final PrintWriter out;
  private boolean first = true;

  SqlSession(Connection connection, FormatOption format, PrintWriter out) {
    this.connection = connection;
    this.format = format;
    this.out = out;
  }

  /** Runs every statement in order; results are separated by an empty line. */
  void run(String sql, long cap) throws SQLException, IOException {
    for (String statement : Statements.split(sql)) {
      try (Statement jdbc = connection.createStatement()) {
        if (jdbc.execute(statement)) {
          try (ResultSet result = jdbc.getResultSet()) {
            print(result, cap);
          }
        }
      }
    }
  }

  private void print(ResultSet result, long cap) throws SQLException, IOException {
    if (!first) {
      out.print("\n");
    }
    first = false;
    boolean complete = Rows.copy(result, format.writer(out), cap);
    if (!complete) {
      out.print("The first " + cap + " rows; mmureplay sql prints all without the shell.\n");
    }
    out.flush();
  }

  /**
   * Runs a dot command.
   *
   * @return false if it says good-bye
   */
  boolean command(String line) throws SQLException, IOException {
    String[] words = line.strip().replaceFirst(";$", "").split("\\s+", 3);
    switch (words[0]) {
      case ".quit", ".exit" -> {
        return false;
      }
      case ".tables" -> ask(TABLES);
      case ".schema" -> {
        if (words.length < 2) {
          out.print(".schema NAME shows the columns of a table or view; .tables lists them\n");
        } else {
          ask(SCHEMA, words[1]);
        }
      }
      case ".queries" -> format.print(ListCommand.queries(), out);
      case ".help" -> out.print(help());
      default ->
          out.print(
              "expected a command ("
                  + String.join(", ", COMMANDS)
                  + ") but found \""
                  + words[0]
                  + "\"\n");
    }
    out.flush();
    return true;
  }

  private static String help() {
    return """
    SELECT …;       a statement, over any number of lines, up to its semicolon
    .tables         tables and views
    .schema NAME    columns of a table or view, and what they mean
    .queries        named questions; ask them with 'mmureplay query NAME'
    .quit           good-bye (or Ctrl-D)
    """;
  }

  private void ask(String sql, String... values) throws SQLException, IOException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setString(i + 1, values[i]);
      }
      try (ResultSet result = statement.executeQuery()) {
        Rows.copy(result, format.writer(out), ResultTable.NO_CAP);
      }
    }
  }

  /** Returns the names that are worth completing. */
  List<String> names() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                """
                SELECT DISTINCT name FROM (
                  SELECT table_name AS name FROM duckdb_columns() WHERE NOT internal
                  UNION ALL SELECT column_name FROM duckdb_columns() WHERE NOT internal) ORDER BY name
                """)) {
      return ResultTable.read(result, ResultTable.NO_CAP).rows().stream()
          .map(row -> String.valueOf(row.get(0)))
          .toList();
    }
  }
}
