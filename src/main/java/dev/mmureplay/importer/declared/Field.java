package dev.mmureplay.importer.declared;

import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.importer.KernelNames;
import dev.mmureplay.importer.LineScanner;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A value that a record may have. */
enum Field {
  TIME,
  DURATION,
  PID,
  TID,
  CPU,
  KIND,
  ADDRESS,
  LENGTH,
  PROTECTION,
  FLAGS,
  ADDRESS2,
  LENGTH2,
  FILE,
  OFFSET,
  RESULT,
  COUNT,
  ERROR_CODE;

  /** How a value is written. */
  enum Format {
    AUTO(0),
    X(0),
    NS(0),
    US(3),
    MS(6),
    S(9);

    /** How many decimal digits a unit is from a nanosecond. */
    private final int digits;

    Format(int digits) {
      this.digits = digits;
    }

    static Format named(String name) {
      for (Format format : values()) {
        if (format != AUTO && format.name().equalsIgnoreCase(name)) {
          return format;
        }
      }
      throw new IllegalArgumentException(
          "expected the format of a field (x, ns, us, ms, s) but found \"" + name + "\"");
    }
  }

  /** A field and how it is written. */
  record Declared(Field field, Format format) {
    /**
     * Reads {@code FIELD} or {@code FIELD:FORMAT}.
     *
     * @throws IllegalArgumentException if there is no such field or format
     */
    static Declared parse(String text) {
      int colon = text.indexOf(':');
      Field field = named(colon < 0 ? text : text.substring(0, colon));
      Format format = colon < 0 ? Format.AUTO : Format.named(text.substring(colon + 1));
      boolean unit = format != Format.AUTO && format != Format.X;
      if (unit && field != TIME && field != DURATION) {
        throw new IllegalArgumentException(
            "expected a unit behind a time or duration only but found \"" + text + "\"");
      }
      return new Declared(field, format);
    }

    /** Reads a value at the position; {@link LineScanner#NONE} and stays if there is none. */
    long read(LineScanner line) {
      int before = line.position();
      long value = value(line);
      if (value == NONE) {
        line.position(before);
      }
      return value;
    }

    private long value(LineScanner line) {
      if (format == Format.X) {
        line.skip("0x");
        return line.hex();
      }
      if (field == TIME || field == DURATION) {
        return time(line, format.digits);
      }
      return KernelNames.expression(line, KernelNames.FLAGS);
    }
  }

  private static long time(LineScanner line, int digits) {
    long value = line.decimal();
    boolean fraction = line.peek() == '.';
    if (fraction) {
      line.advance();
    }
    for (int i = 0; i < digits; i++) {
      int digit = fraction ? line.peek() - '0' : -1;
      if (value < 0 || value > (Long.MAX_VALUE - 9) / 10) {
        return NONE;
      }
      value *= 10;
      if (digit >= 0 && digit <= 9) {
        value += digit;
        line.advance();
      } else {
        fraction = false;
      }
    }
    while (fraction && line.peek() >= '0' && line.peek() <= '9') {
      line.advance(); // Finer than a nanosecond.
    }
    return value < 0 ? NONE : value;
  }

  /**
   * Returns the field of that name.
   *
   * @throws IllegalArgumentException naming all of them, if there is none
   */
  static Field named(String name) {
    for (Field field : values()) {
      if (field.fieldName().equals(name)) {
        return field;
      }
    }
    String names = Arrays.stream(values()).map(Field::fieldName).collect(Collectors.joining(", "));
    throw new IllegalArgumentException(
        "expected a field (" + names + ") but found \"" + name + "\"");
  }

  String fieldName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
