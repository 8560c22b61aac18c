package dev.mmureplay.report;

import static java.util.Objects.requireNonNull;

import java.util.Set;

/** One column of a result. */
public record Column(String name, Type type) {
  /** What a column holds, as far as writing it is concerned. */
  public enum Type {
    TEXT,
    INTEGER,
    REAL,
    BOOLEAN
  }

  /** Integers that name something; separators between their thousands would hinder reading. */
  private static final Set<String> IDENTIFIERS =
      Set.of(
          "id",
          "replay",
          "run",
          "trace",
          "call",
          "pid",
          "tid",
          "cpu",
          "seq",
          "line",
          "address",
          "year",
          "address_space");

  public Column {
    requireNonNull(name, "name");
    requireNonNull(type, "type");
  }

  /** Returns whether values stand at the right edge. */
  boolean numeric() {
    return type == Type.INTEGER || type == Type.REAL;
  }

  /** Returns whether a reader wants separators between thousands. */
  boolean grouped() {
    return numeric() && !IDENTIFIERS.contains(name) && !name.endsWith("_id");
  }
}
