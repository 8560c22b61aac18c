package dev.mmureplay.cli;

import dev.mmureplay.importer.Importers;
import dev.mmureplay.importer.TraceImporter;
import dev.mmureplay.machine.check.Invariant;
import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.MmuBackend;
import dev.mmureplay.mmu.Operation;
import dev.mmureplay.report.ResultTable;
import dev.mmureplay.report.Rows;
import dev.mmureplay.store.NamedQuery;
import dev.mmureplay.store.Store;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Lists what this program knows. */
@Command(
    name = "list",
    description = "Lists what this program knows by name.",
    footer = {
      "",
      "Examples:",
      "  mmureplay list backends",
      "  mmureplay list costs                    the price lists",
      "  mmureplay list costs xen-modern         every price of one, with its source"
    })
final class ListCommand extends Verb {
  /** What can be listed. */
  enum Subject {
    IMPORTERS,
    BACKENDS,
    INVARIANTS,
    KERNELS,
    OPERATIONS,
    COSTS,
    QUERIES;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Parameters(index = "0", paramLabel = "WHAT", description = "${COMPLETION-CANDIDATES}.")
  private Subject subject = Subject.BACKENDS;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "PROFILE",
      description = "With costs: the price list to show.")
  private @Nullable String profile;

  @Mixin private FormatOption format = new FormatOption();

  @Override
  void run() throws Exception {
    if (profile != null && subject != Subject.COSTS) {
      throw usage("expected nothing after " + subject + " but found \"" + profile + "\"");
    }
    switch (subject) {
      case IMPORTERS -> print(List.of("name", "description"), importers());
      case BACKENDS -> print(List.of("name", "under_xen", "correct", "description"), backends());
      case INVARIANTS -> print(List.of("name", "breach"), invariants());
      case KERNELS -> print(List.of("name"), kernels());
      case OPERATIONS -> print(List.of("name", "description"), operations());
      case QUERIES -> format.print(queries(), out());
      case COSTS -> printCosts();
    }
  }

  private void print(List<String> columns, List<List<@Nullable Object>> rows) throws Exception {
    format.print(
        new ResultTable(columns.stream().map(FormatOption::text).toList(), rows, true), out());
  }

  private static List<List<@Nullable Object>> importers() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (TraceImporter importer : Importers.all()) {
      rows.add(Arrays.asList(importer.name(), importer.description()));
    }
    return rows;
  }

  private static List<List<@Nullable Object>> backends() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (MmuBackend backend : Backends.all()) {
      rows.add(
          Arrays.asList(
              backend.name(), backend.underXen(), backend.correct(), backend.description()));
    }
    return rows;
  }

  private static List<List<@Nullable Object>> invariants() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (Invariant invariant : Invariant.values()) {
      rows.add(Arrays.asList(invariant.name(), invariant.breach()));
    }
    return rows;
  }

  private static List<List<@Nullable Object>> kernels() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (GuestKernel kernel : GuestKernel.values()) {
      rows.add(Arrays.asList((Object) kernel.id()));
    }
    return rows;
  }

  private static List<List<@Nullable Object>> operations() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (Operation operation : Operation.values()) {
      rows.add(Arrays.asList(operation.id(), operation.description()));
    }
    return rows;
  }

  /** The named questions, with their parameters. */
  static ResultTable queries() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (NamedQuery query : NamedQuery.all()) {
      StringBuilder parameters = new StringBuilder();
      for (NamedQuery.Parameter parameter : query.parameters()) {
        parameters.append(parameters.isEmpty() ? "" : ", ").append(parameter.name());
        parameters.append(parameter.defaultValue() == null ? "" : "=" + parameter.defaultValue());
      }
      rows.add(Arrays.asList(query.name(), query.title(), parameters.toString()));
    }
    return new ResultTable(
        List.of(
            FormatOption.text("name"), FormatOption.text("title"), FormatOption.text("parameters")),
        rows,
        true);
  }

  /** The shipped price lists stand in every result file, so a fresh one has them. */
  private void printCosts() throws Exception {
    Path directory = Files.createTempDirectory("mmureplay");
    Path file = directory.resolve("costs.duckdb");
    try (Store store = Store.open(file)) {
      if (profile != null && !store.profiles().contains(profile)) {
        throw usage(ProfileOption.unknown(profile, store.profiles()));
      }
      String sql =
          profile == null
              ? "SELECT profile, unit, title, hardware, notes FROM cost_profile ORDER BY rowid"
              : "SELECT operation, backend, low, typical, high, unit, source FROM cost WHERE profile = ? ORDER BY rowid";
      try (PreparedStatement statement = store.connection().prepareStatement(sql)) {
        if (profile != null) {
          statement.setString(1, profile);
        }
        try (ResultSet result = statement.executeQuery()) {
          Rows.copy(result, format.writer(out()), ResultTable.NO_CAP);
        }
      }
      out().flush();
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(directory.resolve("costs.duckdb.wal"));
      Files.deleteIfExists(directory);
    }
  }
}
