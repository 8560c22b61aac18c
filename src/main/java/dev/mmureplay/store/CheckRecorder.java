package dev.mmureplay.store;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.store.StagedTable.Column.number;
import static dev.mmureplay.store.StagedTable.Column.numberOrNull;
import static dev.mmureplay.store.StagedTable.Column.text;
import static dev.mmureplay.store.StagedTable.Column.unsignedOrNull;

import dev.mmureplay.replay.CallFacts;
import dev.mmureplay.replay.verify.CallCheck;
import dev.mmureplay.replay.verify.CheckSink;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.duckdb.DuckDBConnection;

/** Records what was compared with observations, within the transaction of its replay. */
final class CheckRecorder implements CheckSink {
  private static final String INSERT =
      "INSERT INTO observation_check SELECT replay, seq, line, kind, call, pid, address, attribute,"
          + " nullif(observed, ''), nullif(modelled, ''), agrees, nullif(explanation, '')"
          + " FROM staged_check";

  private static final int ROWS = 65_536;

  private final Path file;
  private final long replay;
  private final StagedTable table;

  CheckRecorder(Path file, DuckDBConnection connection, BufferAllocator allocator, long replay) {
    this.file = file;
    this.replay = replay;
    table =
        new StagedTable(
            connection,
            allocator,
            "staged_check",
            ROWS,
            INSERT,
            List.of(
                number("replay"),
                number("seq"),
                numberOrNull("line"),
                text("kind"),
                numberOrNull("call"),
                numberOrNull("pid"),
                unsignedOrNull("address"),
                text("attribute"),
                text("observed"),
                text("modelled"),
                numberOrNull("agrees"),
                text("explanation")));
  }

  @Override
  public void check(CallCheck check) throws StoreException {
    try {
      String reason = check.reason();
      if (reason != null) {
        row(check.call(), check.call().line, -1, "call", "call", "", "", UNKNOWN, reason);
        return;
      }
      String seeds = check.seeds();
      for (CallCheck.Attribute each : check.attributes()) {
        row(
            check.call(),
            each.line(),
            each.address(),
            each.kind(),
            each.name(),
            each.found(),
            each.expected(),
            each.agrees() ? 1 : 0,
            seeds);
      }
    } catch (SQLException e) {
      throw Store.failure(file, e);
    }
  }

  private void row(
      CallFacts call,
      long line,
      long address,
      String kind,
      String attribute,
      String observed,
      String modelled,
      long agrees,
      String explanation)
      throws SQLException {
    table.set(0, replay);
    table.set(1, call.seq);
    table.set(2, line);
    table.set(3, kind);
    table.set(4, call.call);
    table.set(5, call.pid);
    table.set(6, address == -1 ? UNKNOWN : address);
    table.set(7, attribute);
    table.set(8, observed);
    table.set(9, modelled);
    table.set(10, agrees);
    table.set(11, explanation);
    table.endRow();
  }

  void flush() throws SQLException {
    table.flush();
  }

  void close() {
    table.close();
  }
}
