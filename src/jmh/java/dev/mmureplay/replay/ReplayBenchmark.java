package dev.mmureplay.replay;

import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Folded page accesses replayed per second on one core, event file included, through one backend
 * and through all.
 *
 * <p>Read it as ratios between rows of one run: {@code backends=all} against {@code
 * backends=native} is what the other six cost; {@code accessesPerCall} says how often a protection
 * change of eight pages comes between.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-opens=java.base/java.nio=ALL-UNNAMED", "-Xmx512m"})
public class ReplayBenchmark {
  private static final int ACCESSES = 4_000_000;

  /** Which backends. */
  @Param({"native", "all"})
  String backends = "";

  /** How many folded accesses lie between two mprotect calls. */
  @Param({"20", "1000"})
  int accessesPerCall;

  private Path directory = Path.of("");
  private Path file = Path.of("");

  /** Writes the trace. */
  @Setup(Level.Trial)
  public void write() throws IOException {
    directory = Files.createTempDirectory("mmureplay-benchmark");
    file = GeneratedTrace.write(directory.resolve("trace.arrow"), ACCESSES, accessesPerCall);
  }

  /** Removes it. */
  @TearDown(Level.Trial)
  public void remove() throws IOException {
    Files.delete(file);
    Files.delete(directory);
  }

  /** Replays the whole file; what is counted are its accesses. */
  @Benchmark
  @OperationsPerInvocation(ACCESSES)
  public ReplayResult accesses() throws IOException {
    ReplayOptions options =
        new ReplayOptions(
            new GuestPlatform(GuestKernel.LINUX_6_1, true), Backends.named(backends), null, 16);
    return Replay.run(file, options, new NullSink(), done -> {});
  }

  private static final class NullSink implements ReplaySink {

    @Override
    public void finding(Finding finding) {
      throw new IllegalStateException(finding.message());
    }
  }
}
