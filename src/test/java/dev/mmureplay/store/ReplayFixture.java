package dev.mmureplay.store;

import dev.mmureplay.event.CallSite;
import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.event.Ledger;
import dev.mmureplay.event.TraceInfo;
import dev.mmureplay.machine.ChangedPieces;
import dev.mmureplay.mmu.Cause;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.Mmu;
import dev.mmureplay.mmu.MmuBackend;
import dev.mmureplay.mmu.Operation;
import dev.mmureplay.mmu.OperationCounter;
import dev.mmureplay.replay.BitState;
import dev.mmureplay.replay.CallFacts;
import dev.mmureplay.replay.Certainty;
import dev.mmureplay.replay.Finding;
import dev.mmureplay.replay.PageState;
import dev.mmureplay.replay.ReplayOptions;
import dev.mmureplay.replay.ReplayResult;
import dev.mmureplay.replay.Residency;
import dev.mmureplay.replay.Tally;
import dev.mmureplay.replay.race.Interleaving;
import dev.mmureplay.replay.race.RaceTotals;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A replay made up for a test, recorded through {@link RunRecorder} as the engine would. */
final class ReplayFixture {
  /** All counts of one call, one array per backend, and its facts. */
  record Call(CallFacts facts, List<long[]> counts) {}

  final ReplayOptions options;
  final TraceInfo trace;
  final List<Call> calls = new ArrayList<>();
  final List<PageState> pages = new ArrayList<>();
  final List<Finding> findings = new ArrayList<>();
  Interleaving interleaving = Interleaving.NONE;
  List<RaceTotals> races = List.of();
  final List<OperationCounter> counters = new ArrayList<>();
  @Nullable String failureOfLast;

  ReplayFixture(String source, GuestKernel kernel, String... backends) {
    options =
        new ReplayOptions(
            new GuestPlatform(kernel, true),
            Arrays.stream(backends).map(ReplayFixture::backend).toList(),
            null,
            ReplayOptions.DEFAULT_FAULT_AROUND);
    trace = trace(source);
    for (int i = 0; i < backends.length; i++) {
      counters.add(new OperationCounter());
    }
  }

  /** Adds a call that rewrites all of its pages, with its counts for each backend in order. */
  ReplayFixture call(int pages, long[]... counts) {
    CallFacts facts = new CallFacts(new ChangedPieces());
    facts.call = calls.size();
    facts.seq = 10L + calls.size();
    facts.line = 100L + calls.size();
    facts.time = 1_000_000L * calls.size();
    facts.duration = calls.isEmpty() ? EventSchema.UNKNOWN : 1_500;
    facts.pid = 7;
    facts.tid = 8;
    facts.address = 0x7f00_0020_0000L;
    facts.length = 4096L * pages;
    facts.protection = 1;
    facts.recordedResult = calls.isEmpty() ? EventSchema.UNKNOWN : 0;
    facts.pages = pages;
    facts.presentPtes = pages;
    facts.updatedPtes = pages;
    facts.vmaPieces = 1;
    facts.ptePages = (pages + 511L) / 512;
    facts.slotsScanned = pages;
    facts.flushPages = pages;
    facts.vmas = 12;
    facts.certainty = Certainty.KNOWN;
    calls.add(new Call(facts, List.of(counts)));
    for (int i = 0; i < counts.length; i++) {
      counters.get(i).cause(Cause.MPROTECT);
      for (int operation = 0; operation < Operation.COUNT; operation++) {
        counters.get(i).count(Operation.of(operation), counts[i][operation]);
      }
    }
    return this;
  }

  /** Adds a call with counts by formula: linux-6.1, from read-write to read-only. */
  ReplayFixture call61(int pages) {
    return call(
        pages,
        options.backends().stream()
            .map(b -> CallCounts.linux61(b.name(), CallCounts.Transition.RW_TO_R, pages))
            .toArray(long[][]::new));
  }

  /** Adds the final state of one page. */
  ReplayFixture page(long address, boolean writable, boolean dirty) {
    PageState page = new PageState();
    page.pid = 7;
    page.address = address;
    page.pte = 1L << 63 | 0x27;
    page.present = true;
    page.writable = writable;
    page.accessed = true;
    page.dirty = dirty;
    page.residencyKnown = true;
    page.accessedState = BitState.SET;
    page.dirtyState = dirty ? BitState.SET : BitState.UNKNOWN;
    pages.add(page);
    return this;
  }

  /** Hands everything but the totals to a recorder. */
  void play(RunRecorder recorder) throws IOException {
    for (Call call : calls) {
      recorder.call(call.facts, call.counts.toArray(new long[0][]));
    }
    for (PageState page : pages) {
      recorder.page(page);
    }
    for (Finding finding : findings) {
      recorder.finding(finding);
    }
  }

  /** Returns the totals. */
  ReplayResult result() {
    List<ReplayResult.Backend> backends = new ArrayList<>();
    for (int i = 0; i < counters.size(); i++) {
      String name = options.backends().get(i).name();
      boolean last = i == counters.size() - 1;
      boolean correct = options.backends().get(i).correct();
      backends.add(
          new ReplayResult.Backend(
              name,
              correct,
              last ? failureOfLast : null,
              correct ? 0x1234 : 0x5678,
              findings.stream().filter(f -> f.backend().equals(name)).count(),
              Map.of(),
              counters.get(i)));
    }
    return new ReplayResult(
        Residency.RECORDED,
        90,
        83,
        calls.size(),
        1,
        pages.size(),
        Map.of("stack", 3L),
        new Tally(Tally.Split.NONE, Tally.Split.NONE, pages.size(), 0),
        backends,
        interleaving,
        races);
  }

  /** Records all of it and returns the id of the replay. */
  long record(Store store) throws IOException {
    try (RunRecorder recorder = store.record(trace, options)) {
      play(recorder);
      return recorder.commit(result());
    }
  }

  /** Returns the single value of a query, as text. */
  static String value(Store store, String sql) throws SQLException {
    try (Statement statement = store.connection().createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return String.valueOf(row.getString(1));
    }
  }

  private static TraceInfo trace(String source) {
    Ledger ledger = new Ledger();
    ledger.parsedLines(90);
    for (int i = 0; i < 8; i++) {
      ledger.line();
      ledger.ignored(i < 6 ? "blank" : "comment");
    }
    ledger.line();
    ledger.line();
    ledger.rejected(17, "no-address", "mprotect(garbled");
    ledger.rejected(40, "no-address", "mprotect(again");
    Fidelity fidelity =
        new Fidelity(Fidelity.Accesses.FIRST_TOUCH, true, true, true, false, true, false, -1);
    return new TraceInfo(
        "strace",
        "0.1.0",
        source,
        Integer.toHexString(source.hashCode()).repeat(8),
        "./program --fast",
        "accesses",
        90,
        Map.of(EventKind.MPROTECT, 7L, EventKind.READ, 83L),
        fidelity,
        ledger,
        List.of(),
        List.of(new CallSite("demo(flip+0x1f) < demo(main+0x2)", 7, 12)),
        EventSchema.UNKNOWN);
  }

  static MmuBackend backend(String name) {
    return new MmuBackend() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public String description() {
        return name;
      }

      @Override
      public boolean underXen() {
        return CallCounts.underXen(name);
      }

      @Override
      public boolean correct() {
        return !name.equals("naive");
      }

      @Override
      public Mmu create(GuestPlatform platform, OperationCounter counter) {
        throw new UnsupportedOperationException("a fixture counts by itself");
      }
    };
  }
}
