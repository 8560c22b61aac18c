package dev.mmureplay.importer;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.Ledger;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Guards against an input that makes an importer throw anything but an {@link IOException}, hang,
 * use memory out of proportion, or lose a line. The seeds are the logs of all importers; a mutant
 * that leads to a combination of rules, reasons and kinds of events not seen before is kept and
 * mutated further. A failing input is written to {@code target/fuzz}.
 *
 * <pre>
 * mvn -Dquick -Dtest=ImporterFuzzTest -Dfuzz.seconds=600 -Dfuzz.seed=7 test
 * </pre>
 */
class ImporterFuzzTest {
  private static final double SECONDS = Double.parseDouble(System.getProperty("fuzz.seconds", "4"));
  private static final long SEED = Long.getLong("fuzz.seed", 1);

  private static final int MAX_POOL = 2_000;
  private static final int SECONDS_PER_INPUT = 20;

  /** An importer's tables, and what a text of {@link Mutator#MAX_BYTES} can be made of. */
  private static final long MAX_ALLOCATED = 128L << 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final ExecutorService WORKER =
      Executors.newCachedThreadPool(ImporterFuzzTest::daemon);

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "fuzz");
    thread.setDaemon(true); // One that hangs is not to keep the tests from ending.
    return thread;
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
    List<byte[]> pool = seeds(importer);
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
      if (seen.add(outcome(importer, text, inputs)) && pool.size() < MAX_POOL) {
        pool.add(text);
      }
    }
    assertThat(inputs).isPositive();
    record(importer, inputs, seen.size());
  }

  /** Returns the importer's own logs first and most, then those of the others. */
  private static List<byte[]> seeds(TraceImporter importer) throws IOException {
    List<byte[]> own = new ArrayList<>();
    List<byte[]> others = new ArrayList<>();
    for (String directory : EventCsv.names("")) {
      if (!directory.contains(".")) {
        for (String name : EventCsv.names(directory)) {
          if (name.matches(".*\\.(log|bin|zst)")) {
            byte[] log = unpacked(EventCsv.resource(directory + "/" + name));
            byte[] head = Arrays.copyOf(log, Math.min(log.length, Importers.HEAD_BYTES));
            boolean mine = importer.recognises(head) || directory.equals(importer.name());
            (mine ? own : others).add(log);
          }
        }
      }
    }
    List<byte[]> seeds = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      seeds.addAll(own);
    }
    seeds.addAll(others);
    return seeds;
  }

  private static byte[] unpacked(byte[] stored) throws IOException {
    try (TraceSource source = TraceSource.of("seed", stored)) {
      return source.stream().readNBytes(Mutator.MAX_BYTES);
    }
  }

  /** Imports a text and returns what became of it, without numbers. */
  private static String outcome(TraceImporter importer, byte[] text, long number) throws Exception {
    Future<String> work = WORKER.submit(() -> imported(importer, text, number));
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
    Path directory = Files.createDirectories(Path.of("target/fuzz"));
    Path file = directory.resolve(importer.name() + "-" + SEED + "-" + number + ".log");
    Files.write(file, text);
    return new AssertionError(file + ": " + what, cause);
  }

  private static String imported(TraceImporter importer, byte[] text, long number)
      throws IOException {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    Set<EventKind> kinds = EnumSet.noneOf(EventKind.class);
    ImportReport report;
    try (TraceSource source = TraceSource.of("fuzz", text)) {
      importer.recognises(source.head(Importers.HEAD_BYTES));
      report =
          importer.importTrace(
              source,
              DeclaredOptions.of(number % 2 == 0, number % 4 < 2),
              row -> {
                check(row);
                kinds.add(row.kind);
              });
    } catch (IOException e) {
      return "import error"; // A mutant that looks packed cannot be unpacked.
    }
    Ledger ledger = report.ledger();
    ledger.check("fuzz");
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    if (allocated > MAX_ALLOCATED) {
      throw new IllegalStateException(text.length + " bytes of text took " + allocated + " bytes");
    }
    return kinds
        + " "
        + ledger.ignoredByRule().keySet()
        + " "
        + ledger.rejectedByReason().keySet()
        + " "
        + report.fidelity().fromStart();
  }

  private static void check(EventRow row) {
    if (row.count < (row.kind == EventKind.LOST ? 0 : 1) || row.line < 1) {
      throw new IllegalStateException(row.kind + " with count " + row.count + ", line " + row.line);
    }
  }

  private static void record(TraceImporter importer, long inputs, int outcomes) throws IOException {
    Path directory = Files.createDirectories(Path.of("target/fuzz"));
    Files.writeString(
        directory.resolve(importer.name() + ".txt"),
        importer.name() + ": " + inputs + " inputs, " + outcomes + " outcomes\n");
  }
}
