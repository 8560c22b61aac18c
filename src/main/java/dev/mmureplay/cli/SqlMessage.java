package dev.mmureplay.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What DuckDB says about a statement, as one sentence. */
final class SqlMessage {
  private static final String LINE = "LINE ";
  private static final String HIDING = "unsuccessful or closed pending query result";
  private static final String HIDDEN = "Error: ";

  private SqlMessage() {}

  /**
   * Returns the first line of DuckDB's message and, where it points into the statement, the
   * position.
   *
   * <pre>
   * Parser Error: syntax error at or near "selec"
   *
   * LINE 1: selec 1
   *         ^
   * </pre>
   */
  static String of(@Nullable String message) {
    if (message == null || message.isBlank()) {
      return "the database failed and does not say why";
    }
    List<String> lines = message.strip().lines().toList();
    // The JDBC driver's own complaint hides the database's, which it appends.
    if (lines.size() > 1 && lines.get(0).endsWith(HIDING) && lines.get(1).startsWith(HIDDEN)) {
      return of(message.substring(message.indexOf(HIDDEN) + HIDDEN.length()));
    }
    StringBuilder sentence = new StringBuilder(lines.get(0).strip());
    for (int i = 1; i < lines.size(); i++) {
      String line = lines.get(i);
      int colon = line.indexOf(": ");
      if (line.startsWith(LINE) && colon > 0) {
        sentence.append(" (line ").append(line, LINE.length(), colon);
        int caret = i + 1 < lines.size() ? lines.get(i + 1).indexOf('^') : -1;
        if (caret >= colon + 2 && !line.substring(colon + 2).startsWith("...")) {
          sentence.append(", column ").append(caret - colon - 1);
        }
        sentence.append(')');
      }
    }
    return sentence.toString();
  }
}
