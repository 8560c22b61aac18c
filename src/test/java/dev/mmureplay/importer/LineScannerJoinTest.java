package dev.mmureplay.importer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Guards against a joined line disturbing the lines around it, and against wrong times. */
class LineScannerJoinTest {
  @Test
  void joinsTextWithTheRestOfALineAndReadsOn() throws IOException {
    LineScanner line = scanner("<... brk resumed>) = 0\nnext\n");
    assertThat(line.nextLine()).isTrue();
    assertThat(line.skipTo(" resumed>")).isTrue();
    line.prepend("brk(NULL".getBytes(StandardCharsets.US_ASCII));
    assertThat(line.line()).isEqualTo("brk(NULL) = 0");
    assertThat(line.position()).isZero();
    assertThat(line.lineNumber()).isEqualTo(1);
    assertThat(line.nextLine()).isTrue();
    assertThat(line.line()).isEqualTo("next");
    assertThat(line.nextLine()).isFalse();
  }

  @Test
  void findsTheLastOccurrenceBehindThePosition() throws IOException {
    LineScanner line = scanner("a = b = c");
    assertThat(line.nextLine()).isTrue();
    assertThat(line.lastIndexOf(" = ")).isEqualTo(5);
    line.position(6);
    assertThat(line.lastIndexOf(" = ")).isEqualTo(-1);
  }

  @Test
  void hasNoByteInFrontOfALine() throws IOException {
    LineScanner line = scanner("first\nsecond\n");
    assertThat(line.nextLine()).isTrue();
    assertThat(line.nextLine()).isTrue();
    assertThat(line.byteAt(-1)).isEqualTo(-1);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1000000000",
    "0.000026, 26000",
    "1795359946.346617899, 1795359946346617899",
    "1.1234567894, 1123456789",
    "1., 1000000000",
  })
  void readsSecondsAsNanoseconds(String text, long nanos) throws IOException {
    LineScanner line = scanner(text);
    assertThat(line.nextLine()).isTrue();
    assertThat(line.nanos()).isEqualTo(nanos);
  }

  @ParameterizedTest
  @CsvSource({"x", ".5", "99999999999.0", "18446744073709551615"})
  void staysInFrontOfWhatIsNoTime(String text) throws IOException {
    LineScanner line = scanner(text);
    assertThat(line.nextLine()).isTrue();
    assertThat(line.nanos()).isEqualTo(LineScanner.NONE);
    assertThat(line.position()).isZero();
  }

  private static LineScanner scanner(String text) {
    return new LineScanner(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }
}
