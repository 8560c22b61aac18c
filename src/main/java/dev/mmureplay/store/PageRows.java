package dev.mmureplay.store;

import static dev.mmureplay.store.StagedTable.Column.number;
import static dev.mmureplay.store.StagedTable.Column.unsigned;

import dev.mmureplay.replay.BitState;
import dev.mmureplay.replay.PageState;
import java.sql.SQLException;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.duckdb.DuckDBConnection;

/** The rows of the table page_state. */
final class PageRows implements AutoCloseable {
  private static final int ROWS = 65_536;
  private static final String INSERT =
      "INSERT INTO page_state SELECT * REPLACE (%s AS accessed_state, %s AS dirty_state) FROM staged_page"
          .formatted(
              StagedTable.named("accessed_state", BitState.values(), BitState::id),
              StagedTable.named("dirty_state", BitState.values(), BitState::id));

  private final StagedTable table;

  PageRows(DuckDBConnection connection, BufferAllocator allocator) {
    table =
        new StagedTable(
            connection,
            allocator,
            "staged_page",
            ROWS,
            INSERT,
            List.of(
                number("replay"),
                number("address_space"),
                number("pid"),
                unsigned("address"),
                unsigned("pte"),
                number("present"),
                number("prot_none"),
                number("writable"),
                number("accessed"),
                number("dirty"),
                number("residency_known"),
                number("accessed_state"),
                number("dirty_state")));
  }

  void add(long replay, PageState page) throws SQLException {
    StagedTable t = table;
    t.set(0, replay);
    t.set(1, page.addressSpace);
    t.set(2, page.pid);
    t.set(3, page.address);
    t.set(4, page.pte);
    t.set(5, page.present);
    t.set(6, page.protNone);
    t.set(7, page.writable);
    t.set(8, page.accessed);
    t.set(9, page.dirty);
    t.set(10, page.residencyKnown);
    t.set(11, page.accessedState.ordinal());
    t.set(12, page.dirtyState.ordinal());
    t.endRow();
  }

  void flush() throws SQLException {
    table.flush();
  }

  @Override
  public void close() {
    table.close();
  }
}
