package dev.mmureplay.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mmureplay.event.EventSink;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Hazard: coverage-guided fuzzing runs for hours and calls nothing, or hides what it finds. */
class CoverageFuzzTest {
  @Test
  void everyImporterReadsItsOwnSeeds() throws IOException {
    List<byte[]> seeds = CoverageFuzz.seeds();

    for (int i = 0; i < Importers.all().size(); i++) {
      int importer = i;
      assertThat(seeds)
          .as(Importers.all().get(i).name())
          .anyMatch(seed -> seed[0] == importer && seed.length > 100);
    }
    for (byte[] seed : seeds) {
      CoverageFuzz.fuzzerTestOneInput(seed);
    }
  }

  @Test
  void whatMustNotBeIsAFailure() {
    TraceImporter nameless =
        new Importer() {
          @Override
          public ImportReport importTrace(
              TraceSource source, ImportOptions options, EventSink events) throws IOException {
            throw new IOException("no name");
          }
        };
    assertThatThrownBy(() -> ImportCheck.imported(nameless, new byte[] {1}, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("a nameless error");
  }

  private abstract static class Importer implements TraceImporter {
    @Override
    public String name() {
      return "test";
    }

    @Override
    public String description() {
      return "";
    }

    @Override
    public boolean recognises(byte[] head) {
      return false;
    }
  }
}
