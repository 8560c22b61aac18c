package dev.mmureplay.cli;

import dev.mmureplay.report.ResultTable;
import dev.mmureplay.report.Rows;
import dev.mmureplay.store.NamedQuery;
import dev.mmureplay.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Answers one named question. */
@Command(
    name = "query",
    description = "Answers a named question, or lists them.",
    footer = {
      "",
      "Examples:",
      "  mmureplay query                         lists the questions",
      "  mmureplay query cost-by-backend -P profile=xen-xpti",
      "  mmureplay query my-question.sql --db results/results.duckdb --format csv"
    })
final class QueryCommand extends Verb {
  @Parameters(
      arity = "0..1",
      paramLabel = "NAME|FILE.sql",
      description = "A question's name, or a file with one SELECT.")
  private @Nullable String name;

  @Option(
      names = {"-P", "--parameter"},
      paramLabel = "NAME=VALUE",
      description = "Value of a parameter of the question; may be repeated.")
  private Map<String, String> values = new LinkedHashMap<>();

  @Mixin private DatabaseOption database = new DatabaseOption();
  @Mixin private FormatOption format = new FormatOption();

  @Override
  void run() throws Exception {
    if (name == null) {
      format.print(ListCommand.queries(), out());
      return;
    }
    NamedQuery query = query(name);
    try (Store store = Store.openReadOnly(database.existing(), false);
        PreparedStatement statement = prepare(query, store);
        ResultSet result = statement.executeQuery()) {
      Rows.copy(result, format.writer(out()), ResultTable.NO_CAP);
    }
    out().flush();
  }

  private NamedQuery query(String nameOrFile) throws IOException {
    if (nameOrFile.endsWith(".sql") || nameOrFile.contains("/")) {
      if (!Files.isRegularFile(Path.of(nameOrFile))) {
        throw new IOException(
            nameOrFile + ": expected a file with a question but there is no such file");
      }
      return NamedQuery.ofFile(Path.of(nameOrFile));
    }
    try {
      return NamedQuery.named(nameOrFile);
    } catch (IllegalArgumentException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
  }

  private PreparedStatement prepare(NamedQuery query, Store store) throws Exception {
    try {
      return query.prepare(store.connection(), values);
    } catch (IllegalArgumentException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
  }
}
