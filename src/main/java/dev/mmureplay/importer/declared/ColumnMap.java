package dev.mmureplay.importer.declared;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which column holds which field: {@code time:us=ts,kind=op,write=W,address:x=addr}.
 *
 * <p>A field that is not declared is looked for under its own name.
 */
public final class ColumnMap {
  private final Map<String, Field.Declared> byColumn = new HashMap<>();
  private final Set<Field> declared = EnumSet.noneOf(Field.class);
  private final Map<String, Kind> byValue = new HashMap<>();

  private ColumnMap() {}

  /**
   * Reads the declaration; null declares nothing.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static ColumnMap parse(@Nullable String text) {
    ColumnMap map = new ColumnMap();
    if (text != null) {
      for (String item : text.split(",", -1)) {
        map.add(item.strip());
      }
    }
    return map;
  }

  private void add(String item) {
    int equals = item.indexOf('=');
    if (equals < 0) {
      throw new IllegalArgumentException(
          "expected FIELD=COLUMN or KIND=VALUE but found \"" + item + "\"");
    }
    String left = item.substring(0, equals);
    String right = item.substring(equals + 1);
    Kind kind = Kind.find(left);
    if (kind != null) {
      byValue.put(right, kind);
      return;
    }
    Field.Declared field = Field.Declared.parse(left);
    if (!declared.add(field.field())) {
      throw new IllegalArgumentException(
          "expected one column for " + field.field().fieldName() + " but found two");
    }
    byColumn.put(right, field);
  }

  /** Returns the field of each column in the order of the header; null for columns of none. */
  List<Field.@Nullable Declared> fields(List<String> header) {
    Map<Field, Integer> found = new EnumMap<>(Field.class);
    List<Field.@Nullable Declared> fields = new ArrayList<>();
    for (String column : header) {
      Field.Declared field = byColumn.get(column);
      if (field == null) {
        field = undeclared(column);
      }
      if (field != null && found.put(field.field(), fields.size()) != null) {
        throw new IllegalArgumentException(
            "expected one column for " + field.field().fieldName() + " but found two");
      }
      fields.add(field);
    }
    byColumn.forEach(
        (column, field) -> {
          if (!header.contains(column)) {
            throw new IllegalArgumentException(
                "expected the column \"" + column + "\" but found " + String.join(", ", header));
          }
        });
    if (!found.containsKey(Field.KIND)) {
      throw new IllegalArgumentException(
          "expected a column of the kind (kind=COLUMN) but found " + String.join(", ", header));
    }
    return fields;
  }

  private Field.@Nullable Declared undeclared(String column) {
    for (Field field : Field.values()) {
      if (field.fieldName().equals(column) && !declared.contains(field)) {
        return new Field.Declared(field, Field.Format.AUTO);
      }
    }
    return null;
  }

  /** Returns the kind that a value of the kind's column stands for, or null. */
  @Nullable Kind kind(String value) {
    Kind kind = byValue.get(value);
    return kind == null ? Kind.find(value) : kind;
  }
}
