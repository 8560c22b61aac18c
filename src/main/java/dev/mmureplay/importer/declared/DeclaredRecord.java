package dev.mmureplay.importer.declared;

import static dev.mmureplay.importer.LineScanner.NONE;

import java.util.Arrays;

/** The values of one record; {@link dev.mmureplay.importer.LineScanner#NONE} where it has none. */
final class DeclaredRecord {
  private final long[] values = new long[Field.values().length];
  private final Kind kind;
  private final long line;

  DeclaredRecord(Kind kind, long line) {
    this.kind = kind;
    this.line = line;
    Arrays.fill(values, NONE);
  }

  Kind kind() {
    return kind;
  }

  long line() {
    return line;
  }

  void set(Field field, long value) {
    values[field.ordinal()] = value;
  }

  boolean has(Field field) {
    return values[field.ordinal()] != NONE;
  }

  long get(Field field) {
    return values[field.ordinal()];
  }

  /** Returns a value, or another one where the record has none. */
  long get(Field field, long otherwise) {
    return has(field) ? get(field) : otherwise;
  }
}
