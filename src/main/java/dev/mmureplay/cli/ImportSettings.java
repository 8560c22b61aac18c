package dev.mmureplay.cli;

import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.TraceImport;
import dev.mmureplay.importer.declared.ColumnMap;
import dev.mmureplay.importer.declared.ColumnsImporter;
import dev.mmureplay.importer.declared.LinePattern;
import dev.mmureplay.importer.declared.PatternImporter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
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

  @Option(
      names = "--pattern",
      paramLabel = "KIND:TEMPLATE",
      converter = PatternConverter.class,
      description = {
        "Declares a line of a trace, as 'mprotect-exit: p %%time %%tid %%result'; repeatable.",
        "Fields: time duration pid tid cpu address length protection flags address2 length2 file"
            + " offset result count error_code; %%FIELD:x is hex, %%time:us in us, %%* anything."
      })
  private List<String> patterns = new ArrayList<>();

  @Option(
      names = "--columns",
      paramLabel = "FIELD=COLUMN,…",
      converter = ColumnsConverter.class,
      description =
          "Declares the columns of a table, as time:us=ts,kind=op,write=W,address:x=addr; fields as"
              + " for --pattern, and KIND=VALUE.")
  private @Nullable String columns;

  ImportOptions options() {
    return new ImportOptions(fold == Fold.ACCESSES, patterns, columns);
  }

  /** Returns the format to read a trace as: what was declared, if none was named. */
  String format(String named) {
    if (!named.equals(TraceImport.AUTO)) {
      return named;
    }
    return columns != null
        ? ColumnsImporter.NAME
        : patterns.isEmpty() ? TraceImport.AUTO : PatternImporter.NAME;
  }

  boolean strict() {
    return strict;
  }

  static final class PatternConverter implements ITypeConverter<String> {
    @Override
    public String convert(String pattern) {
      FormatOption.converted(() -> LinePattern.parse(pattern));
      return pattern;
    }
  }

  static final class ColumnsConverter implements ITypeConverter<String> {
    @Override
    public String convert(String columns) {
      FormatOption.converted(() -> ColumnMap.parse(columns));
      return columns;
    }
  }
}
