package dev.mmureplay.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Guards against a packed trace being read in part, and against a checksum of the wrong bytes. */
class TraceSourceTest {
  enum Packing {
    PLAIN(""),
    GZIP("gzip"),
    ZSTD("Zstandard"),
    XZ("xz");

    private final String spoken;

    Packing(String spoken) {
      this.spoken = spoken;
    }

    byte[] pack(byte[] plain) throws IOException {
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      try (OutputStream out = to(packed)) {
        out.write(plain);
      }
      return packed.toByteArray();
    }

    private OutputStream to(OutputStream packed) throws IOException {
      return switch (this) {
        case PLAIN -> packed;
        case GZIP -> new GZIPOutputStream(packed);
        case ZSTD -> new ZstdOutputStream(packed).setChecksum(true);
        case XZ -> new XZOutputStream(packed, new LZMA2Options(1));
      };
    }
  }

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void theTextComesOutWholeWhateverTheName(Packing packing) throws IOException {
    byte[] text = text(300_000);
    Path path = directory.resolve("trace.log");
    Files.write(path, packing.pack(text));
    try (TraceSource source = TraceSource.open(path.toString())) {
      assertThat(source.name()).isEqualTo(path.toString());
      assertThat(source.size()).isEqualTo(Files.size(path));
      assertThat(source.head(100)).isEqualTo(Arrays.copyOf(text, 100));
      assertThat(source.head(Importers.HEAD_BYTES))
          .as("looking does not consume")
          .isEqualTo(Arrays.copyOf(text, Importers.HEAD_BYTES));
      assertThat(source.stream().readAllBytes()).isEqualTo(text);
      assertThat(source.sha256Hex()).isEqualTo(sha256(Files.readAllBytes(path)));
      assertThat(source.bytesRead()).isEqualTo(source.size());
    }
  }

  @ParameterizedTest
  @EnumSource
  void theChecksumIsThatOfAllStoredBytesEvenIfTheTextWasNotRead(Packing packing)
      throws IOException {
    byte[] stored = packing.pack(text(200_000));
    try (TraceSource source = TraceSource.of("t", stored)) {
      assertThat(source.sha256Hex()).isEqualTo(sha256(stored));
      assertThat(source.sha256Hex()).as("asked again").isEqualTo(sha256(stored));
    }
  }

  @ParameterizedTest
  @EnumSource(names = "PLAIN", mode = EnumSource.Mode.EXCLUDE)
  void severalPackedFilesInARowAreOneTrace(Packing packing) throws IOException {
    ByteArrayOutputStream twice = new ByteArrayOutputStream();
    twice.write(packing.pack("one\n".getBytes(StandardCharsets.US_ASCII)));
    twice.write(packing.pack("two\n".getBytes(StandardCharsets.US_ASCII)));
    try (TraceSource source = TraceSource.of("t", twice.toByteArray())) {
      assertThat(source.stream().readAllBytes()).asString().isEqualTo("one\ntwo\n");
    }
  }

  @ParameterizedTest
  @EnumSource(names = "PLAIN", mode = EnumSource.Mode.EXCLUDE)
  void aStreamThatEndsEarlyIsOneSentence(Packing packing) throws IOException {
    byte[] packed = packing.pack(text(300_000));
    for (int length : new int[] {8, packed.length / 3, packed.length - 1}) {
      byte[] cut = Arrays.copyOf(packed, length);
      assertThatThrownBy(() -> readAll(cut))
          .as(packing + " cut to " + length)
          .isInstanceOf(IOException.class)
          .hasMessage("t.log: expected a complete " + packing.spoken + " stream but it ends early");
    }
  }

  @ParameterizedTest
  @EnumSource(names = "PLAIN", mode = EnumSource.Mode.EXCLUDE)
  void aDamagedStreamNamesItsSource(Packing packing) throws IOException {
    byte[] packed = packing.pack(text(300_000));
    Arrays.fill(packed, packed.length / 2, packed.length / 2 + 64, (byte) 0xa5);
    assertThatThrownBy(() -> readAll(packed))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("t.log: expected a")
        .hasMessageContaining(packing.spoken);
  }

  @Test
  void anEmptyFileIsAnEmptyTrace() throws IOException {
    try (TraceSource source = TraceSource.of("t", new byte[0])) {
      assertThat(source.head(10)).isEmpty();
      assertThat(source.stream().read()).isEqualTo(-1);
    }
  }

  @Test
  void whatIsNoFileIsRefused() throws IOException {
    assertThatThrownBy(() -> TraceSource.open(directory.toString()))
        .isInstanceOf(IOException.class)
        .hasMessage(
            directory + ": expected a trace but found a directory; name the trace file inside it");
    assertThatThrownBy(() -> TraceSource.open(directory.resolve("none").toString()))
        .isInstanceOf(IOException.class)
        .hasMessage(directory.resolve("none") + ": expected a trace but there is no such file");
    assertThatThrownBy(() -> TraceSource.open("a\0b"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("it is no file name");
  }

  private static void readAll(byte[] bytes) throws IOException {
    try (TraceSource source = TraceSource.of("t.log", bytes)) {
      source.head(100);
      assertThat(source.stream().readAllBytes()).isNotNull();
    }
  }

  private static byte[] text(int length) {
    byte[] text = new byte[length];
    Random random = new Random(42);
    for (int i = 0; i < length; i++) {
      text[i] = (byte) (i % 16 == 15 ? '\n' : '0' + random.nextInt(10));
    }
    return text;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aFileThatCannotBeReadIsNamedWithTheReason() {
    // A process may open its own memory but not read address 0 of it, whoever it is.
    Path unreadable = Path.of("/proc/self/mem");
    org.junit.jupiter.api.Assumptions.assumeTrue(Files.isReadable(unreadable));
    assertThatThrownBy(
            () -> {
              try (TraceSource source = TraceSource.open(unreadable.toString())) {
                source.head(16);
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessage("/proc/self/mem: cannot be read: Input/output error");
  }
}
