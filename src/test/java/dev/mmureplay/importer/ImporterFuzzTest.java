package dev.mmureplay.importer;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.Ledger;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Guards against an input that makes an importer throw anything but an {@link IOException} that
 * names the input, hang, use memory or time out of proportion, lose a line, or make an event that
 * no replay survives. The seeds are the logs of all importers, and the files of the directory
 * {@code fuzz.corpus}. A mutant that leads to a combination of rules, reasons and kinds of events
 * not seen before is kept, mutated further, and goes through an event file into a replay. A failing
 * input is written to {@code target/fuzz}.
 *
 * <pre>
 * mvn -Dquick -Dtest=ImporterFuzzTest -Dfuzz.seconds=600 -Dfuzz.seed=7 -Dfuzz.corpus=DIR test
 * </pre>
 */
class ImporterFuzzTest {
  private static final double SECONDS = Double.parseDouble(System.getProperty("fuzz.seconds", "4"));
  private static final long SEED = Long.getLong("fuzz.seed", 1);
  private static final String CORPUS = System.getProperty("fuzz.corpus", "");

  private static final int MAX_POOL = 2_000;
  private static final int SECONDS_PER_INPUT = 20;

  /** CPU time of one import of {@link Mutator#MAX_BYTES}: a hundred times what it takes. */
  private static final long MAX_CPU_NANOS = 2_000_000_000;

  /** An importer's tables, and what a text of {@link Mutator#MAX_BYTES} can be made of. */
  private static final long MAX_ALLOCATED = 128L << 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final ExecutorService WORKER =
      Executors.newCachedThreadPool(ImporterFuzzTest::daemon);

  private static FuzzSeeds logs;

