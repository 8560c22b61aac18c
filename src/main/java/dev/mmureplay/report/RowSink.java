package dev.mmureplay.report;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes a result row by row: {@link #columns} once, {@link #row} any number of times, {@link
 * #finish} once.
 *
 * <p>Values are {@link Long}, {@link java.math.BigInteger}, {@link java.math.BigDecimal}, {@link
 * Double}, {@link Boolean}, {@link String} or null.
 */
public interface RowSink {
  /** Takes the columns. */
  void columns(List<Column> columns) throws IOException;

  /** Takes one row, a value for each column. */
  void row(List<@Nullable Object> values) throws IOException;

  /** Takes the end of the result. */
  void finish() throws IOException;
}
