package dev.mmureplay.importer.strace;

import dev.mmureplay.importer.LineScanner;
import org.jspecify.annotations.Nullable;

/** Tells what strace writes besides its records: dumps of data, and the table of {@code -C}. */
final class StraceAside {
  private static final String DUMP = " | ";
  private static final String TABLE = "% time ";
  private static final String LAST = " total";

  private boolean inTable;

  static boolean isDump(LineScanner line) {
    return line.looksAt(DUMP);
  }

  /** Returns the rule by which a line is no record, or null if it may be one. */
  @Nullable String rule(LineScanner line) {
    if (isDump(line)) {
      return "data-dump"; // -e read, -e write
    }
    inTable |= line.looksAt(TABLE);
    if (!inTable) {
      return null;
    }
    int first = line.peek();
    boolean row = first == '%' || first == '-' || first == ' ' || (first >= '0' && first <= '9');
    inTable = row && line.lastIndexOf(LAST) != line.length() - LAST.length();
    return row ? "summary" : null;
  }
}
