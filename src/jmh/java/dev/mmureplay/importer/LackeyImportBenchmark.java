package dev.mmureplay.importer;

import dev.mmureplay.event.EventSink;
import dev.mmureplay.importer.lackey.LackeyImporter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Lines of a lackey log imported per second, on one core and without decompression or an event
 * file.
 *
 * <p>The log is like a real one: 81 % fetches that run through functions, 10 % loads, 9 % stores,
 * most of them near the last one, and a call about memory every 4500 lines.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class LackeyImportBenchmark {
  private static final int LINES = 1_000_000;
  private static final int LINES_PER_CALL = 4_500;

  @Param({"true", "false"})
  boolean fold;

  private byte[] log = {};
  private ImportOptions options = ImportOptions.DEFAULT;

  /** Writes the log. */
  @Setup
  public void write() {
    options = new ImportOptions(fold);
    Random random = new Random(42);
    StringBuilder text = new StringBuilder(16 * LINES);
    long code = 0x0401ab70L;
    long data = 0x1fff000d28L;
    for (int line = 0; line < LINES; line++) {
      if (line % LINES_PER_CALL == 0) {
        text.append(
            "SYSCALL[7,1](10) sys_mprotect ( 0x4a2c000, 16384, 1 )[sync] --> Success(0x0) \n");
        continue;
      }
      int percent = random.nextInt(100);
      if (percent < 81) {
        int size = 1 + random.nextInt(8);
        access(text, "I  ", code, size);
        code = random.nextInt(20) == 0 ? 0x04000000L + random.nextInt(1 << 19) : code + size;
      } else {
        access(text, percent < 91 ? " L " : " S ", data, 8);
        data =
            random.nextInt(4) == 0
                ? 0x1fff000000L + random.nextInt(1 << 16)
                : 0x04a00000L + random.nextInt(1 << 18);
      }
    }
    log = text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static void access(StringBuilder text, String kind, long address, int size) {
    text.append(kind).append(String.format("%08x", address)).append(',').append(size).append('\n');
  }

  /** Imports the log; what is counted are its lines. */
  @Benchmark
  @OperationsPerInvocation(LINES)
  public ImportReport lines(Blackhole blackhole) throws IOException {
    EventSink sink = row -> blackhole.consume(row.address);
    try (TraceSource source = TraceSource.of("generated", log)) {
      return new LackeyImporter().importTrace(source, options, sink);
    }
  }
}
