package dev.mmureplay.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Values as text. Machine-readable formats get {@link #exact} text; people get {@link #readable}
 * columns: separators between thousands, and as many decimals in every row of a column as its
 * smallest value needs for three digits, if there are that many.
 */
final class Cells {
  private static final int DIGITS = 3;
  private static final int MOST_DECIMALS = 6;

  private Cells() {}

  /** Returns the value with nothing lost. */
  static String exact(Object value) {
    if (value instanceof Double number && Double.isFinite(number)) {
      double magnitude = Math.abs(number);
      return magnitude == 0 || (magnitude >= 1e-6 && magnitude < 1e18)
          ? new BigDecimal(number.toString()).toPlainString()
          : number.toString();
    }
    return value instanceof BigDecimal decimal ? decimal.toPlainString() : value.toString();
  }

  /** Returns one column as people read it; {@code absent} stands for null. */
  static List<String> readable(ResultTable table, int index, String absent) {
    Column column = table.columns().get(index);
    int decimals = column.type() == Column.Type.REAL ? decimals(table, index) : 0;
    List<String> cells = new ArrayList<>(table.rows().size());
    for (List<@Nullable Object> row : table.rows()) {
      Object value = row.get(index);
      if (value == null) {
        cells.add(absent);
      } else if (column.numeric() && value instanceof Number number) {
        cells.add(number(number, decimals, column.grouped()));
      } else {
        cells.add(value.toString());
      }
    }
    return cells;
  }

  /** Returns a number with three digits, or all of its whole part. */
  static String number(double value) {
    return number(value, decimals(Math.abs(value)), true);
  }

  /** Returns a whole number with separators between its thousands. */
  static String whole(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static String number(Number value, int decimals, boolean grouped) {
    if (value instanceof Double real && !Double.isFinite(real)) {
      return real.toString();
    }
    BigDecimal decimal = new BigDecimal(value.toString()).setScale(decimals, RoundingMode.HALF_UP);
    return grouped
        ? String.format(Locale.ROOT, "%,." + decimals + "f", decimal)
        : decimal.toPlainString();
  }

  private static int decimals(ResultTable table, int index) {
    double smallest = Double.POSITIVE_INFINITY;
    int most = 0;
    for (List<@Nullable Object> row : table.rows()) {
      if (row.get(index) instanceof Number number) {
        double magnitude = Math.abs(number.doubleValue());
        if (magnitude > 0 && Double.isFinite(magnitude)) {
          most = Math.max(most, new BigDecimal(number.toString()).stripTrailingZeros().scale());
          smallest = Math.min(smallest, magnitude);
        }
      }
    }
    return Math.min(most, decimals(smallest));
  }

  private static int decimals(double magnitude) {
    if (magnitude == 0 || !Double.isFinite(magnitude)) {
      return 0;
    }
    int leading = (int) Math.floor(Math.log10(magnitude)) + 1;
    return Math.max(0, Math.min(MOST_DECIMALS, DIGITS - leading));
  }
}
