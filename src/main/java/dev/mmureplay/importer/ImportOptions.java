package dev.mmureplay.importer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How to import.
 *
 * @param fold whether repeated accesses that carry no further A/D information become one event with
 *     a count; an importer whose tool shows no single accesses ignores it
 * @param patterns the lines that the user declares, for {@link
 *     dev.mmureplay.importer.declared.PatternImporter}
 * @param columns the columns that the user declares, for {@link
 *     dev.mmureplay.importer.declared.ColumnsImporter}; null if none
 */
public record ImportOptions(boolean fold, List<String> patterns, @Nullable String columns) {
  /** The options used when the user says nothing. */
  public static final ImportOptions DEFAULT = new ImportOptions(true);

  public ImportOptions {
    patterns = List.copyOf(patterns);
  }

  /** Options without declarations. */
  public ImportOptions(boolean fold) {
    this(fold, List.of(), null);
  }
}
