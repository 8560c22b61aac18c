package dev.mmureplay.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.event.EventReader;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.event.Ledger;
import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.store.RunRecorder;
import dev.mmureplay.store.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hazard: a verdict that gets stronger because the capture shows less. */
class VerdictPropertyTest {
  private static final int SEEDS = 4;
  private static final Fidelity COMPLETE =
      new Fidelity(Fidelity.Accesses.EVERY, true, true, true, true, true, true, 0);

  @TempDir Path folder;

  @Test
  void whatIsMissingOnlyMakesTheVerdictWeaker() throws IOException, SQLException {
    try (Store store = Store.open(folder.resolve("r.duckdb"))) {
      for (int seed = 1; seed <= SEEDS; seed++) {
        List<EventRow> rows = RandomTrace.plain(seed, 90);
        assertThat(verdicts(store, rows, COMPLETE)).containsOnly("none");

        BitSet dropped = Degrade.some(rows.size(), 2, new Random(seed));
        List<EventRow> marked = Degrade.withMarks(rows, dropped);
        List<EventRow> silent = Degrade.without(rows, dropped);
        Fidelity faults = COMPLETE.withAccesses(Fidelity.Accesses.FIRST_TOUCH);
        List<EventRow> faulting =
            Degrade.without(rows, Degrade.faultless(folder, GuestKernel.LINUX_6_1, rows, COMPLETE));
        List<EventRow> calls = rows.stream().filter(row -> !row.kind.isAccess()).toList();
        assertThat(verdicts(store, marked, COMPLETE.withLost(2))).allMatch(this::isWeak);
        assertThat(verdicts(store, silent, COMPLETE.withLost(-1))).allMatch(this::isWeak);
        List<String> blind = new ArrayList<>();
        blind.addAll(verdicts(store, rows, COMPLETE.withKernelAccesses(false)));
        blind.addAll(verdicts(store, rows, COMPLETE.withFromStart(false)));
        blind.addAll(verdicts(store, faulting, faults));
        blind.addAll(verdicts(store, calls, COMPLETE.withAccesses(Fidelity.Accesses.NONE)));
        // Here and there everything is known all the same.
        assertThat(blind).allMatch(verdict -> isWeak(verdict) || verdict.equals("none"));
        assertThat(blind).anyMatch(this::isWeak);
      }
    }
  }

  @Test
  void threadsThatRanOneAtATimeMayHaveRacedUnseen() throws IOException, SQLException {
    Events events = new Events().map(1, 0, 1, 3).spawn(1, 2, 0x10100).write(1, 0);
    Path file = events.protect(1, 0, 1, 1, 0).writeTo(folder.resolve("threads.arrow"));
    try (Store store = Store.open(folder.resolve("concurrent.duckdb"))) {
      assertThat(verdicts(store, file)).containsOnly("none");
    }
    try (Store store = Store.open(folder.resolve("serialised.duckdb"))) {
      events.serialised().writeTo(file);
      assertThat(verdicts(store, file))
          .containsOnly(
              "none seen; 0 % of pages undecidable, 100 % of calls not known, 100 % of calls may have raced"
                  + " unseen");
    }
  }

  private boolean isWeak(String verdict) {
    return verdict.startsWith("none seen; ");
  }

  private List<String> verdicts(Store store, List<EventRow> rows, Fidelity fidelity)
      throws IOException, SQLException {
    return verdicts(store, Claims.write(folder, rows, fidelity, new Ledger()));
  }

  private static List<String> verdicts(Store store, Path file) throws IOException, SQLException {
    ReplayOptions options =
        new ReplayOptions(
            new GuestPlatform(GuestKernel.LINUX_6_1, true),
            Backends.named("native,multicall"),
            null,
            16);
    long replay;
    try (EventReader reader = EventReader.open(file);
        RunRecorder recorder = store.record(reader.info(), options)) {
      replay = recorder.commit(Replay.run(file, options, recorder, done -> {}));
    }
    List<String> verdicts = new ArrayList<>();
    try (PreparedStatement select =
        store.connection().prepareStatement("SELECT bits_lost FROM verdict WHERE replay = ?")) {
      select.setLong(1, replay);
      try (ResultSet result = select.executeQuery()) {
        while (result.next()) {
          verdicts.add(result.getString(1));
        }
      }
    }
    return verdicts;
  }
}
