package dev.mmureplay.replay.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.TraceImport;
import dev.mmureplay.importer.TraceSource;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hazard: a model that is forgiven its errors because a recording is taken for one that pauses. */
class PausesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "micro",
        "smp",
        "mcentry",
        "generic",
        "wl-barrier",
        "wl-boehm",
        "wl-threads",
        "wl-bashpipe",
        "wl-busybox",
        "wl-smp2-bashpipe"
      })
  void noCallIsMissingInTheRecordings(String name) throws IOException {
    Path events = folder.resolve("events.arrow");
    String log = "traces/xen-4.17-linux-6.1/" + name + ".ftrace.txt.zst";
    try (TraceSource source = TraceSource.open(log)) {
      TraceImport.importTo(source, TraceImport.AUTO, ImportOptions.DEFAULT, true, events);
    }
    assertThat(Evidence.of(events).pauses()).isFalse();
  }
}
