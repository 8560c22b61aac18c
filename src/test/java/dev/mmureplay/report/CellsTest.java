package dev.mmureplay.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hazard: a small ratio beside a large one is rounded to nothing. */
final class CellsTest {
  @Test
  void everyRowOfAColumnHasTheDecimalsOfItsSmallestValue() {
    ResultTable table =
        ResultTable.of(
            List.of(new Column("x", Column.Type.REAL)),
            List.of(
                Arrays.asList((Object) 12_345.678),
                Arrays.asList((Object) 0.0123456),
                Arrays.asList((Object) 0.0)));

    assertThat(Cells.readable(table, 0, "-")).containsExactly("12,345.6780", "0.0123", "0.0000");
  }

  @Test
  void wholeNumbersHaveNoDecimals() {
    ResultTable table =
        ResultTable.of(
            List.of(new Column("x", Column.Type.REAL)),
            List.of(
                Arrays.asList((Object) new BigDecimal("7.00")), Arrays.asList((Object) 3_000.0)));

    assertThat(Cells.readable(table, 0, "-")).containsExactly("7", "3,000");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1234.5, '1,235'",
    "999.4, 999",
    "12.34, 12.3",
    "1.234, 1.23",
    "0.01234, 0.0123"
  })
  void oneNumberHasThreeDigits(double value, String expected) {
    assertThat(Cells.number(value)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"1E10, 10000000000", "0.1, 0.1", "1E300, 1.0E300", "1E-9, 1.0E-9", "0, 0.0"})
  void exactTextReadsBackAsTheSameNumber(double value, String expected) {
    assertThat(Cells.exact(value)).isEqualTo(expected);
    assertThat(Double.parseDouble(expected)).isEqualTo(value);
  }
}