  @TempDir private Path directory;

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "fuzz");
    thread.setDaemon(true); // One that hangs is not to keep the tests from ending.
    return thread;
  }

  @BeforeAll
  static void readLogs() throws IOException {
    logs = new FuzzSeeds(CORPUS);
  }

  @AfterAll
  static void stop() {
    WORKER.shutdownNow();
  }

  static List<TraceImporter> importers() {
    return Importers.all();
  }

  @ParameterizedTest
  @MethodSource("importers")
  void noInputMakesItFail(TraceImporter importer) throws Exception {
    List<byte[]> pool = new ArrayList<>();
    List<byte[]> own = logs.own(importer);
    assertThat(own).as("its own logs").isNotEmpty();
    for (int i = 0; i < 3; i++) {
      pool.addAll(own);
    }
    pool.addAll(logs.others(importer));
    int seeds = pool.size();
    Random random = new Random(SEED);
    Mutator mutator = new Mutator(random);
    Set<String> seen = new HashSet<>();
    for (byte[] seed : pool) {
      seen.add(outcome(importer, seed, 0));
    }
    long end = System.nanoTime() + (long) (SECONDS * 1e9 / importers().size());
    long inputs = 0;
    while (System.nanoTime() < end) {
      byte[] text =
          mutator.mutate(pool.get(random.nextInt(pool.size())), pool.get(random.nextInt(seeds)));
      inputs++;
      if (seen.add(outcome(importer, text, inputs))) {
        long number = inputs;
        bounded(importer, text, number, () -> replay(importer, text, number));
        if (pool.size() < MAX_POOL) {
          pool.add(text);
        }
      }
    }
    assertThat(inputs).isPositive();
    record(importer, inputs, seen.size());
  }

  /** Imports a text and returns what became of it, without numbers. */
  private static String outcome(TraceImporter importer, byte[] text, long number) throws Exception {
    return bounded(importer, text, number, () -> imported(importer, text, number));
  }

  private static <T> T bounded(TraceImporter importer, byte[] text, long number, Callable<T> task)
      throws Exception {
    Future<T> work = WORKER.submit(task);
    try {
      return work.get(SECONDS_PER_INPUT, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw failure(importer, text, number, "it takes more than " + SECONDS_PER_INPUT + " s", e);
    } catch (ExecutionException e) {
      throw failure(importer, text, number, String.valueOf(e.getCause()), e);
    }
  }

  private static AssertionError failure(
      TraceImporter importer, byte[] text, long number, String what, Exception cause)
      throws IOException {
    Path failed = Files.createDirectories(Path.of("target/fuzz"));
    Path file = failed.resolve(importer.name() + "-" + SEED + "-" + number + ".log");
    Files.write(file, text);
    return new AssertionError(file + ": " + what, cause);
  }

  private static ImportOptions options(long number) {
    return DeclaredOptions.of(number % 2 == 0, number % 4 < 2);
  }

  private static String imported(TraceImporter importer, byte[] text, long number)
      throws IOException {
    long allocatedBefore = THREADS.getCurrentThreadAllocatedBytes();
    long cpuBefore = THREADS.getCurrentThreadCpuTime();
    Set<EventKind> kinds = EnumSet.noneOf(EventKind.class);
    long[] last = new long[2]; // line, marker
    ImportReport report;
    try (TraceSource source = TraceSource.of("fuzz", text)) {
      importer.recognises(source.head(Importers.HEAD_BYTES));
      report =
          importer.importTrace(
              source,
              options(number),
              row -> {
                check(importer, row);
                kinds.add(row.kind);
                last[0] = Math.max(last[0], row.line);
                if (row.kind == EventKind.MARKER) {
                  last[1] = Math.max(last[1], row.result + 1);
                }
              });
    } catch (IOException e) {
      require(String.valueOf(e.getMessage()).startsWith("fuzz:"), "a nameless error: " + e);
      return "import error"; // It looks packed and cannot be unpacked, or is no table.
    }
    Ledger ledger = report.ledger();
    ledger.check("fuzz");
    // What is lost may be the rejected lines themselves.
    boolean only = EnumSet.of(EventKind.LOST).containsAll(kinds);
    // A line torn into several records is rejected as a whole if one of them is.
    require(only || ledger.parsedCount() + ledger.rejectedCount() > 0, kinds + " of no line");
    require(
        isText(importer) || last[0] <= ledger.lines(), "line " + last[0] + " of " + ledger.lines());
    require(last[1] <= report.markers().size(), "marker " + last[1]);
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - allocatedBefore;
    require(allocated <= MAX_ALLOCATED, text.length + " bytes of text took " + allocated);
    long cpu = THREADS.getCurrentThreadCpuTime() - cpuBefore;
    require(cpu <= MAX_CPU_NANOS, text.length + " bytes of text took " + cpu + " ns");
    return kinds
        + " "
        + ledger.ignoredByRule().keySet()
        + " "
        + ledger.rejectedByReason().keySet()
        + " "
        + report.fidelity().fromStart();
  }

  private static void check(TraceImporter importer, EventRow row) {
    require(
        row.count >= (row.kind == EventKind.LOST ? 0 : 1) && row.line >= 1,
        row.kind + " with count " + row.count + ", line " + row.line);
    require(
        !row.kind.isAccess() || row.address != EventSchema.UNKNOWN || isText(importer),
        row.kind + " without address");
  }

  /** Text of events says whose lines it stands for, and whatever else its author wants. */
  private static boolean isText(TraceImporter importer) {
    return importer.name().equals("event-text");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }

  /** Takes the way of a user: into an event file, and into a replay of that. */
  private Void replay(TraceImporter importer, byte[] text, long number) throws IOException {
    Path events = directory.resolve("fuzz.arrow");
    try (TraceSource source = TraceSource.of("fuzz", text)) {
      TraceImport.importTo(source, importer.name(), options(number), false, events);
    } catch (IOException e) {
      require(String.valueOf(e.getMessage()).startsWith("fuzz:"), "a nameless error: " + e);
      return null;
    }
    FuzzReplay.run(events);
    return null;
  }

  private static void record(TraceImporter importer, long inputs, int outcomes) throws IOException {
    Path directory = Files.createDirectories(Path.of("target/fuzz"));
    Files.writeString(
        directory.resolve(importer.name() + ".txt"),
        importer.name() + ": " + inputs + " inputs, " + outcomes + " outcomes\n");
  }
}
