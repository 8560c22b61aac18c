package dev.mmureplay.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Guards against a trace being read by the wrong importer, or refused without a way out. */
class ImportersTest {
  @Test
  void importersAreSortedFinalAndNamedOnce() {
    assertThat(Importers.all()).extracting(TraceImporter::name).isSorted().doesNotHaveDuplicates();
    assertThat(Importers.all())
        .isNotEmpty()
        .allMatch(importer -> Modifier.isFinal(importer.getClass().getModifiers()))
        .noneMatch(importer -> importer.description().isBlank());
  }

  @Test
  void eachIsFoundByItsName() {
    for (TraceImporter importer : Importers.all()) {
      assertThat(Importers.named(importer.name())).hasSameClassAs(importer);
    }
  }

  @Test
  void anUnknownNameListsTheKnownOnes() {
    assertThatThrownBy(() -> Importers.named("dtrace"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("expected a trace format (")
        .hasMessageContaining("lackey")
        .hasMessageEndingWith(") but found \"dtrace\"");
  }

  @Test
  void anEmptyFileIsNoTrace() {
    assertThatThrownBy(() -> recognise(new byte[0]))
        .isInstanceOf(UnknownFormatException.class)
        .hasMessage("t.log: expected a trace but the file is empty");
  }

  @Test
  void binaryRubbishIsNoTrace() {
    byte[] rubbish = new byte[40_000];
    new Random(1).nextBytes(rubbish);
    assertThatThrownBy(() -> recognise(rubbish))
        .isInstanceOf(UnknownFormatException.class)
        .hasMessageStartingWith("t.log: expected a trace of a known format (")
        .hasMessageContaining("lackey")
        .hasMessageEndingWith("but recognised none; FORMAT:FILE forces one");
  }

  @Test
  void proseIsNoTrace() {
    assertThatThrownBy(
            () -> recognise("Dear reader,\n\nno trace.\n".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(UnknownFormatException.class);
  }

  private static TraceImporter recognise(byte[] bytes) throws IOException {
    try (TraceSource source = TraceSource.of("t.log", bytes)) {
      return Importers.recognise(source);
    }
  }
}
