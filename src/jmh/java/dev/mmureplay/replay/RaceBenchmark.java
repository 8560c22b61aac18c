package dev.mmureplay.replay;

import dev.mmureplay.event.EventReader;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.TraceImport;
import dev.mmureplay.importer.TraceSource;
import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.replay.race.Interleaving;
import dev.mmureplay.replay.race.Interleaving.Racing;
import dev.mmureplay.replay.race.RaceTotals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What races cost: the replay of a trace of folded accesses under all backends, without them and
 * with them.
 *
 * <p>Read it as ratios between rows of one run. {@code none} is the plain replay; {@code recorded}
 * and {@code exhaustive} try what the trace shows inside calls; the others take the accesses of 50
 * rows before and behind each call to race with it, which makes dozens of candidates of every call.
 *
 * <p>Without a parameter the trace is made up: accesses of two threads, none inside a call. A real
 * one, raw or an event file, is named by {@code trace}. One of two million folded accesses by
 * concurrent threads takes eight seconds to record:
 *
 * <pre>
 * cc -O2 -pthread traces/adv-ad/adv_ad.c -o adv_ad
 * ./mmureplay record --with adplug -o ad.arrow -- ./adv_ad free 3 64 8000 1
 * mvn -B -Pbench -Dquick -DskipTests -Dbench=RaceBenchmark \
 *   -Dbench.args="-f 1 -p trace=$PWD/ad.arrow -p interleave=none,recorded,exhaustive" verify
 * </pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-opens=java.base/java.nio=ALL-UNNAMED", "-Xmx1g"})
public class RaceBenchmark {
  private static final int ACCESSES = 1_000_000;
  private static final int ACCESSES_PER_CALL = 50;
  private static final String DISTANCE = "50events";

  /** When accesses race. */
  @Param({
    "none",
    "recorded",
    "exhaustive",
    "recorded-assumed",
    "random:10-assumed",
    "exhaustive-assumed"
  })
  String interleave = "";

  /** A raw trace or an event file; if empty, a trace is made up. */
  @Param("")
  String trace = "";

  private Path directory = Path.of("");
  private Path file = Path.of("");
  private Interleaving interleaving = Interleaving.NONE;

  /** What was replayed and tried, beside the time that it took. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Tried {
    /** Folded accesses of one replay. */
    public long accesses;

    /** Candidates of one replay, times the iterations. */
    public long candidates;

    /** Schedules of one replay, of all backends together, times the iterations. */
    public long schedules;
  }

  /** Writes the trace. */
  @Setup(Level.Trial)
  public void write() throws IOException {
    directory = Files.createTempDirectory("mmureplay-benchmark");
    file = directory.resolve("trace.arrow");
    if (trace.isEmpty()) {
      GeneratedTrace.twoThreads(file, ACCESSES, ACCESSES_PER_CALL);
    } else if (EventReader.isArrow(Path.of(trace))) {
      Files.copy(Path.of(trace), file);
    } else {
      try (TraceSource source = TraceSource.open(trace)) {
        TraceImport.importTo(source, null, ImportOptions.DEFAULT, true, file);
      }
    }
    Interleaving parsed = Interleaving.parse(interleave.replace("-assumed", ""));
    Racing racing = interleave.endsWith("-assumed") ? Racing.parse(DISTANCE) : Racing.NONE;
    interleaving = new Interleaving(parsed.mode(), parsed.draws(), 1, racing, false, false);
  }

  /** Removes it. */
  @TearDown(Level.Trial)
  public void remove() throws IOException {
    Files.delete(file);
    Files.delete(directory);
  }

  /** Replays the whole file. */
  @Benchmark
  public ReplayResult replay(Tried tried) throws IOException {
    ReplayOptions options =
        new ReplayOptions(
            new GuestPlatform(GuestKernel.LINUX_6_1, true), Backends.all(), null, 16, interleaving);
    ReplayResult result = Replay.run(file, options, ReplaySink.NOTHING, done -> {});
    tried.accesses = result.accesses();
    tried.schedules = result.races().stream().mapToLong(RaceTotals::schedules).sum();
    tried.candidates = result.races().isEmpty() ? 0 : result.races().get(0).candidates();
    return result;
  }
}
