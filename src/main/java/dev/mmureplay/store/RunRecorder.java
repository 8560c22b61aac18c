package dev.mmureplay.store;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;
import static dev.mmureplay.store.StagedTable.Column.number;
import static dev.mmureplay.store.StagedTable.Column.numberOrNull;
import static dev.mmureplay.store.StagedTable.Column.unsignedOrNull;

import dev.mmureplay.event.EngineVersion;
import dev.mmureplay.event.TraceInfo;
import dev.mmureplay.mmu.Cause;
import dev.mmureplay.mmu.MmuBackend;
import dev.mmureplay.mmu.Operation;
import dev.mmureplay.replay.CallFacts;
import dev.mmureplay.replay.Certainty;
import dev.mmureplay.replay.Finding;
import dev.mmureplay.replay.PageState;
import dev.mmureplay.replay.ReplayOptions;
import dev.mmureplay.replay.ReplayResult;
import dev.mmureplay.replay.ReplaySink;
import dev.mmureplay.replay.verify.CheckSink;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * Records one replay as it happens, in one transaction: closed before {@link #commit}, it leaves
 * nothing. Memory is bounded by one batch of each table.
 */
public final class RunRecorder implements ReplaySink, AutoCloseable {
  private static final String INSERT_CALL =
      "INSERT INTO call SELECT * REPLACE (%s AS certainty) FROM staged_call"
          .formatted(StagedTable.named("certainty", Certainty.values(), Certainty::id));

  /**
   * The staged number of an operation becomes its name by position; a join takes twice the time.
   */
  private static final String INSERT_CALL_OPERATION =
      "INSERT INTO call_operation SELECT run, call, %s, n FROM staged_call_operation"
          .formatted(StagedTable.named("operation", Operation.values(), Operation::id));

  /**
   * Rows that are handed over at once; call_operation, by far the largest, gets four times that.
   */
  private static final int ROWS = 65_536;

  private final Path file;
  private final DuckDBConnection connection;
  private final TraceInfo trace;
  private final ReplayOptions options;
  private final Runnable whenClosed;
  private final LocalDateTime started = LocalDateTime.now(ZoneOffset.UTC);
  private final BufferAllocator allocator = new RootAllocator();
  private final StagedTable calls;
  private final StagedTable callOperations;
  private final PageRows pages;
  private final FindingRows findings;
  private @Nullable CheckRecorder checks;
  private final long replay;
  private final long firstRun;
  private long callsSeen;
  private long pagesSeen;
  private boolean closed;

  RunRecorder(
      Path file,
      DuckDBConnection connection,
      TraceInfo trace,
      ReplayOptions options,
      Runnable whenClosed)
      throws SQLException {
    this.file = file;
    this.connection = connection;
    this.trace = trace;
    this.options = options;
    this.whenClosed = whenClosed;
    calls =
        new StagedTable(
            connection,
            allocator,
            "staged_call",
            ROWS,
            INSERT_CALL,
            List.of(
                number("replay"),
                number("call"),
                numberOrNull("seq"),
                numberOrNull("line"),
                numberOrNull("time"),
                numberOrNull("duration"),
                numberOrNull("pid"),
                numberOrNull("tid"),
                unsignedOrNull("address"),
                unsignedOrNull("length"),
                numberOrNull("protection"),
                numberOrNull("recorded_result"),
                numberOrNull("model_result"),
                numberOrNull("pages"),
                numberOrNull("present_ptes"),
                numberOrNull("updated_ptes"),
                numberOrNull("vma_pieces"),
                numberOrNull("pte_pages"),
                numberOrNull("slots_scanned"),
                numberOrNull("flush_pages"),
                numberOrNull("vmas"),
                number("threaded"),
                number("certainty")));
    callOperations =
        new StagedTable(
            connection,
            allocator,
            "staged_call_operation",
            4 * ROWS,
            INSERT_CALL_OPERATION,
            List.of(number("run"), number("call"), number("operation"), number("n")));
    pages = new PageRows(connection, allocator);
    findings = new FindingRows(connection, allocator);
    try {
      connection.setAutoCommit(false);
      replay = nextId("replay");
      firstRun = nextId("run");
    } catch (SQLException e) {
      free();
      throw e;
    }
  }

  @Override
  public void call(CallFacts call, long[][] counts) throws StoreException {
    StagedTable t = calls;
    t.set(0, replay);
    t.set(1, call.call);
    t.set(2, call.seq);
    t.set(3, call.line);
    t.set(4, call.time);
    t.set(5, call.duration);
    t.set(6, wide(call.pid));
    t.set(7, wide(call.tid));
    t.set(8, call.address);
    t.set(9, call.length);
    t.set(10, wide(call.protection));
    t.set(11, call.recordedResult);
    t.set(12, call.modelResult);
    t.set(13, call.pages);
    t.set(14, call.presentPtes);
    t.set(15, call.updatedPtes);
    t.set(16, call.vmaPieces);
    t.set(17, call.ptePages);
    t.set(18, call.slotsScanned);
    t.set(19, call.flushPages);
    t.set(20, call.vmas);
    t.set(21, call.threaded);
    t.set(22, call.certainty.ordinal());
    try {
      t.endRow();
      for (int backend = 0; backend < counts.length; backend++) {
        callOperations(firstRun + backend, call.call, counts[backend]);
      }
    } catch (SQLException e) {
      throw Store.failure(file, e);
    }
    callsSeen++;
  }

  private void callOperations(long run, long call, long[] counts) throws SQLException {
    StagedTable t = callOperations;
    for (int operation = 0; operation < Operation.COUNT; operation++) {
      if (counts[operation] != 0) {
        t.set(0, run);
        t.set(1, call);
        t.set(2, operation);
        t.set(3, counts[operation]);
        t.endRow();
      }
    }
  }

  @Override
  public void page(PageState page) throws StoreException {
    try {
      pages.add(replay, page);
    } catch (SQLException e) {
      throw Store.failure(file, e);
    }
    pagesSeen++;
  }

  @Override
  public void finding(Finding finding) throws StoreException {
    int backend =
        options.backends().stream().map(MmuBackend::name).toList().indexOf(finding.backend());
    try {
      findings.add(replay, backend < 0 ? UNKNOWN : firstRun + backend, finding);
    } catch (SQLException e) {
      throw Store.failure(file, e);
    }
  }

  /** Returns what takes comparisons with observations; they become visible with the replay. */
  public CheckSink checks() {
    CheckRecorder recorder = new CheckRecorder(file, connection, allocator, replay);
    checks = recorder;
    return recorder;
  }

  /**
   * Makes the replay visible to readers, after checking it against its own totals.
   *
   * @return its id
   * @throws StoreException if the file cannot take it; close then rolls back
   * @throws IllegalStateException if the totals contradict what was recorded
   */
  public long commit(ReplayResult result) throws StoreException {
    if (closed) {
      throw new IllegalStateException("expected an open recorder but it has been closed");
    }
    check(result);
    try {
      for (StagedTable table : List.of(calls, callOperations)) {
        table.flush();
      }
      if (checks != null) {
        checks.flush();
      }
      pages.flush();
      findings.flush();
      insertReplay(TraceRows.find(connection, trace), result);
      insertCounts(result);
      FindingRows.addRaces(connection, firstRun, result);
      RecordedTotals.check(connection, firstRun);
      connection.commit();
    } catch (SQLException e) {
      throw Store.failure(file, e);
    }
    close();
    return replay;
  }

  /** Rolls back, unless committed. */
  @Override
  public void close() throws StoreException {
    if (closed) {
      return;
    }
    closed = true;
    try (DuckDBConnection own = connection) {
      own.rollback();
    } catch (SQLException e) {
      throw Store.failure(file, e);
    } finally {
      free();
      whenClosed.run();
    }
  }

  private void insertReplay(long traceId, ReplayResult result) throws SQLException {
    String kernel = options.platform().kernel().id();
    try (Rows rows = new Rows(connection, "replay")) {
      rows.add(
          replay,
          traceId,
          kernel,
          options.platform().preserveAd(),
          result.residency().id(),
          result.residency().assumed(),
          options.faultAround(),
          EngineVersion.current(),
          result.events(),
          result.accesses(),
          result.calls(),
          result.addressSpaces(),
          result.pages(),
          started,
          result.tally().pages(),
          result.tally().undecided());
    }
    try (Rows rows = new Rows(connection, "assumption")) {
      for (Map.Entry<String, Long> assumption : result.assumptions().entrySet()) {
        rows.add(replay, assumption.getKey(), assumption.getValue());
      }
    }
    try (Rows rows = new Rows(connection, "run")) {
      long run = firstRun;
      for (int i = 0; i < result.backends().size(); i++) {
        ReplayResult.Backend backend = result.backends().get(i);
        rows.add(
            run++,
            replay,
            traceId,
            backend.name(),
            backend.correct(),
            options.backends().get(i).underXen(),
            kernel,
            backend.failure(),
            String.format("%016x", backend.digest()),
            backend.findings());
      }
    }
  }

  private void insertCounts(ReplayResult result) throws SQLException {
    try (Rows rows = new Rows(connection, "operation_count")) {
      long run = firstRun;
      for (ReplayResult.Backend backend : result.backends()) {
        for (Cause cause : Cause.values()) {
          for (Operation operation : Operation.values()) {
            long n = backend.counts().get(cause, operation);
            if (n != 0) {
              rows.add(run, cause.id(), operation.id(), n);
            }
          }
        }
        run++;
      }
    }
  }

  private void check(ReplayResult result) {
    List<String> expected = options.backends().stream().map(MmuBackend::name).toList();
    List<String> found = result.backends().stream().map(ReplayResult.Backend::name).toList();
    if (!expected.equals(found)) {
      throw new IllegalStateException(
          "expected results of the backends " + expected + " but found " + found);
    }
    if (callsSeen != result.calls() || pagesSeen != result.pages()) {
      throw new IllegalStateException(
          "expected %d calls and %d pages but %d and %d were recorded"
              .formatted(result.calls(), result.pages(), callsSeen, pagesSeen));
    }
  }

  private long nextId(String table) throws SQLException {
    try (PreparedStatement select =
            connection.prepareStatement("SELECT coalesce(max(id), 0) + 1 FROM " + table);
        ResultSet row = select.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Widens an unknown int to an unknown long. */
  private static long wide(int value) {
    return value == UNKNOWN_INT ? UNKNOWN : value;
  }

  private void free() {
    calls.close();
    callOperations.close();
    pages.close();
    findings.close();
    if (checks != null) {
      checks.close();
    }
    allocator.close();
  }
}
