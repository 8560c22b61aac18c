package dev.mmureplay.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mmureplay.event.EventSchema;
import dev.mmureplay.mmu.Cause;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.Operation;
import dev.mmureplay.replay.Certainty;
import dev.mmureplay.replay.Finding;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hazard: a replay that is stored in part, twice, or not as it was counted. */
class RunRecorderTest {
  private static final List<String> RECORDED_TABLES =
      List.of(
          "trace",
          "trace_kind",
          "ledger",
          "rejected_line",
          "call_site",
          "replay",
          "assumption",
          "run",
          "call",
          "call_operation",
          "operation_count",
          "page_state",
          "finding");

  @TempDir Path folder;

  @Test
  void whatIsNotCommittedLeavesNothing() throws IOException, SQLException {
    Path file = folder.resolve("r.duckdb");
    try (Store store = Store.open(file)) {
      try (RunRecorder recorder = store.record(manyCalls().trace, manyCalls().options)) {
        manyCalls().play(recorder);
      }
      for (String table : RECORDED_TABLES) {
        assertThat(rows(store, table)).as(table).isZero();
      }
    }
    try (Store store = Store.open(file)) {
      assertThat(manyCalls().record(store)).isEqualTo(1);
      assertThat(rows(store, "call")).isEqualTo(40_000);
    }
  }

