package dev.mmureplay;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.TraceInfo;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.TraceImport;
import dev.mmureplay.importer.TraceSource;
import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.replay.CallFacts;
import dev.mmureplay.replay.Finding;
import dev.mmureplay.replay.Replay;
import dev.mmureplay.replay.ReplayOptions;
import dev.mmureplay.replay.ReplayResult;
import dev.mmureplay.replay.ReplaySink;
import dev.mmureplay.replay.race.Interleaving;
import dev.mmureplay.replay.race.Interleaving.Racing;
import dev.mmureplay.replay.race.RaceTotals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Guards the recordings of real programs in {@code traces/}: that we read them without a loss, and
 * that backends which claim to be correct agree on them.
 */
class BundledTracesTest {
  private static final Path TRACES = Path.of("traces");
  private static final List<String> PRESERVE_AD =
      List.of("preserve-ad", "multicall", "mmu-update-batch");
  private static final long MOST_BYTES = 10_000_000;

  @TempDir Path directory;

  @ParameterizedTest
  @MethodSource("logs")
  void everyLineIsUnderstood(Path log) throws IOException {
    TraceInfo info = imported(log);

    info.ledger().check(log.toString());
    assertThat(info.ledger().rejectedByReason()).isEmpty();
    assertThat(info.importer()).isEqualTo(tool(log));
    assertThat(info.fidelity().lost()).isZero();
    // The guest's shell was there before its tracer was started; these of adsnap show no execve.
    assertThat(info.fidelity().fromStart())
        .isEqualTo(!List.of("ftrace", "adsnap").contains(tool(log)));
    assertThat(mprotects(info)).isPositive();
  }

  @ParameterizedTest
  @MethodSource("logs")
  void correctBackendsAgreeUnderEveryKernel(Path log) throws IOException {
    TraceInfo info = imported(log);
    for (GuestKernel kernel : GuestKernel.values()) {
      correctBackendsAgree(info, kernel);
    }
  }

  private void correctBackendsAgree(TraceInfo info, GuestKernel kernel) throws IOException {
    Findings sink = new Findings();

    ReplayResult result = Replay.run(events(), options(kernel, null), sink, done -> {});

    assertThat(result.calls()).isEqualTo(mprotects(info)).isEqualTo(sink.calls);
    assertThat(result.backends()).hasSizeGreaterThanOrEqualTo(7);
    List<ReplayResult.Backend> correct =
        result.backends().stream().filter(ReplayResult.Backend::correct).toList();
    assertThat(correct).hasSizeGreaterThanOrEqualTo(6);
    assertThat(correct)
        .extracting(ReplayResult.Backend::digest)
        .containsOnly(correct.get(0).digest());
    assertThat(correct)
        .allSatisfy(
            backend -> {
              assertThat(backend.failure()).isNull();
              assertThat(backend.findings()).isZero();
            });
    assertThat(sink.backends)
        .doesNotContainAnyElementsOf(correct.stream().map(ReplayResult.Backend::name).toList());
  }

  /** Accesses of other threads near a call are taken to race with it where threads took turns. */
  @ParameterizedTest
  @MethodSource("logs")
  void noCorrectBackendLosesABitAtAnyMoment(Path log) throws IOException {
    TraceInfo info = imported(log);
    Racing racing = info.fidelity().concurrent() ? Racing.NONE : Racing.parse("20events");
    Interleaving every = new Interleaving(Interleaving.Mode.EXHAUSTIVE, 0, 0, racing, false, false);
    Findings sink = new Findings();

    ReplayResult result = Replay.run(events(), options(every), sink, done -> {});

    for (int i = 0; i < result.backends().size(); i++) {
      RaceTotals race = result.races().get(i);
      assertThat(race.invented()).isZero();
      if (result.backends().get(i).correct()) {
        assertThat(race.losingSchedules()).as(result.backends().get(i).name()).isZero();
        assertThat(result.backends().get(i).findings()).isZero();
      }
      if (PRESERVE_AD.contains(result.backends().get(i).name())) {
        assertThat(race.transientFaults()).isZero();
      }
    }
  }

