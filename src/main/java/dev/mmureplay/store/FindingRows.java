package dev.mmureplay.store;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;
import static dev.mmureplay.store.StagedTable.Column.number;
import static dev.mmureplay.store.StagedTable.Column.numberOrNull;
import static dev.mmureplay.store.StagedTable.Column.text;
import static dev.mmureplay.store.StagedTable.Column.unsignedOrNull;

import dev.mmureplay.replay.Finding;
import dev.mmureplay.replay.ReplayResult;
import dev.mmureplay.replay.race.Interleaving;
import dev.mmureplay.replay.race.RaceEvidence;
import dev.mmureplay.replay.race.RaceTotals;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import org.apache.arrow.memory.BufferAllocator;
import org.duckdb.DuckDBConnection;

/** Stores breaches of invariants, and what races came to. */
final class FindingRows implements AutoCloseable {
  private static final int ROWS = 4_096;

  /** Text that nobody knows is staged as empty. */
  private static final String INSERT =
      "INSERT INTO finding SELECT * REPLACE (nullif(access_kind, '') AS access_kind,"
          + " nullif(evidence, '') AS evidence) FROM staged_finding";

  private final StagedTable table;

  FindingRows(DuckDBConnection connection, BufferAllocator allocator) {
    table =
        new StagedTable(
            connection,
            allocator,
            "staged_finding",
            ROWS,
            INSERT,
            List.of(
                number("replay"),
                numberOrNull("run"),
                text("backend"),
                text("invariant"),
                numberOrNull("pid"),
                unsignedOrNull("address"),
                numberOrNull("seq"),
                text("message"),
                numberOrNull("call"),
                numberOrNull("call_line"),
                numberOrNull("access_seq"),
                numberOrNull("access_line"),
                numberOrNull("access_tid"),
                text("access_kind"),
                numberOrNull("window_operations"),
                text("evidence")));
  }

  /**
   * Adds a finding.
   *
   * @param run the run, or {@link dev.mmureplay.event.EventSchema#UNKNOWN}
   */
  void add(long replay, long run, Finding finding) throws SQLException {
    StagedTable t = table;
    t.set(0, replay);
    t.set(1, run);
    t.set(2, finding.backend());
    t.set(3, finding.invariant());
    t.set(4, finding.pid() < 0 ? UNKNOWN : finding.pid());
    t.set(5, finding.address() == 0 ? UNKNOWN : finding.address());
    Finding.Place place = finding.place();
    t.set(6, place.seq() < 0 ? UNKNOWN : place.seq());
    t.set(7, finding.message());
    RaceEvidence race = finding.race();
    t.set(8, place.call() < 0 ? UNKNOWN : place.call());
    t.set(9, place.line());
    t.set(10, race == null ? UNKNOWN : race.accessSeq());
    t.set(11, race == null ? UNKNOWN : race.accessLine());
    t.set(12, race == null || race.accessTid() == UNKNOWN_INT ? UNKNOWN : race.accessTid());
    t.set(13, race == null ? "" : race.accessKind());
    t.set(14, race == null ? UNKNOWN : race.windowOperations());
    t.set(15, race == null ? "" : race.grade().name().toLowerCase(Locale.ROOT));
    t.endRow();
  }

  void flush() throws SQLException {
    table.flush();
  }

  /** Adds what races came to, for the runs from the given one on. */
  static void addRaces(DuckDBConnection connection, long firstRun, ReplayResult result)
      throws SQLException {
    Interleaving how = result.interleaving();
    boolean random = how.mode() == Interleaving.Mode.RANDOM;
    try (Rows rows = new Rows(connection, "race")) {
      long run = firstRun;
      for (RaceTotals race : result.races()) {
        rows.add(
            run++,
            how.id(),
            random ? how.seed() : null,
            how.racing().assumes() ? how.racing().toString() : null,
            how.lateDirty(),
            race.windows(),
            race.longestWindow(),
            race.candidates(),
            race.assumed(),
            race.schedules(),
            race.losingSchedules(),
            race.races(),
            race.accessedLost(),
            race.dirtyLost(),
            race.invented(),
            race.transientFaults(),
            race.staleUses(),
            race.compareExchangeRetries(),
            race.exchangeRetries(),
            how.aging(),
            race.assumedLost());
      }
    }
  }

  @Override
  public void close() {
    table.close();
  }
}
