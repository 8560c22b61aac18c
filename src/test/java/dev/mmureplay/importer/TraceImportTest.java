package dev.mmureplay.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import dev.mmureplay.event.EngineVersion;
import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventReader;
import dev.mmureplay.event.TraceInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guards against a failed import that leaves half an event file, or takes the old one away. */
class TraceImportTest {
  private static final String LOG =
      """
      ==7== Lackey, an example Valgrind tool
      ==7== Command: prog
       L 00001000,8
       L 00001008,8
      SYSCALL[7,1](11) sys_munmap ( 0x1000, 4096 )[sync] --> Success(0x0)
      """;

  private static final String TORN = LOG + "  L 00111353,8\n";

  @TempDir Path directory;

  @Test
  void aRecognisedTraceBecomesAnEventFile() throws IOException {
    TraceInfo info = importTo(bytes(LOG), null, false);

    assertThat(info.importer()).isEqualTo("lackey");
    assertThat(info.importerVersion()).isEqualTo(EngineVersion.current());
    assertThat(info.source()).isEqualTo("t.log");
    assertThat(info.command()).isEqualTo("prog");
    assertThat(info.folding()).isEqualTo("accesses");
    assertThat(info.kinds()).isEqualTo(Map.of(EventKind.READ, 1L, EventKind.MUNMAP, 1L));
    try (EventReader reader = EventReader.open(target())) {
      assertThat(reader.info().sha256()).isEqualTo(info.sha256()).hasSize(64);
      assertThat(reader.nextBatch()).isTrue();
      assertThat(reader.batch().count(0)).isEqualTo(2);
    }
    assertThat(files()).containsExactly(target());
  }

  @Test
  void unfoldedIsSaidSo() throws IOException {
    try (TraceSource source = TraceSource.of("t.log", bytes(LOG))) {
      TraceInfo info =
          TraceImport.importTo(source, "lackey", new ImportOptions(false), true, target());
      assertThat(info.folding()).isEqualTo("none");
      assertThat(info.events()).isEqualTo(3);
    }
  }

  @Test
  void autoIsTheSameAsNoFormat() throws IOException {
    assertThat(importTo(bytes(LOG), "auto", false).importer()).isEqualTo("lackey");
  }

  @Test
  void strictlyOneRejectedLineFailsAndIsNamed() {
    assertThatThrownBy(() -> importTo(bytes(TORN), null, true))
        .isInstanceOf(RejectedLineException.class)
        .hasMessage(
            "t.log:6: expected a line that lackey understands but found \"  L 00111353,8\""
                + " (not-lackey); rejected 1 of 6 lines");
    assertThat(files()).isEmpty();
  }

  @Test
  void otherwiseARejectedLineIsInTheLedger() throws IOException {
    TraceInfo info = importTo(bytes(TORN), null, false);
    assertThat(info.ledger().rejectedCount()).isEqualTo(1);
    assertThat(info.ledger().rejections().get(0).line()).isEqualTo(6);
  }

  @Test
  void aForcedFormatThatUnderstandsNoLineFails() {
    assertThatThrownBy(() -> importTo(bytes("no\ntrace\n"), "lackey", false))
        .isInstanceOf(IOException.class)
        .hasMessage("t.log: no line of 2 was understood as lackey; 2 rejected: not-lackey");
    assertThat(files()).isEmpty();
  }

  @Test
  void anUnknownFormatFailsBeforeAnythingIsWritten() {
    assertThatThrownBy(() -> importTo(bytes(LOG), "dtrace", false))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> importTo(bytes("what?\n"), null, false))
        .isInstanceOf(UnknownFormatException.class);
    assertThat(files()).isEmpty();
  }

  @Test
  void aTruncatedStreamFailsAndLeavesTheOldFile() throws IOException {
    importTo(bytes(LOG), null, false);
    byte[] before = Files.readAllBytes(target());
    StringBuilder longLog = new StringBuilder(LOG);
    for (int i = 0; i < 200_000; i++) {
      longLog.append(" S ").append(Integer.toHexString(i * 7919 & 0xfffffff)).append(",4\n");
    }
    byte[] packed = Zstd.compress(bytes(longLog.toString()));
    byte[] cut = Arrays.copyOf(packed, packed.length * 2 / 3);

    assertThatThrownBy(() -> importTo(cut, null, false))
        .isInstanceOf(IOException.class)
        .hasMessage("t.log: expected a complete Zstandard stream but it ends early");
    assertThat(files()).containsExactly(target());
    assertThat(Files.readAllBytes(target())).isEqualTo(before);
  }

  private TraceInfo importTo(byte[] bytes, @Nullable String format, boolean strict)
      throws IOException {
    try (TraceSource source = TraceSource.of("t.log", bytes)) {
      return TraceImport.importTo(source, format, ImportOptions.DEFAULT, strict, target());
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Path target() {
    return directory.resolve("t.events");
  }

  private java.util.List<Path> files() {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
