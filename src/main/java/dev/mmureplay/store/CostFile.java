package dev.mmureplay.store;

import dev.mmureplay.mmu.Operation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads cost profiles from CSV: one price per line, checked before any of it reaches the database.
 *
 * <pre>
 * profile,backend,operation,low,typical,high,unit,source
 * my-xen,,pte_store,1,1,2,cycles,"Agner Fog, instruction tables 2021"
 * my-xen,multicall,mc_entry,10,20,40,cycles,own measurement
 * </pre>
 *
 * An empty backend means every backend; a line with a backend goes before it.
 */
final class CostFile {
  static final String HEADER = "profile,backend,operation,low,typical,high,unit,source";

  private static final Set<String> UNITS = Set.of("cycles", "instructions", "ns");
  private static final Set<String> OPERATIONS =
      Arrays.stream(Operation.values()).map(Operation::id).collect(Collectors.toSet());

  /** One price. */
  record Price(
      String profile,
      @Nullable String backend,
      String operation,
      double low,
      double typical,
      double high,
      String unit,
      String source) {}

  private final String file;
  private int line;

  private CostFile(String file) {
    this.file = file;
  }

  /**
   * Reads all prices of one file.
   *
   * @param file its name, for messages
   * @throws StoreException naming file and line, at the first line that is wrong
   */
  static List<Price> read(String file, Reader reader) throws IOException {
    return new CostFile(file).read(new BufferedReader(reader));
  }

  private List<Price> read(BufferedReader reader) throws IOException {
    line = 1;
    String header = reader.readLine();
    if (header == null || !header.strip().equals(HEADER)) {
      throw wrong("the header " + HEADER, header == null ? "" : header);
    }
    List<Price> prices = new ArrayList<>();
    Map<String, Integer> lines = new HashMap<>();
    Map<String, String> units = new HashMap<>();
    for (String text = reader.readLine(); text != null; text = reader.readLine()) {
      line++;
      if (text.isBlank()) {
        continue;
      }
      Price price = price(text);
      String key = price.profile + ',' + price.backend + ',' + price.operation;
      Integer first = lines.putIfAbsent(key, line);
      if (first != null) {
        throw wrong(
            "one price for each profile, backend and operation",
            price.operation + " again, first on line " + first);
      }
      String unit = units.putIfAbsent(price.profile, price.unit);
      if (unit != null && !unit.equals(price.unit)) {
        throw wrong("the unit " + unit + " throughout profile " + price.profile, price.unit);
      }
      prices.add(price);
    }
    if (prices.isEmpty()) {
      throw wrong("at least one price", "");
    }
    return prices;
  }

  private Price price(String text) throws StoreException {
    List<String> fields = fields(file, line, text);
    if (fields.size() != 8) {
      throw wrong("8 fields", fields.size() + " in " + text);
    }
    String profile = fields.get(0);
    if (profile.isBlank()) {
      throw wrong("the name of a profile", profile);
    }
    String operation = fields.get(2);
    if (!OPERATIONS.contains(operation)) {
      String known =
          Arrays.stream(Operation.values()).map(Operation::id).collect(Collectors.joining(", "));
      throw wrong("an operation (" + known + ")", operation);
    }
    double low = number(fields.get(3));
    double typical = number(fields.get(4));
    double high = number(fields.get(5));
    if (low > typical || typical > high) {
      throw wrong(
          "low <= typical <= high", fields.get(3) + ", " + fields.get(4) + ", " + fields.get(5));
    }
    String unit = fields.get(6);
    if (!UNITS.contains(unit)) {
      throw wrong("a unit (cycles, instructions, ns)", unit);
    }
    String source = fields.get(7);
    if (source.isBlank()) {
      throw wrong("where the price comes from", source);
    }
    String backend = fields.get(1).isBlank() ? null : fields.get(1);
    return new Price(profile, backend, operation, low, typical, high, unit, source);
  }

  private double number(String text) throws StoreException {
    double value;
    try {
      value = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw wrong("a number", text);
    }
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw wrong("a number that is not negative", text);
    }
    return value;
  }

  /** Splits one line of CSV; a field in double quotes may hold commas and doubled quotes. */
  static List<String> fields(String file, int line, String text) throws StoreException {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted && c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
        field.append('"');
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        fields.add(field.toString().strip());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    if (quoted) {
      throw new StoreException(
          file + ":" + line + ": expected a closing double quote but found the end of the line");
    }
    fields.add(field.toString().strip());
    return fields;
  }

  /** Returns the profiles of some prices with their units, in name order. */
  static Map<String, String> units(List<Price> prices) {
    Map<String, String> units = new TreeMap<>();
    prices.forEach(price -> units.put(price.profile, price.unit));
    return units;
  }

  private StoreException wrong(String expected, String found) {
    return new StoreException(
        file + ":" + line + ": expected " + expected + " but found \"" + found + "\"");
  }
}
