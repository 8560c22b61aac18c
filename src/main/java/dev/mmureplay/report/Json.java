package dev.mmureplay.report;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Just enough JSON to write it. */
public final class Json {
  private Json() {}

  /**
   * Returns the value, indented, with a newline at its end. Maps keep their order.
   *
   * @param value a map, a list, or a scalar
   */
  public static String document(@Nullable Object value) {
    StringBuilder json = new StringBuilder();
    append(json, value, "\n");
    return json.append('\n').toString();
  }

  private static void append(StringBuilder json, @Nullable Object value, String newline) {
    if (value instanceof Map<?, ?> map && !map.isEmpty()) {
      String separator = "{";
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        json.append(separator).append(newline).append("  ");
        json.append(quote(String.valueOf(entry.getKey()))).append(": ");
        append(json, entry.getValue(), newline + "  ");
        separator = ",";
      }
      json.append(newline).append('}');
    } else if (value instanceof List<?> list && !list.isEmpty()) {
      String separator = "[";
      for (Object element : list) {
        json.append(separator).append(newline).append("  ");
        append(json, element, newline + "  ");
        separator = ",";
      }
      json.append(newline).append(']');
    } else if (value instanceof Map) {
      json.append("{}");
    } else if (value instanceof List) {
      json.append("[]");
    } else {
      json.append(scalar(value));
    }
  }

  /** Returns a number, a truth value, null or a string. NaN and infinities become null. */
  static String scalar(@Nullable Object value) {
    if (value instanceof Double number && !Double.isFinite(number)) {
      return "null";
    }
    if (value instanceof Number) {
      return Cells.exact(value);
    }
    return value == null || value instanceof Boolean
        ? String.valueOf(value)
        : quote(value.toString());
  }

  /** Returns the text as a JSON string. */
  static String quote(String text) {
    StringBuilder json = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> json.append("\\\"");
        case '\\' -> json.append("\\\\");
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        default -> {
          if (c < ' ' || c == '\u2028' || c == '\u2029' || loneSurrogate(text, i)) {
            json.append(String.format("\\u%04x", (int) c));
          } else {
            json.append(c);
          }
        }
      }
    }
    return json.append('"').toString();
  }

  private static boolean loneSurrogate(String text, int i) {
    char c = text.charAt(i);
    return (Character.isHighSurrogate(c)
            && (i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1))))
        || (Character.isLowSurrogate(c)
            && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1))));
  }
}
