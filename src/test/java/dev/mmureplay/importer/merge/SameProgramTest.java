package dev.mmureplay.importer.merge;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.Importers;
import dev.mmureplay.importer.TraceSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Hazard: an importer loses, invents or misreads an mprotect call. Programs were recorded by
 * several tools, in a run for each; what the calls of two runs do not have in common is explained
 * here.
 */
final class SameProgramTest {
  private static final Path TRACES = Path.of("traces");

  /** mprotect calls with their process, length, protection and result, in their order. */
  private static List<EventRow> calls(String file) throws IOException {
    List<EventRow> calls = new ArrayList<>();
    try (TraceSource source = TraceSource.open(TRACES.resolve(file).toString())) {
      Importers.recognise(source)
          .importTrace(
              source,
              ImportOptions.DEFAULT,
              row -> {
                if (row.kind == EventKind.MPROTECT || row.kind == EventKind.PKEY_MPROTECT) {
                  calls.add(new EventRow().set(row));
                }
              });
    }
    return calls;
  }

  private static List<CallKey> keys(List<EventRow> calls) {
    return calls.stream()
        .map(row -> new CallKey(0, row.kind, row.length, row.protection, row.result))
        .toList();
  }

  /**
   * perf and strace were started by way of env, whose loader makes three calls; Valgrind's library
   * in the program makes one. A collector that works against the clock (boehm-gc) draws the border
   * between ranges two pages elsewhere, a compiler that allocates its code at random places
   * (luajit) opens and closes it once more or less, one with threads (node) and threads that fault
   * at the same time (demo; its second part is behind an execve, which lackey does not follow) have
   * no order of their own.
   */
  @ParameterizedTest
  @CsvSource({
    "boehm-gc/boehm-gc-1t.perf, boehm-gc/boehm-gc-1t.strace, 4, 4",
    "boehm-gc/boehm-gc-1t.perf, boehm-gc/boehm-gc-1t.lackey-folded, 86, 83",
    "luajit/luajit-traces.perf, luajit/luajit-traces.strace, 2, 0",
    "luajit/luajit-traces.perf, luajit/luajit-traces.lackey-folded, 4, 0",
    "luajit/luajit-traces.perf, adsnap/luajit-traces.adsnap, 0, 2",
    "demo/demo.perf, demo/demo.lackey, 476, 0",
    "node-jit/node-jit.perf, node-jit/node-jit.strace, 25, 16",
  })
  void twoToolsDifferInNoMoreCallsThanTwoRunsDo(
      String first, String second, int onlyFirst, int onlySecond) throws IOException {
    List<EventRow> one = calls(first + ".txt.zst");
    List<EventRow> two = calls(second + ".txt.zst");

    Alignment alignment = requireNonNull(Alignment.of(keys(one), keys(two)));

    assertThat(one.size() - alignment.matched()).isEqualTo(onlyFirst);
    assertThat(two.size() - alignment.matched()).isEqualTo(onlySecond);
  }

  /** Which ranges the collector protects together differs, what it protects in all does not. */
  @Test
  void theCollectorProtectsAsManyBytesUnderEitherTool() throws IOException {
    assertThat(bytes(calls("boehm-gc/boehm-gc-1t.strace.txt.zst")))
        .isEqualTo(bytes(calls("boehm-gc/boehm-gc-1t.perf.txt.zst")));
  }

  private static Map<Integer, Long> bytes(List<EventRow> calls) {
    Map<Integer, Long> bytes = new TreeMap<>();
    calls.forEach(row -> bytes.merge(row.protection, row.length, Long::sum));
    return bytes;
  }

  /** Processes run beside each other; each for itself makes the same calls. */
  @Test
  void everyProcessOfAShellScriptMakesTheSameCallsUnderEitherTool() throws IOException {
    List<List<CallKey>> perf = byProcess(calls("shell-forks/shell-forks.perf.txt.zst"));
    List<List<CallKey>> strace = byProcess(calls("shell-forks/shell-forks.strace.txt.zst"));

    assertThat(perf).hasSize(121).containsExactlyInAnyOrderElementsOf(strace);
  }

  private static List<List<CallKey>> byProcess(List<EventRow> calls) {
    Map<Integer, List<EventRow>> processes = new LinkedHashMap<>();
    calls.forEach(row -> processes.computeIfAbsent(row.pid, pid -> new ArrayList<>()).add(row));
    return processes.values().stream().map(SameProgramTest::keys).toList();
  }

  /** Between two runs, mappings move as a whole: there are few distances for many calls. */
  @Test
  void callsOfADeterministicProgramAreEqualButForWhereItsMappingsLie() throws IOException {
    List<EventRow> adsnap = calls("adsnap/sbcl-gencgc.adsnap.txt.zst");
    List<EventRow> strace = calls("adsnap/sbcl-gencgc.strace.txt.zst");

    assertThat(keys(adsnap)).hasSize(81).isEqualTo(keys(strace));
    Set<Long> distances = new HashSet<>();
    for (int i = 0; i < adsnap.size(); i++) {
      distances.add(adsnap.get(i).address - strace.get(i).address);
    }
    assertThat(distances).hasSize(6);
  }
}
