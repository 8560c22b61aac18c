package dev.mmureplay.importer;

/**
 * How to import.
 *
 * @param fold whether repeated accesses that carry no further A/D information become one event with
 *     a count; an importer whose tool shows no single accesses ignores it
 */
public record ImportOptions(boolean fold) {
  /** The options used when the user says nothing. */
  public static final ImportOptions DEFAULT = new ImportOptions(true);
}
