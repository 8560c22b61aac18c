package dev.mmureplay.importer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
 *
 * @see CoverageFuzz
 */
class ImporterFuzzTest {
  private static final double SECONDS = Double.parseDouble(System.getProperty("fuzz.seconds", "4"));
  private static final long SEED = Long.getLong("fuzz.seed", 1);
  private static final String CORPUS = System.getProperty("fuzz.corpus", "");

  private static final int MAX_POOL = 2_000;
  private static final int SECONDS_PER_INPUT = 20;

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
        bounded(
            importer, text, number, () -> ImportCheck.replayed(importer, text, number, directory));
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
    return bounded(importer, text, number, () -> ImportCheck.imported(importer, text, number));
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

  private static void record(TraceImporter importer, long inputs, int outcomes) throws IOException {
    Path directory = Files.createDirectories(Path.of("target/fuzz"));
    Files.writeString(
        directory.resolve(importer.name() + ".txt"),
        importer.name() + ": " + inputs + " inputs, " + outcomes + " outcomes\n");
  }
}
