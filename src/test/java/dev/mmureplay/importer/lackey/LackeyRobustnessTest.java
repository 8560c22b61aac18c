package dev.mmureplay.importer.lackey;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Guards against a damaged log that stops the import instead of costing its damaged lines. */
class LackeyRobustnessTest {
  private static final int MUTANTS = 1_500;

  @Test
  void noDamageStopsAnImport() throws IOException {
    byte[] log = LackeyLogs.real();
    byte[] calls = callsOf(log);
    for (long seed = 0; seed < MUTANTS; seed++) {
      Random random = new Random(seed);
      byte[] original = seed % 4 == 0 ? log : calls;
      byte[] mutant = mutate(original, random);
      try {
        LackeyLogs.importLog(
            mutant,
            seed % 2 == 0 ? LackeyLogs.FOLDED : LackeyLogs.UNFOLDED,
            row -> assertThat(row.count).isPositive());
        new LackeyImporter().recognises(Arrays.copyOf(mutant, Math.min(mutant.length, 16_384)));
      } catch (IOException | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  @Test
  void rubbishIsRejectedLineByLine() throws IOException {
    byte[] rubbish = new byte[100_000];
    new Random(3).nextBytes(rubbish);
    var report = LackeyLogs.importLog(rubbish, LackeyLogs.FOLDED, row -> {});
    assertThat(report.ledger().rejectedCount()).isPositive();
  }

  /** Damages a few places: other bytes, swapped stretches, lost newlines, a lost end. */
  private static byte[] mutate(byte[] original, Random random) {
    byte[] mutant = original.clone();
    int length = mutant.length;
    for (int i = 1 + random.nextInt(40); i > 0; i--) {
      int at = random.nextInt(length);
      switch (random.nextInt(5)) {
        case 0 -> mutant[at] = (byte) random.nextInt();
        case 1 -> mutant[at] = (byte) "0123456789abcdef,()[]-> \nSIL".charAt(random.nextInt(28));
        case 2 -> {
          int n = Math.min(random.nextInt(60), length - at);
          System.arraycopy(original, random.nextInt(length - n), mutant, at, n);
        }
        case 3 -> {
          while (at < length - 1 && mutant[at] != '\n') {
            at++;
          }
          mutant[at] = ' ';
        }
        default -> length = Math.max(1, length - random.nextInt(200));
      }
    }
    return Arrays.copyOf(mutant, length);
  }

  /** The log without its access lines, so that most damage hits a call. */
  private static byte[] callsOf(byte[] log) {
    return LackeyLogs.bytes(
        new String(log, StandardCharsets.UTF_8)
            .lines()
            .filter(line -> !line.matches("(I | [LSM]) [0-9a-f]+,[0-9]+"))
            .collect(Collectors.joining("\n")));
  }
}