  @Test
  void aProgramThatIsKilledWhileRecordingLeavesNothing() throws Exception {
    Path file = folder.resolve("killed.duckdb");
    try (Store store = Store.open(file)) {
      new ReplayFixture("before", GuestKernel.LINUX_6_1, "native").call61(1).record(store);
    }
    Process killed =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Recording.class.getName(),
                file.toString())
            .start();
    assertThat(killed.getInputStream().read()).isEqualTo('!');
    killed.destroyForcibly().waitFor();
    try (Store store = Store.open(file)) {
      assertThat(rows(store, "replay")).isEqualTo(1);
      assertThat(rows(store, "call")).isEqualTo(1);
      assertThat(manyCalls().record(store)).isEqualTo(2);
    }
  }

  /** Records without committing, says so, and waits. */
  static final class Recording {
    private Recording() {}

    public static void main(String[] arguments) throws IOException {
      try (Store store = Store.open(Path.of(arguments[0]));
          RunRecorder recorder = store.record(manyCalls().trace, manyCalls().options)) {
        manyCalls().play(recorder);
        System.out.print('!');
        System.out.flush();
        assertThat(System.in.read()).isNegative();
      }
    }
  }

  /** 40,000 calls with 2 backends exceed one batch of call_operation. */
  private static ReplayFixture manyCalls() {
    ReplayFixture replay = new ReplayFixture("many", GuestKernel.LINUX_6_1, "native", "multicall");
    for (int i = 0; i < 40_000; i++) {
      replay.call61(1 + i % 3);
    }
    return replay;
  }

  @Test
  void manyBatchesAddUp() throws IOException, SQLException {
    try (Store store = Store.open(folder.resolve("r.duckdb"))) {
      manyCalls().record(store);
      assertThat(
              ReplayFixture.value(
                  store,
                  "SELECT count(DISTINCT call) || ' ' || min(call) || ' ' || max(call) FROM call"))
          .isEqualTo("40000 0 39999");
      assertThat(
              ReplayFixture.value(
                  store,
                  "SELECT count(*) FROM (SELECT run, operation, sum(n) AS n FROM call_operation GROUP BY ALL) s"
                      + " FULL JOIN operation_count c USING (run, operation) WHERE s.n IS DISTINCT FROM c.n"))
          .isEqualTo("0");
    }
  }

  @Test
  void factsAreStoredAsTheyAreAndTheUnknownIsNull() throws IOException, SQLException {
    ReplayFixture replay =
        new ReplayFixture("facts", GuestKernel.LINUX_6_1, "native").call61(2).call61(1);
    replay.calls.get(1).facts().address = 0xffff_ffff_ff60_0000L;
    replay.calls.get(1).facts().length = -4096;
    replay.calls.get(1).facts().protection = 0x0100_0007;
    replay.calls.get(1).facts().time = EventSchema.UNKNOWN;
    replay.calls.get(1).facts().certainty = Certainty.ASSUMED;
    replay.page(0x7f00_0000_1000L, true, false);
    try (Store store = Store.open(folder.resolve("r.duckdb"))) {
      replay.record(store);
      assertThat(
              ReplayFixture.value(
                  store,
                  "SELECT concat_ws(' ', coalesce(duration::VARCHAR, 'unknown'), coalesce(recorded_result::VARCHAR, 'unknown'),"
                      + " time, pid, tid, address_text(address), length, protection_text(protection), updated_ptes, certainty)"
                      + " FROM call WHERE call = 0"))
          .isEqualTo("unknown unknown 0 7 8 0x7f0000200000 8192 r-- 2 known");
      assertThat(
              ReplayFixture.value(
                  store,
                  "SELECT concat_ws(' ', coalesce(time::VARCHAR, 'unknown'), duration, address_text(address), length,"
                      + " protection_text(protection), certainty) FROM call WHERE call = 1"))
          .isEqualTo("unknown 1500 0xffffffffff600000 18446744073709547520 rwx+0x1000000 assumed");
      assertThat(
              ReplayFixture.value(
                  store,
                  "SELECT concat_ws(' ', address_text(address), address_text(pte), present, prot_none, writable, accessed, dirty,"
                      + " residency_known, accessed_state, dirty_state) FROM page_state"))
          .isEqualTo(
              "0x7f0000001000 0x8000000000000027 true false true true false true set unknown");
    }
  }

  @Test
  void severalTracesShareOneFileAndOneTraceIsStoredOnce() throws IOException, SQLException {
    try (Store store = Store.open(folder.resolve("r.duckdb"))) {
      String[] backends = {"native", "multicall"};
      assertThat(new ReplayFixture("a", GuestKernel.LINUX_6_1, backends).call61(1).record(store))
          .isEqualTo(1);
      assertThat(new ReplayFixture("b", GuestKernel.LINUX_6_1, backends).call61(2).record(store))
          .isEqualTo(2);
      assertThat(new ReplayFixture("a", GuestKernel.LINUX_2_6_27, backends).call61(3).record(store))
          .isEqualTo(3);
      assertThat(column(store, "SELECT source FROM trace ORDER BY id")).containsExactly("a", "b");
      assertThat(column(store, "SELECT trace || ' ' || guest_kernel FROM replay ORDER BY id"))
          .containsExactly("1 linux-6.1", "2 linux-6.1", "1 linux-2.6.27");
      assertThat(column(store, "SELECT replay || ' ' || backend FROM run ORDER BY id"))
          .containsExactly(
              "1 native", "1 multicall", "2 native", "2 multicall", "3 native", "3 multicall");
      assertThat(rows(store, "rejected_line")).isEqualTo(4);
      assertThat(
              column(
                  store,
                  "SELECT trace || ' ' || stack || ' ' || calls || ' ' || pages FROM call_site ORDER BY trace"))
          .containsExactly(
              "1 demo(flip+0x1f) < demo(main+0x2) 7 12", "2 demo(flip+0x1f) < demo(main+0x2) 7 12");
      assertThat(
              ReplayFixture.value(
                  store,
                  "SELECT count(*) FROM trace t WHERE lines <> (SELECT sum(lines) FROM ledger l WHERE l.trace = t.id)"))
          .isEqualTo("0");
    }
  }

  @Test
  void callsThatDoNotAddUpToTheTotalsAreRefused() throws IOException, SQLException {
    ReplayFixture replay = new ReplayFixture("a", GuestKernel.LINUX_6_1, "native").call61(5);
    replay.counters.get(0).cause(Cause.MPROTECT);
    replay.counters.get(0).count(Operation.PTE_READ);
    try (Store store = Store.open(folder.resolve("r.duckdb"))) {
      assertThatThrownBy(() -> replay.record(store))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "backend native: expected 6 of pte_read in all calls but the calls add up to 5");
      assertThat(rows(store, "replay")).isZero();
      assertThat(rows(store, "trace")).isZero();
    }
  }

  @Test
  void aFailedBackendKeepsItsPartialCountsAndHasNoRatio() throws IOException, SQLException {
    ReplayFixture replay =
        new ReplayFixture("a", GuestKernel.LINUX_6_1, "native", "multicall").call61(5);
    replay.counters.get(1).count(Operation.MC_ENTRY);
    replay.failureOfLast = "expected an entry but found none";
    replay.counters.get(1).cause(Cause.FAULT);
    try (Store store = Store.open(folder.resolve("r.duckdb"))) {
      replay.record(store);
      assertThat(
              column(
                  store,
                  "SELECT backend || ' ' || coalesce(failure, '') || coalesce(ratio_typical::VARCHAR, '')"
                      + " FROM cost_by_backend WHERE profile = 'xen-modern' ORDER BY run"))
          .containsExactly("native 1.0", "multicall expected an entry but found none");
    }
  }

  @Test
  void whatTheDatabaseRefusesIsSaidAndRolledBack() throws IOException, SQLException {
    ReplayFixture replay =
        new ReplayFixture("a", GuestKernel.LINUX_6_1, "native").call61(1).page(4096, true, true);
    Path file = folder.resolve("r.duckdb");
    try (Store store = Store.open(file)) {
      try (Statement statement = store.connection().createStatement()) {
        statement.execute("ALTER TABLE page_state ADD COLUMN heat DOUBLE");
      }
      assertThatThrownBy(() -> replay.record(store))
          .isInstanceOf(StoreException.class)
          .hasMessageStartingWith(file + ": ")
          .hasNoSuppressedExceptions();
      assertThat(rows(store, "call")).isZero();
    }
  }

  @Test
  void findingsNameTheirRun() throws IOException, SQLException {
    ReplayFixture replay =
        new ReplayFixture("a", GuestKernel.LINUX_6_1, "native", "naive").call61(1);
    Finding.Place call = new Finding.Place(12, 30, 4);
    replay.findings.add(new Finding("naive", "I1", 7, 0x7f00_0000_1000L, call, "lost a dirty bit"));
    replay.findings.add(new Finding("elsewhere", "I9", -1, 0, Finding.Place.END, "of no backend"));
    try (Store store = Store.open(folder.resolve("r.duckdb"))) {
      replay.record(store);
      assertThat(
              column(
                  store,
                  "SELECT concat_ws(' ', f.invariant, r.backend, f.pid, address_text(f.address), f.seq, f.call, f.call_line, f.message)"
                      + " FROM finding f LEFT JOIN run r ON r.id = f.run ORDER BY invariant"))
          .containsExactly(
              "I1 naive 7 0x7f0000001000 12 4 30 lost a dirty bit", "I9 of no backend");
    }
  }

  @Test
  void aSecondRecorderHasToWait() throws IOException {
    ReplayFixture replay = new ReplayFixture("a", GuestKernel.LINUX_6_1, "native").call61(1);
    try (Store store = Store.open(folder.resolve("r.duckdb"))) {
      try (RunRecorder first = store.record(replay.trace, replay.options)) {
        assertThatThrownBy(() -> store.record(replay.trace, replay.options))
            .isInstanceOf(IllegalStateException.class);
        replay.play(first);
      }
      assertThat(replay.record(store)).isEqualTo(1);
    }
  }

  private static long rows(Store store, String table) throws SQLException {
    return Long.parseLong(ReplayFixture.value(store, "SELECT count(*) FROM " + table));
  }

  private static List<String> column(Store store, String sql) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Statement statement = store.connection().createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        values.add(row.getString(1));
      }
    }
    return values;
  }
}
