package dev.mmureplay.cli;

import dev.mmureplay.report.ResultTable;
import dev.mmureplay.store.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs SQL over a result file. */
@Command(
    name = "sql",
    description =
        "Runs SQL over a result file: one statement, a file, standard input, or an interactive"
            + " shell. The file is opened for reading and SQL reaches no other file, unless asked.",
    footer = {
      "",
      "Examples:",
      "  mmureplay sql --db results/results.duckdb          the shell",
      "  mmureplay sql \"SELECT * FROM cost_by_backend\" --format csv",
      "  mmureplay sql -f question.sql",
      "  echo 'FROM replay' | mmureplay sql -"
    })
final class SqlCommand extends Verb {
  @Parameters(
      arity = "0..*",
      paramLabel = "SQL",
      description = "Statements, separated by semicolons; - reads standard input.")
  private List<String> words = new ArrayList<>();

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "File with statements.")
  private @Nullable Path file;

  @Option(names = "--write", description = "Open the result file for writing.")
  private boolean write;

  @Option(names = "--external-access", description = "Let SQL read and write other files.")
  private boolean externalAccess;

  @Mixin private DatabaseOption database = new DatabaseOption();
  @Mixin private FormatOption format = new FormatOption();

  @Override
  void run() throws Exception {
    if (file != null && !words.isEmpty()) {
      throw usage("expected SQL or --file but found both");
    }
    boolean interactive = file == null && words.isEmpty() && screen().in() && screen().out();
    Path path = database.existing();
    String sql = interactive ? "" : statements();
    try (Store store = write ? Store.open(path) : Store.openReadOnly(path, externalAccess)) {
      SqlSession session = new SqlSession(store.connection(), format, out());
      if (interactive) {
        new SqlShell(session, err()).run(path);
      } else {
        session.run(sql, ResultTable.NO_CAP);
      }
    }
  }

  private String statements() throws IOException {
    String sql;
    if (file != null) {
      sql = Files.readString(file);
    } else if (words.isEmpty() || words.equals(List.of(OutputFile.STDOUT))) {
      sql = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
    } else {
      sql = String.join(" ", words);
    }
    if (Statements.split(sql).isEmpty()) {
      throw new IOException("expected a statement but found none");
    }
    return sql;
  }
}
