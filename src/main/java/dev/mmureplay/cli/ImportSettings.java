package dev.mmureplay.cli;

import dev.mmureplay.importer.ImportOptions;
import java.util.Locale;
import picocli.CommandLine.Option;

/** How raw traces are read. */
final class ImportSettings {
  /** Which repeated accesses become one event. */
  enum Fold {
    ACCESSES,
    NONE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = "--fold",
      paramLabel = "WHAT",
      defaultValue = "accesses",
      description =
          "${COMPLETION-CANDIDATES}: whether repeated accesses that change nothing become one"
              + " event; ${DEFAULT-VALUE} if not given.")
  private Fold fold = Fold.ACCESSES;

  @Option(
      names = "--strict",
      description =
          "Fail if one line of a trace is not understood, or was not when it was imported.")
  private boolean strict;

  ImportOptions options() {
    return new ImportOptions(fold == Fold.ACCESSES);
  }

  boolean strict() {
    return strict;
  }
}
