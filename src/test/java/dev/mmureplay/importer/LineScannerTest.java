package dev.mmureplay.importer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guards against lines that are cut, joined, lost or counted twice where the buffer ends. */
class LineScannerTest {
  private static final int READ_BUFFER = 1 << 18;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 1 << 20})
  void linesDoNotDependOnHowTheTextArrives(int chunk) throws IOException {
    assertThat(lines("one\n\ntwo\r\nthree", chunk)).containsExactly("one", "", "two", "three");
    assertThat(lines("one\n", chunk)).containsExactly("one");
    assertThat(lines("\n\n", chunk)).containsExactly("", "");
    assertThat(lines("\r\n\r", chunk)).containsExactly("", "");
    assertThat(lines("a\rb\n", chunk)).containsExactly("a\rb");
    assertThat(lines("", chunk)).isEmpty();
  }

  @Test
  void linesAcrossTheBuffersEndStayWhole() throws IOException {
    // Lines of 10 bytes do not divide the buffer, so that many of its ends fall into a line.
    int count = 3 * READ_BUFFER / 10;
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(String.format("%09d%n", i).replace("\r", ""));
    }
    LineScanner scanner = scanner(text.toString(), 1000);
    for (int i = 0; i < count; i++) {
      assertThat(scanner.nextLine()).isTrue();
      assertThat(scanner.decimal()).isEqualTo(i);
      assertThat(scanner.lineNumber()).isEqualTo(i + 1);
    }
    assertThat(scanner.nextLine()).isFalse();
    assertThat(scanner.nextLine()).isFalse();
  }

  @Test
  void onlyALastLineWithoutNewlineIsUnterminated() throws IOException {
    LineScanner scanner = scanner("a\nb", 1);
    scanner.nextLine();
    assertThat(scanner.terminated()).isTrue();
    scanner.nextLine();
    assertThat(scanner.terminated()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {LineScanner.MAX_LINE - 1, LineScanner.MAX_LINE})
  void aLineOfTheGreatestLengthIsKeptWhole(int length) throws IOException {
    LineScanner scanner = scanner("first\n" + "x".repeat(length) + "\nlast\n", 1 << 16);
    scanner.nextLine();
    scanner.nextLine();
    assertThat(scanner.tooLong()).isFalse();
    assertThat(scanner.length()).isEqualTo(length);
    scanner.nextLine();
    assertThat(scanner.rest()).isEqualTo("last");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 1 << 18, 3 << 20})
  void theRestOfALongerLineIsPassedOver(int more) throws IOException {
    String text = "first\n" + "x".repeat(LineScanner.MAX_LINE + more) + "\nlast\nend";
    LineScanner scanner = scanner(text, 1 << 20);
    scanner.nextLine();
    scanner.nextLine();
    assertThat(scanner.tooLong()).isTrue();
    assertThat(scanner.terminated()).isTrue();
    assertThat(scanner.length()).isEqualTo(LineScanner.MAX_LINE);
    assertThat(scanner.lineNumber()).isEqualTo(2);
    assertThat(scanner.nextLine()).isTrue();
    assertThat(scanner.tooLong()).isFalse();
    assertThat(scanner.rest()).isEqualTo("last");
    assertThat(scanner.lineNumber()).isEqualTo(3);
    assertThat(scanner.nextLine()).isTrue();
    assertThat(scanner.rest()).isEqualTo("end");
    assertThat(scanner.nextLine()).isFalse();
  }

  @Test
  void aLongLineAtTheEndWithoutNewlineIsUnterminated() throws IOException {
    LineScanner scanner = scanner("x".repeat(LineScanner.MAX_LINE + 9), 1 << 16);
    assertThat(scanner.nextLine()).isTrue();
    assertThat(scanner.tooLong()).isTrue();
    assertThat(scanner.terminated()).isFalse();
    assertThat(scanner.nextLine()).isFalse();
  }

  @Test
  void aLineFitForAMessageIsShort() throws IOException {
    LineScanner scanner = scanner("x".repeat(500), 100);
    scanner.nextLine();
    assertThat(scanner.line()).isEqualTo("x".repeat(200));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 5, 6, 100})
  void blocksAndLinesTakeTurnsWithoutLosingOne(int chunk) throws IOException {
    // The block reader takes every complete "x…" line; all others are left to nextLine.
    List<String> taken = new ArrayList<>();
    LineScanner.BlockReader block =
        new LineScanner.BlockReader() {
          private int lines;

          @Override
          public int read(byte[] bytes, int from, int to, long line) {
            lines = 0;
            int at = from;
            for (int end = at; end < to && bytes[at] == 'x'; end++) {
              if (bytes[end] == '\n') {
                String text = new String(bytes, at, end - at, StandardCharsets.US_ASCII);
                taken.add(line + lines + ":" + text);
                lines++;
                at = end + 1;
              }
            }
            return at;
          }

          @Override
          public int lines() {
            return lines;
          }
        };
    LineScanner scanner = scanner("x1\nx2\no3\nx4\nx5\nx6\no7\nx8", chunk);
    do {
      scanner.readBlock(block);
      if (!scanner.nextLine()) {
        break;
      }
      taken.add(scanner.lineNumber() + ":" + scanner.rest());
    } while (true);
    assertThat(taken)
        .containsExactly("1:x1", "2:x2", "3:o3", "4:x4", "5:x5", "6:x6", "7:o7", "8:x8");
  }

  private static List<String> lines(String text, int chunk) throws IOException {
    List<String> lines = new ArrayList<>();
    LineScanner scanner = scanner(text, chunk);
    while (scanner.nextLine()) {
      assertThat(scanner.lineNumber()).isEqualTo(lines.size() + 1);
      lines.add(scanner.rest());
    }
    return lines;
  }

  /** A scanner of a stream that never gives more than some bytes at once. */
  private static LineScanner scanner(String text, int chunk) {
    InputStream whole = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    return new LineScanner(
        new InputStream() {
          @Override
          public int read() throws IOException {
            return whole.read();
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return whole.read(bytes, offset, Math.min(length, chunk));
          }
        });
  }
}
