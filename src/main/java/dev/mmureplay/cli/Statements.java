package dev.mmureplay.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts SQL into statements, at semicolons that are no part of a text, a name or a comment. */
final class Statements {
  private static final Pattern TOKEN =
      Pattern.compile(
          "(?s)(?<skip>'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\\*.*?\\*/"
              + "|\\$(?<tag>\\w*)\\$.*?\\$\\k<tag>\\$)|(?<end>;)|(?<open>'|\"|/\\*)");
  private static final Pattern COMMENT = Pattern.compile("(?s)--[^\n]*|/\\*.*?\\*/");

  private Statements() {}

  /**
   * Returns the statements, without their semicolons; blank ones and lone comments are left out.
   */
  static List<String> split(String sql) {
    List<String> statements = new ArrayList<>();
    Matcher token = TOKEN.matcher(sql);
    int start = 0;
    while (token.find()) {
      if (token.group("end") != null) {
        add(statements, sql.substring(start, token.start()));
        start = token.end();
      } else if (token.group("open") != null) {
        break; // Never closed: DuckDB will say so.
      }
    }
    add(statements, sql.substring(start));
    return statements;
  }

  /** Returns whether the last statement has its semicolon, so that nothing more is awaited. */
  static boolean complete(String sql) {
    Matcher token = TOKEN.matcher(sql);
    int end = 0;
    while (token.find()) {
      if (token.group("open") != null) {
        return false;
      }
      end = token.group("end") != null ? token.end() : end;
    }
    return isBlank(sql.substring(end));
  }

  private static void add(List<String> statements, String statement) {
    if (!isBlank(statement)) {
      statements.add(statement.strip());
    }
  }

  private static boolean isBlank(String sql) {
    return COMMENT.matcher(sql).replaceAll("").isBlank();
  }
}