  @Test
  void theControlsLoseTheBitsThatHardwareCouldSetDuringACall() throws IOException {
    imported(TRACES.resolve("adv-ad/adv-ad-free.adplug.txt.zst"));
    Interleaving every = Interleaving.parse("exhaustive");
    ReplayResult free = Replay.run(events(), options(every), new Findings(), done -> {});

    assertThat(races(free, "native").candidates()).isEqualTo(24);
    for (String control : List.of("naive", "naive-batched")) {
      assertThat(races(free, control).races()).isEqualTo(4);
      assertThat(races(free, control).accessedLost()).isEqualTo(4);
      assertThat(races(free, control).dirtyLost()).isEqualTo(2);
    }
    assertThat(races(free, "mmu-update-batch").compareExchangeRetries()).isEqualTo(4);

    imported(TRACES.resolve("adv-ad/adv-ad-cold.adsnap.txt.zst"));
    ReplayResult cold = Replay.run(events(), options(every), new Findings(), done -> {});

    assertThat(races(cold, "naive").accessedLost()).isEqualTo(60);
    assertThat(races(cold, "naive").dirtyLost()).isZero();
    assertThat(races(cold, "native").accessedLost()).isZero();
    assertThat(races(cold, "native").transientFaults()).isEqualTo(58);
    assertThat(races(cold, "mmu-update-batch").transientFaults()).isZero();
  }

  private static RaceTotals races(ReplayResult result, String backend) {
    List<String> names = result.backends().stream().map(ReplayResult.Backend::name).toList();
    return result.races().get(names.indexOf(backend));
  }

  /** Three runs of one program; the first two begin with env, whose linker makes three calls. */
  @Test
  void toolsAgreeOnTheCollectorsCalls() throws IOException {
    Path folder = TRACES.resolve("boehm-gc");

    assertThat(mprotects(imported(folder.resolve("boehm-gc-1t.perf.txt.zst")))).isEqualTo(1572);
    assertThat(mprotects(imported(folder.resolve("boehm-gc-1t.strace.txt.zst")))).isEqualTo(1572);
    assertThat(mprotects(imported(folder.resolve("boehm-gc-1t.lackey-folded.txt.zst"))))
        .isEqualTo(1569);
  }

  @Test
  void everyFolderSaysWhatIsInIt() throws IOException {
    String index = Files.readString(TRACES.resolve("README.md"));
    List<Path> folders = children(TRACES).filter(Files::isDirectory).toList();
    assertThat(folders).hasSizeGreaterThanOrEqualTo(6);
    for (Path folder : folders) {
      assertThat(index).contains("(" + folder.getFileName() + "/README.md)");
      String text = Files.readString(folder.resolve("README.md"));
      for (Path file : children(folder).toList()) {
        if (!file.endsWith("README.md")) {
          assertThat(text).contains("`" + file.getFileName() + "`");
        }
      }
    }
  }

  @Test
  void theyAreSmall() throws IOException {
    long bytes = 0;
    for (Path log : logs().toList()) {
      bytes += Files.size(log);
    }
    assertThat(bytes).isLessThanOrEqualTo(MOST_BYTES);
  }

  static Stream<Path> logs() throws IOException {
    List<Path> logs = new ArrayList<>();
    for (Path folder : children(TRACES).filter(Files::isDirectory).toList()) {
      children(folder).filter(file -> file.toString().endsWith(".zst")).forEach(logs::add);
    }
    return logs.stream();
  }

  private static Stream<Path> children(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList().stream();
    }
  }

  /** The second part of the name: {@code WORKLOAD.TOOL.txt.zst}. */
  private static String tool(Path log) {
    String tool = requireNonNull(log.getFileName()).toString().split("\\.", -1)[1];
    return tool.equals("lackey-folded") ? "lackey" : tool;
  }

  private TraceInfo imported(Path log) throws IOException {
    try (TraceSource source = TraceSource.open(log.toString())) {
      return TraceImport.importTo(source, null, ImportOptions.DEFAULT, false, events());
    }
  }

  private Path events() {
    return directory.resolve("trace.arrow");
  }

  private static ReplayOptions options(@Nullable Interleaving interleaving) {
    return options(GuestKernel.LINUX_6_1, interleaving);
  }

  private static ReplayOptions options(GuestKernel kernel, @Nullable Interleaving interleaving) {
    return new ReplayOptions(
        new GuestPlatform(kernel, true),
        Backends.all(),
        null,
        ReplayOptions.DEFAULT_FAULT_AROUND,
        interleaving);
  }

  private static long mprotects(TraceInfo info) {
    return info.kinds().getOrDefault(EventKind.MPROTECT, 0L)
        + info.kinds().getOrDefault(EventKind.PKEY_MPROTECT, 0L);
  }

  /** Counts calls and remembers who broke an invariant. */
  private static final class Findings implements ReplaySink {
    private final List<String> backends = new ArrayList<>();
    private long calls;

    @Override
    public void call(CallFacts call, long[][] counts) {
      calls++;
    }

    @Override
    public void finding(Finding finding) {
      backends.add(finding.backend());
    }
  }
}
