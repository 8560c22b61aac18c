package dev.mmureplay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.event.TraceInfo;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.TraceImport;
import dev.mmureplay.importer.TraceSource;
import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.Cause;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.Operation;
import dev.mmureplay.replay.CallFacts;
import dev.mmureplay.replay.Finding;
import dev.mmureplay.replay.PageState;
import dev.mmureplay.replay.Replay;
import dev.mmureplay.replay.ReplayOptions;
import dev.mmureplay.replay.ReplayResult;
import dev.mmureplay.replay.ReplaySink;
import dev.mmureplay.replay.race.Interleaving;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Hazard: folding drops an access that would have set a bit, or have raced. Everything that a
 * replay says must be the same without it. Further traces are those of the directory {@code
 * folding}:
 *
 * <pre>
 * mvn -Dquick -Dtest=FoldingTest -Dfolding=DIRECTORY test
 * </pre>
 */
class FoldingTest {
  private static final Path LOGS = Path.of("src/test/resources/dev/mmureplay/importer");

  @TempDir private Path directory;

  /** What a replay says, without the positions of events in the event file. */
  private static final class Said implements ReplaySink {
    private final List<String> lines = new ArrayList<>();

    @Override
    public void call(CallFacts call, long[][] counts) {
      lines.add(
          String.format(
              "call %d line %d: %d present, %d updated, %d pieces, %d scanned, %d flushed, %s %s",
              call.call,
              call.line,
              call.presentPtes,
              call.updatedPtes,
              call.vmaPieces,
              call.slotsScanned,
              call.flushPages,
              call.certainty,
              Arrays.deepToString(counts)));
    }

    @Override
    public void page(PageState page) {
      lines.add(
          String.format(
              "page %d %x: %x %s %s %s",
              page.addressSpace,
              page.address,
              page.pte,
              page.residencyKnown,
              page.accessedState,
              page.dirtyState));
    }

    @Override
    public void finding(Finding finding) {
      String race =
          finding.race() == null
              ? ""
              : finding.race().callLine() + " " + finding.race().accessLine();
      lines.add(
          String.format(
              "finding %s %s %x %s %s",
              finding.backend(), finding.invariant(), finding.address(), finding.message(), race));
    }
  }

  private Said said(Path log, boolean fold, String interleaving) throws IOException {
    Path events = directory.resolve("events.arrow");
    TraceInfo info;
    try (TraceSource source = TraceSource.open(log.toString())) {
      info = TraceImport.importTo(source, null, new ImportOptions(fold), false, events);
    }
    ReplayOptions options =
        new ReplayOptions(
            new GuestPlatform(GuestKernel.LINUX_6_1, true),
            Backends.all(),
            null,
            ReplayOptions.DEFAULT_FAULT_AROUND,
            Interleaving.parse(interleaving));
    Said said = new Said();
    ReplayResult result = Replay.run(events, options, said, done -> {});
    said.lines.add("fidelity " + info.fidelity());
    said.lines.add("tally " + result.tally() + " " + result.assumptions());
    for (ReplayResult.Backend backend : result.backends()) {
      said.lines.add(
          String.format(
              "backend %s: %x %d %s %s",
              backend.name(),
              backend.digest(),
              backend.findings(),
              backend.outcomes(),
              counts(backend)));
    }
    result.races().forEach(race -> said.lines.add(race.toString()));
    return said;
  }

  private static List<Long> counts(ReplayResult.Backend backend) {
    List<Long> counts = new ArrayList<>();
    for (Cause cause : Cause.values()) {
      for (Operation operation : Operation.values()) {
        counts.add(backend.counts().get(cause, operation));
      }
    }
    return counts;
  }

  static Stream<Path> logs() throws IOException {
    List<Path> logs =
        new ArrayList<>(
            List.of(
                Path.of("traces/demo/demo.lackey.txt.zst"),
                Path.of("traces/luajit/luajit-traces.lackey-folded.txt.zst"),
                Path.of("traces/adv-ad/adv-ad-free.adplug.txt.zst"),
                LOGS.resolve("adplug/every-access.log"),
                LOGS.resolve("adplug/race.log"),
                LOGS.resolve("drmemtrace/recorded-calls.log"),
                LOGS.resolve("drmemtrace/workloads.log")));
    String further = System.getProperty("folding", "");
    if (!further.isEmpty()) {
      try (Stream<Path> files = Files.list(Path.of(further))) {
        files.sorted().forEach(logs::add);
      }
    }
    return logs.stream();
  }

  @ParameterizedTest
  @MethodSource("logs")
  void nothingThatAReplaySaysDependsOnFolding(Path log) throws IOException {
    for (String interleaving : List.of("none", "recorded", "exhaustive")) {
      assertThat(said(log, true, interleaving).lines)
          .as(interleaving)
          .isNotEmpty()
          .containsExactlyElementsOf(said(log, false, interleaving).lines);
    }
  }

  @Test
  void foldingMakesTheEventFileSmall() throws IOException {
    try (TraceSource source = TraceSource.open("traces/demo/demo.lackey.txt.zst")) {
      TraceInfo info =
          TraceImport.importTo(
              source, null, new ImportOptions(true), false, directory.resolve("f.arrow"));
      assertThat(info.ledger().lines()).isEqualTo(2_367_384);
      assertThat(info.events()).isEqualTo(3_796);
    }
  }
}
