package dev.mmureplay.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.event.EventBatch;
import dev.mmureplay.event.EventReader;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.event.Ledger;
import dev.mmureplay.event.TraceInfo;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.TraceImport;
import dev.mmureplay.importer.TraceSource;
import dev.mmureplay.mmu.GuestKernel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Recordings of real programs with something taken out: no claim may contradict the whole. */
class BundledCertaintyTest {
  private static final GuestKernel KERNEL = GuestKernel.LINUX_6_1;
  private static final int TRIES = 5;

  @TempDir Path folder;

  private final List<EventRow> rows = new ArrayList<>();
  private Fidelity fidelity =
      new Fidelity(Fidelity.Accesses.EVERY, true, true, true, true, true, true, 0);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo/demo.lackey.txt.zst",
        "luajit/luajit-traces.lackey-folded.txt.zst",
        "luajit/luajit-traces.perf.txt.zst",
        "shell-forks/shell-forks.perf.txt.zst"
      })
  void eventsLost(String trace) throws IOException {
    Claims truth = load(trace);
    long known = 0;
    for (int seed = 1; seed <= TRIES; seed++) {
      BitSet dropped = Degrade.some(rows.size(), seed, new Random(seed));
      List<EventRow> kept =
          fidelity.cpus() ? Degrade.withMarks(rows, dropped) : Degrade.marked(rows, dropped);
      Claims claims = claims(kept, fidelity.withLost(seed));
      check(claims, truth, trace + " seed " + seed);
      known += claims.knownBits();
      List<EventRow> silent = Degrade.without(rows, dropped);
      check(claims(silent, fidelity.withLost(-1)), truth, trace + " seed " + seed);
    }
    assertThat(known).as("bits claimed to be known").isPositive();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo/demo.lackey.txt.zst",
        "luajit/luajit-traces.lackey-folded.txt.zst",
        "boehm-gc/boehm-gc-1t.lackey-folded.txt.zst"
      })
  void accessesThatDoNotFaultUnseen(String trace) throws IOException {
    Claims truth = load(trace);
    BitSet faultless = Degrade.faultless(folder, KERNEL, rows, fidelity);
    Claims claims =
        claims(
            Degrade.without(rows, faultless), fidelity.withAccesses(Fidelity.Accesses.FIRST_TOUCH));
    check(claims, truth, trace);
    assertThat(claims.knownBits()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo/demo.lackey.txt.zst",
        "boehm-gc/boehm-gc-1t.perf.txt.zst",
        "shell-forks/shell-forks.perf.txt.zst"
      })
  void allAccessesUnseen(String trace) throws IOException {
    Claims truth = load(trace);
    List<EventRow> calls = rows.stream().filter(row -> !row.kind.isAccess()).toList();
    check(claims(calls, fidelity.withAccesses(Fidelity.Accesses.NONE)), truth, trace);
  }

  private Claims load(String trace) throws IOException {
    Path file = folder.resolve("whole.arrow");
    try (TraceSource source = TraceSource.open(Path.of("traces", trace).toString())) {
      TraceInfo info = TraceImport.importTo(source, null, ImportOptions.DEFAULT, false, file);
      fidelity = info.fidelity();
    }
    try (EventReader reader = EventReader.open(file)) {
      while (reader.nextBatch()) {
        EventBatch batch = reader.batch();
        for (int row = 0; row < batch.rows(); row++) {
          rows.add(new EventRow().set(batch, row));
        }
      }
    }
    return Claims.of(file, KERNEL);
  }

  private Claims claims(List<EventRow> kept, Fidelity shown) throws IOException {
    return Claims.of(folder, kept, shown, new Ledger(), KERNEL);
  }

  private static void check(Claims claims, Claims truth, String which) {
    assertThat(claims.contradictions(truth)).as(which).isEmpty();
  }
}
