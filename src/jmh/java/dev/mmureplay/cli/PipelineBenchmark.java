package dev.mmureplay.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
 * The whole of {@code mmureplay run} on a large generated lackey log: import, replay under every
 * backend, store, price and report.
 *
 * <p>{@code peakHeapKiB} is the largest heap that was left after a garbage collection. With the log
 * ten times as long and the same pages touched, it must stay within a tenth.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = PipelineBenchmark.ITERATIONS)
@Fork(
    value = 1,
    jvmArgsAppend = {
      "--add-opens=java.base/java.nio=ALL-UNNAMED",
      "-Xmx256m",
      "-Xmn32m",
      "-XX:+UseSerialGC"
    })
public class PipelineBenchmark {
  static final int ITERATIONS = 3;

  private static final int LINES_PER_CALL = 450;

  /** Lines of the log. */
  @Param({"2000000", "20000000"})
  int lines;

  private Path directory = Path.of("");
  private Path log = Path.of("");
  private int runs;

  /** The heap figure, reported beside the time. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Heap {
    /** KiB live at the fullest moment, divided by the number of iterations. */
    public long peakHeapKiB;
  }

  /** Writes the log. */
  @Setup(Level.Trial)
  public void write() throws IOException {
    directory = Files.createTempDirectory("mmureplay-benchmark");
    log = directory.resolve("lackey.log");
    Random random = new Random(42);
    try (Writer out = Files.newBufferedWriter(log, StandardCharsets.US_ASCII)) {
      out.write("==7== Lackey, an example Valgrind tool\n==7== Command: ./generated\n");
      out.write(
          "SYSCALL[7,1](9) sys_mmap ( 0x4a00000, 16777216, 3, 34, 4294967295, 0 ) --> [pre-success] Success(0x4a00000) \n");
      boolean open = true;
      long start = 0;
      for (int line = 0; line < lines; line++) {
        int kind = random.nextInt(10);
        if (line % LINES_PER_CALL == 0) {
          start = open ? 0x4a00000L + random.nextInt(4088) * 4096L : start;
          out.write(
              "SYSCALL[7,1](10) sys_mprotect ( 0x"
                  + Long.toHexString(start)
                  + ", 32768, "
                  + (open ? 1 : 3)
                  + " )[sync] --> Success(0x0) \n");
          open = !open;
        } else if (kind < 8) {
          out.write("I  0" + Long.toHexString(0x401a000L + random.nextInt(1 << 19)) + ",4\n");
        } else {
          out.write(
              (kind == 8 ? " L 0" : " S 0")
                  + Long.toHexString(0x4a00000L + random.nextInt(1 << 24))
                  + ",1\n");
        }
      }
    }
  }

  /** Removes everything. */
  @TearDown(Level.Trial)
  public void remove() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Runs the program once, as the command line does. */
  @Benchmark
  public int run() {
    String results = directory.resolve("results" + runs++).toString();
    StringWriter err = new StringWriter();
    int code =
        Main.run(
            new String[] {"run", "--quiet", log.toString(), "-o", results},
            new PrintWriter(Writer.nullWriter()),
            new PrintWriter(err));
    if (code != 0) {
      throw new IllegalStateException(err.toString());
    }
    return code;
  }

  /** The same while the live heap is measured; its time says nothing. */
  @Benchmark
  public int heap(Heap heap) {
    try (PeakLiveHeap peak = PeakLiveHeap.watch()) {
      int code = run();
      heap.peakHeapKiB = peak.bytes() / 1024 / ITERATIONS;
      return code;
    }
  }
}
