package dev.mmureplay.importer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Guards against numbers that lose their top bits, and fields that reach into the next line. */
class LineScannerFieldsTest {
  @ParameterizedTest
  @CsvSource({
    "0,                 0",
    "1fff000d28,        137422179624",
    "ABCDEF,            11259375",
    "7fffffffffffffff,  9223372036854775807",
    "ffffffffffffffff, -1",
    "0000000000000000f, 15",
  })
  void hexHas64Bits(String text, long value) throws IOException {
    LineScanner scanner = at(text + ",3");
    assertThat(scanner.hex()).isEqualTo(value);
    assertThat(scanner.peek()).isEqualTo(',');
  }

  @ParameterizedTest
  @CsvSource({
    "0,                     0",
    "4294967295,            4294967295",
    "9223372036854775807,   9223372036854775807",
    "9223372036854775808,  -9223372036854775808",
    "18446744073709551606, -10",
    "18446744073709551615, -1",
    "00018446744073709551615, -1",
  })
  void decimalHas64BitsWithoutSign(String text, long value) throws IOException {
    LineScanner scanner = at(text + " ");
    assertThat(scanner.decimal()).isEqualTo(value);
    assertThat(scanner.peek()).isEqualTo(' ');
  }

  @ParameterizedTest
  @CsvSource({
    "18446744073709551616",
    "18446744073709551625",
    "99999999999999999999",
    "184467440737095516150",
    "x1",
    "-1",
  })
  void whatIsNoDecimalOf64BitsIsNotReadAtAll(String text) throws IOException {
    LineScanner scanner = at(text);
    assertThat(scanner.decimal()).isEqualTo(LineScanner.NONE);
    assertThat(scanner.position()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"10000000000000000", "g", "0x1x"})
  void whatIsNoHexOf64BitsIsNotReadAtAll(String text) throws IOException {
    LineScanner scanner = at(text.substring(text.startsWith("0x") ? 1 : 0));
    assertThat(scanner.hex()).isEqualTo(LineScanner.NONE);
    assertThat(scanner.position()).isZero();
  }

  @Test
  void aNumberIsHexWithPrefixAndDecimalWithout() throws IOException {
    assertThat(at("0x10").number()).isEqualTo(16);
    assertThat(at("10").number()).isEqualTo(10);
    LineScanner prefixOnly = at("0xg");
    assertThat(prefixOnly.number()).isEqualTo(LineScanner.NONE);
    assertThat(prefixOnly.position()).isZero();
  }

  @Test
  void fieldsEndWithTheirLine() throws IOException {
    LineScanner scanner = at("12\n34 find\n");
    assertThat(scanner.looksAt("12\n34")).isFalse();
    assertThat(scanner.indexOf("find")).isNegative();
    assertThat(scanner.skipTo("find")).isFalse();
    assertThat(scanner.decimal()).isEqualTo(12);
    assertThat(scanner.decimal()).isEqualTo(LineScanner.NONE);
    assertThat(scanner.atEnd()).isTrue();
    assertThat(scanner.peek()).isEqualTo(-1);
    assertThat(scanner.byteAt(2)).isEqualTo(-1);
    scanner.advance();
    assertThat(scanner.position()).isEqualTo(2);
    assertThat(scanner.skip('3')).isFalse();
  }

  @Test
  void searchesBeginAtThePosition() throws IOException {
    LineScanner scanner = at("a=1 b=2 a=3");
    assertThat(scanner.indexOf("a=")).isZero();
    assertThat(scanner.skipTo("b=")).isTrue();
    assertThat(scanner.peek()).isEqualTo('2');
    assertThat(scanner.indexOf("a=")).isEqualTo(8);
    assertThat(scanner.skipTo("b=")).isFalse();
    assertThat(scanner.position()).isEqualTo(6);
    assertThat(scanner.text(8, 11)).isEqualTo("a=3");
    scanner.position(100);
    assertThat(scanner.atEnd()).isTrue();
    scanner.position(3);
    scanner.skipBlanks();
    assertThat(scanner.rest()).isEqualTo("b=2 a=3");
  }

  @Test
  void textIsUtf8AndWhatIsNotIsReplaced() throws IOException {
    assertThat(at("caf\u00e9").rest()).isEqualTo("caf\u00e9");
    LineScanner scanner = new LineScanner(new ByteArrayInputStream(new byte[] {'a', (byte) 0xff}));
    scanner.nextLine();
    assertThat(scanner.rest()).isEqualTo("a\uFFFD");
  }

  private static LineScanner at(String text) throws IOException {
    LineScanner scanner =
        new LineScanner(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    assertThat(scanner.nextLine()).isTrue();
    return scanner;
  }
}
