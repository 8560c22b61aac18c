package dev.mmureplay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.TraceImport;
import dev.mmureplay.importer.TraceSource;
import dev.mmureplay.machine.Outcome;
import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.replay.Replay;
import dev.mmureplay.replay.ReplayOptions;
import dev.mmureplay.replay.ReplayResult;
import dev.mmureplay.replay.ReplaySink;
import dev.mmureplay.replay.race.Interleaving;
import dev.mmureplay.replay.race.RaceTotals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The named scenarios in traces/races do under each backend what the table beside them says. */
class RaceCorpusTest {
  private static final Path CORPUS = Path.of("traces", "races");

  @TempDir private Path directory;

  @Test
  void everyScenarioDoesWhatItsTableSays() throws IOException {
    List<String> found = new ArrayList<>();
    found.add(
        "trace,mode,backend,candidates,accessed_lost,dirty_lost,invented,transient_faults,"
            + "dirty_not_cleared,uffd_write_missed");
    try (Stream<Path> files = Files.list(CORPUS)) {
      for (Path trace :
          files.filter(file -> file.toString().endsWith(".events.txt")).sorted().toList()) {
        for (String mode : List.of("recorded", "exhaustive")) {
          found.addAll(outcomes(trace, mode));
        }
      }
    }
    assertThat(found).containsExactlyElementsOf(Files.readAllLines(CORPUS.resolve("expected.csv")));
  }

  @Test
  void everyScenarioStatesItsClassAndWhatFollows() throws IOException {
    String readme = Files.readString(CORPUS.resolve("README.md"));
    try (Stream<Path> files = Files.list(CORPUS)) {
      assertThat(files.map(file -> String.valueOf(file.getFileName())))
          .filteredOn(name -> name.endsWith(".events.txt"))
          .hasSize(11)
          .allSatisfy(name -> assertThat(readme).contains("`" + name + "`"))
          .allSatisfy(
              name ->
                  assertThat(Files.readString(CORPUS.resolve(name)))
                      .contains("\n# Class: ")
                      .contains("\n# Outcome: "));
    }
  }

  @Test
  void aNewerKernelMarksAbsentPagesAndAnnouncesEveryWrite() throws IOException {
    Path trace = CORPUS.resolve("uffd-absent.events.txt");
    assertThat(replay(trace, GuestKernel.LINUX_6_18, "recorded").backends())
        .allSatisfy(backend -> assertThat(backend.outcomes()).isEmpty());
  }

  private List<String> outcomes(Path trace, String mode) throws IOException {
    ReplayResult result = replay(trace, GuestKernel.LINUX_6_1, mode);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < result.races().size(); i++) {
      RaceTotals races = result.races().get(i);
      Map<Outcome, Long> outcomes = result.backends().get(i).outcomes();
      lines.add(
          String.join(
              ",",
              String.valueOf(trace.getFileName()).replace(".events.txt", ""),
              mode,
              result.backends().get(i).name(),
              Long.toString(races.candidates()),
              Long.toString(races.accessedLost()),
              Long.toString(races.dirtyLost()),
              Long.toString(races.invented()),
              Long.toString(races.transientFaults()),
              Long.toString(outcomes.getOrDefault(Outcome.DIRTY_NOT_CLEARED, 0L)),
              Long.toString(outcomes.getOrDefault(Outcome.UFFD_WRITE_MISSED, 0L))));
    }
    return lines;
  }

  private ReplayResult replay(Path trace, GuestKernel kernel, String mode) throws IOException {
    Path events = directory.resolve("events.arrow");
    try (TraceSource source = TraceSource.open(trace.toString())) {
      TraceImport.importTo(source, null, ImportOptions.DEFAULT, true, events);
    }
    ReplayOptions options =
        new ReplayOptions(
            new GuestPlatform(kernel, true), Backends.all(), null, 1, Interleaving.parse(mode));
    return Replay.run(events, options, ReplaySink.NOTHING, done -> {});
  }
}
