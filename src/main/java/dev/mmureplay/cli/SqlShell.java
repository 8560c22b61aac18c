package dev.mmureplay.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.reader.impl.completer.StringsCompleter;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/** The interactive shell of the sql verb. */
final class SqlShell {
  private static final long CAP = 1_000;

  private static final List<String> KEYWORDS =
      List.of(
          "SELECT",
          "FROM",
          "WHERE",
          "GROUP BY",
          "ORDER BY",
          "LIMIT",
          "JOIN",
          "LEFT JOIN",
          "USING",
          "ON",
          "AND",
          "OR",
          "NOT",
          "WITH",
          "AS",
          "HAVING",
          "DISTINCT",
          "count",
          "sum",
          "avg",
          "min",
          "max",
          "DESCRIBE",
          "SUMMARIZE",
          "UNION ALL",
          "CASE",
          "WHEN",
          "THEN",
          "ELSE",
          "END");

  /** Makes a line end at its semicolon. */
  private static final class StatementParser extends DefaultParser {
    @Override
    public ParsedLine parse(String line, int cursor, ParseContext context) {
      boolean typing = context == ParseContext.ACCEPT_LINE || context == ParseContext.UNSPECIFIED;
      if (typing && !line.isBlank() && !line.startsWith(".") && !Statements.complete(line)) {
        throw new EOFError(-1, -1, "expected a semicolon", ";");
      }
      return super.parse(line, cursor, ParseContext.COMPLETE);
    }
  }

  private final SqlSession session;
  private final PrintWriter err;

  SqlShell(SqlSession session, PrintWriter err) {
    this.session = session;
    this.err = err;
  }

  /** Reads and runs until the user has had enough. */
  void run(Path database) throws IOException, SQLException {
    try (Terminal terminal = TerminalBuilder.terminal()) {
      LineReader reader = reader(terminal);
      err.println(database + ", read with DuckDB's SQL; .help helps");
      for (boolean more = true; more; ) {
        String line = read(reader);
        more = line != null && (line.isBlank() || accept(line));
      }
    }
  }

  private LineReader reader(Terminal terminal) throws IOException, SQLException {
    List<String> words = new ArrayList<>(KEYWORDS);
    words.addAll(session.names());
    words.addAll(SqlSession.COMMANDS);
    StatementParser parser = new StatementParser();
    parser.setEscapeChars(null);
    LineReaderBuilder builder =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName(Main.NAME)
            .parser(parser)
            .completer(new StringsCompleter(words))
            .option(LineReader.Option.CASE_INSENSITIVE, true)
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .variable(LineReader.SECONDARY_PROMPT_PATTERN, "   ...> ");
    Path history = history();
    Path directory = history.getParent();
    if (directory != null) {
      Files.createDirectories(directory);
    }
    return builder.variable(LineReader.HISTORY_FILE, history).build();
  }

  /** See https://specifications.freedesktop.org/basedir-spec/latest/. */
  private static Path history() {
    String state = System.getenv("XDG_STATE_HOME");
    Path base =
        state == null || state.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".local", "state")
            : Path.of(state);
    return base.resolve(Main.NAME).resolve("history");
  }

  private static @Nullable String read(LineReader reader) {
    try {
      return reader.readLine("mmureplay> ");
    } catch (UserInterruptException e) {
      return ""; // Ctrl-C drops the line.
    } catch (EndOfFileException e) {
      return null;
    }
  }

  private boolean accept(String line) throws IOException {
    try {
      if (line.startsWith(".")) {
        return session.command(line);
      }
      session.run(line, CAP);
    } catch (SQLException e) {
      err.println(SqlMessage.of(e.getMessage()));
    }
    return true;
  }
}
