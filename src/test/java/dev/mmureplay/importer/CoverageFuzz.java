package dev.mmureplay.importer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What <a href="https://github.com/CodeIntelligenceTesting/jazzer">Jazzer</a> calls, which mutates
 * inputs guided by the branches that they reach. An input's first byte picks importer and options;
 * the rest is the trace. Inputs that reach something new stay in {@code target/fuzz/corpus}, and go
 * through a replay at the end. One that fails is written to {@code target/fuzz}.
 *
 * <pre>
 * mvn -B -Pfuzz -Dquick -DskipTests -Dfuzz.seconds=600 verify
 * </pre>
 */
public final class CoverageFuzz {
  /** Bytes of the largest input; what is longer is read more slowly, and reaches nothing more. */
  static final int MAX_BYTES = 4_096;

  private static final List<TraceImporter> IMPORTERS = Importers.all();
  private static final int FIRST_BYTES = 256;

  private CoverageFuzz() {}

  /** Takes an input; throws if an importer does what it must not do. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    if (input.length > 0) {
      ImportCheck.imported(importer(input), text(input), options(input));
    }
  }

  private static TraceImporter importer(byte[] input) {
    return IMPORTERS.get((input[0] & 0xff) % IMPORTERS.size());
  }

  private static long options(byte[] input) {
    return (input[0] & 0xff) / IMPORTERS.size();
  }

  private static byte[] text(byte[] input) {
    return Arrays.copyOfRange(input, 1, input.length);
  }

  /** Returns the logs of all importers as inputs, for each of the options. */
  static List<byte[]> seeds() throws IOException {
    FuzzSeeds logs = new FuzzSeeds("");
    List<byte[]> seeds = new ArrayList<>();
    for (int i = 0; i < IMPORTERS.size(); i++) {
      for (byte[] log : logs.own(IMPORTERS.get(i))) {
        for (int first = i; first < Math.min(4 * IMPORTERS.size(), FIRST_BYTES); ) {
          byte[] seed = new byte[Math.min(MAX_BYTES, log.length + 1)];
          seed[0] = (byte) first;
          System.arraycopy(log, 0, seed, 1, seed.length - 1);
          seeds.add(seed);
          first += IMPORTERS.size();
        }
      }
    }
    return seeds;
  }

  /**
   * Writes the seeds into a directory, or takes what is in it through a replay.
   *
   * @param args {@code seeds} or {@code replay}, and the directory
   */
  public static void main(String[] args) throws IOException {
    Path directory = Files.createDirectories(Path.of(args[1]));
    if (args[0].equals("seeds")) {
      int number = 0;
      for (byte[] seed : seeds()) {
        Files.write(directory.resolve("seed-" + number++), seed);
      }
    } else {
      replay(directory);
    }
  }

  private static void replay(Path directory) throws IOException {
    Path temporary = Files.createTempDirectory("fuzz");
    int inputs = 0;
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.sorted().toList()) {
        byte[] input = Files.readAllBytes(file);
        if (input.length > 0) {
          try {
            ImportCheck.replayed(importer(input), text(input), options(input), temporary);
          } catch (IllegalStateException e) {
            throw new IllegalStateException(file + ": " + e.getMessage(), e);
          }
          inputs++;
        }
      }
    }
    System.out.println(inputs + " inputs replayed");
  }
}
