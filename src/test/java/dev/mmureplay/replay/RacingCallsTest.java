package dev.mmureplay.replay;

import static dev.mmureplay.replay.Events.READ;
import static dev.mmureplay.replay.Events.WRITE;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.MmuBackend;
import dev.mmureplay.mmu.Mutants;
import dev.mmureplay.replay.race.Interleaving;
import dev.mmureplay.replay.race.Interleaving.Racing;
import dev.mmureplay.replay.race.RaceEvidence.Grade;
import dev.mmureplay.replay.race.RaceTotals;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Hazard: an access that raced and is not tried, one that did not race and is, a bit lost unseen.
 */
class RacingCallsTest {
  private static final int EXEC = 4;
  private static final int THREAD = 2;
  private static final int CALL_TIME = 1_000;
  private static final int CALL_DURATION = 1_000;

  @TempDir Path directory;
  private Recording recording = new Recording();

  private static Interleaving mode(String text) {
    return Interleaving.parse(text);
  }

  private static Interleaving assuming(String mode, String distance) {
    Interleaving parsed = mode(mode);
    return new Interleaving(parsed.mode(), parsed.draws(), 1, Racing.parse(distance), false, false);
  }

  private ReplayResult replay(Events events, @Nullable Interleaving interleaving)
      throws IOException {
    return replay(events, interleaving, Backends.all());
  }

  private ReplayResult replay(
      Events events, @Nullable Interleaving interleaving, List<MmuBackend> backends)
      throws IOException {
    recording = new Recording();
    ReplayOptions options =
        new ReplayOptions(
            new GuestPlatform(GuestKernel.LINUX_6_1, true), backends, null, 1, interleaving);
    Path file = events.writeTo(directory.resolve("events.arrow"));
    return Replay.run(file, options, recording, done -> {});
  }

  private static RaceTotals of(ReplayResult result, String backend) {
    List<String> names = Backends.all().stream().map(MmuBackend::name).toList();
    return result.races().get(names.indexOf(backend));
  }

  /** Two threads, and pages that were written and then cleaned: hardware has A and D to set. */
  private static Events cleanPages(int pages) {
    Events events = new Events().map(1, 0, pages, READ | WRITE).spawn(1, THREAD, 0x10100);
    for (int page = 0; page < pages; page++) {
      events.write(1, page);
    }
    events.call(EventKind.MADVISE, 1, 0, pages, 0).flags = 8;
    return events;
  }

  private static EventRow access(Events events, EventKind kind, int tid, int page, long time) {
    EventRow row = events.add(kind, 1, tid);
    row.address = Events.page(page);
    row.time = time;
    return row;
  }

  /** A call that began before the rows that were added last. */
  private static void call(Events events, int pages, int protection, int insideRows) {
    EventRow row = events.call(EventKind.MPROTECT, 1, 0, pages, 0);
    row.protection = protection;
    row.line -= insideRows;
    row.time = CALL_TIME;
    row.duration = CALL_DURATION;
    // The line in between belongs to the call's beginning.
    row.line = row.line * 10 - 5;
  }

  private static Events writtenDuringCall(long time) {
    Events events = cleanPages(1);
    EventRow write = access(events, EventKind.WRITE, THREAD, 0, time);
    write.line *= 10;
    call(events, 1, READ | WRITE | EXEC, 1);
    return events;
  }

  private static Events readDuringCall() {
    Events events = cleanPages(1);
    access(events, EventKind.READ, THREAD, 0, 1_500).line *= 10;
    call(events, 1, READ | WRITE | EXEC, 1);
    return events;
  }

  @Test
  void exhaustivelyOnlyTheControlsLoseWhatIsWrittenDuringACall() throws IOException {
    ReplayResult result = replay(writtenDuringCall(1_500), mode("exhaustive"));
    for (MmuBackend backend : Backends.all()) {
      RaceTotals totals = of(result, backend.name());
      assertThat(totals.candidates()).isEqualTo(1);
      assertThat(totals.windows()).isEqualTo(1);
      assertThat(totals.dirtyLost()).isEqualTo(backend.correct() ? 0 : 1);
      assertThat(totals.accessedLost()).isEqualTo(backend.correct() ? 0 : 1);
    }
    assertThat(of(result, "native").schedules()).as("before, between, behind").isEqualTo(3);
    assertThat(of(result, "naive").losingSchedules()).isEqualTo(1);
    assertThat(of(result, "naive-batched").losingSchedules()).isEqualTo(2);
    assertThat(result.disagreements()).isEmpty();
  }

  private static Interleaving aging(String mode) {
    Interleaving parsed = mode(mode);
    return new Interleaving(parsed.mode(), parsed.draws(), 1, Racing.NONE, false, true);
  }

  /** A page that was written, so that A and D are set, is read while a call is under way. */
  private static Events warmPageReadDuringCall() {
    Events events = new Events().map(1, 0, 1, READ | WRITE).spawn(1, THREAD, 0x10100).write(1, 0);
    access(events, EventKind.READ, THREAD, 0, 1_500).line *= 10;
    call(events, 1, READ | WRITE | EXEC, 1);
    return events;
  }

  @ParameterizedTest
  @ValueSource(strings = {"recorded", "random:50", "exhaustive"})
  void whereTheKernelAgesPagesTheControlsCanLoseWhatElseIsSafe(String mode) throws IOException {
    replay(warmPageReadDuringCall(), mode(mode));
    assertThat(recording.findings).isEmpty();

    ReplayResult result = replay(warmPageReadDuringCall(), aging(mode));
    for (MmuBackend backend : Backends.all()) {
      RaceTotals totals = of(result, backend.name());
      assertThat(totals.accessedLost()).as(backend.name()).isEqualTo(backend.correct() ? 0 : 1);
      assertThat(totals.dirtyLost()).isZero();
      assertThat(totals.assumedLost()).isEqualTo(totals.accessedLost());
      assertThat(totals.assumed()).as("the race itself is recorded").isZero();
    }
    assertThat(recording.findings)
        .extracting(finding -> requireNonNull(finding.race()).grade())
        .containsOnly(Grade.ASSUMED);
    assertThat(result.disagreements()).isEmpty();
  }

  @Test
  void whatIsLostWithoutAgingRestsOnNoAssumptionWithIt() throws IOException {
    ReplayResult result = replay(readDuringCall(), aging("exhaustive"));
    assertThat(of(result, "naive").accessedLost()).isEqualTo(1);
    assertThat(of(result, "naive").assumedLost()).isZero();
  }

  @Test
  void aPteThatStartLeftLiveMustNotGoOut() throws IOException {
    List<MmuBackend> mutant = List.of(Mutants.goesAbsentInTheCommit());
    ReplayResult result = replay(readDuringCall(), mode("exhaustive"), mutant);
    assertThat(recording.findings).extracting(Finding::invariant).containsExactly("I10");
    assertThat(result.races().get(0).transientFaults()).isEqualTo(1);
    assertThat(result.disagreements()).hasSize(1);
  }

  @Test
  void transientFaultsAreOnesOfBackendsThatClearThePte() throws IOException {
    ReplayResult result = replay(readDuringCall(), mode("exhaustive"));
    for (String backend : List.of("native", "trap-emulate", "trap-emulate-batched-set")) {
      assertThat(of(result, backend).transientFaults()).as(backend).isEqualTo(1);
    }
    for (String backend : List.of("preserve-ad", "multicall", "mmu-update-batch")) {
      assertThat(of(result, backend).transientFaults()).as(backend).isZero();
    }
  }

  /** Two operations on the one PTE: the window is the middle third of the call. */
  @ParameterizedTest
  @CsvSource({"1200, 0", "1400, 1", "1600, 1", "1800, 0"})
  void theRecordedMomentDecidesWhetherTheWriteFallsIntoTheWindow(long time, int lost)
      throws IOException {
    ReplayResult result = replay(writtenDuringCall(time), mode("recorded"));
    assertThat(of(result, "naive").dirtyLost()).isEqualTo(lost);
    assertThat(of(result, "native").dirtyLost()).isZero();
  }

  /** Four reads, then for each PTE a read and a store, while naive is done with one at a time. */
  @Test
  void theWindowOfABatchEndsWithItsFlush() throws IOException {
    Events events = cleanPages(4);
    access(events, EventKind.WRITE, THREAD, 0, 1_250).line *= 10;
    call(events, 4, READ | WRITE | EXEC, 1);
    ReplayResult result = replay(events, mode("recorded"));
    assertThat(of(result, "naive-batched").dirtyLost()).isEqualTo(1);
    assertThat(of(result, "naive").dirtyLost()).isZero();
    assertThat(of(result, "naive-batched").longestWindow()).isEqualTo(8);
    assertThat(of(result, "naive").longestWindow()).isEqualTo(1);
  }

  @Test
  void aLostBitIsLostInTheReplayAndFoundAgainWhenThePteDies() throws IOException {
    ReplayResult result = replay(writtenDuringCall(1_500), mode("recorded"));
    assertThat(recording.findings)
        .filteredOn(finding -> finding.backend().equals("naive"))
        .extracting(Finding::invariant)
        .containsExactly("I1", "I9");
    assertThat(recording.findings)
        .allSatisfy(
            finding -> {
              assertThat(finding.address()).isEqualTo(Events.page(0));
              assertThat(finding.race()).isNotNull();
              assertThat(requireNonNull(finding.race()).accessTid()).isEqualTo(THREAD);
              assertThat(requireNonNull(finding.race()).accessKind()).isEqualTo("write");
              assertThat(requireNonNull(finding.race()).call()).isZero();
              assertThat(requireNonNull(finding.race()).grade()).isEqualTo(Grade.RECORDED);
            });
    assertThat(recording.pages).containsExactly("0:0 pwad");
    assertThat(result.disagreements()).isEmpty();
  }

  @Test
  void aWriteAfterwardsSetsTheBitsAgainUnderEveryBackend() throws IOException {
    Events events = writtenDuringCall(1_500);
    access(events, EventKind.READ, THREAD, 0, 3_000);
    access(events, EventKind.WRITE, THREAD, 0, 3_100);
    ReplayResult result = replay(events, mode("recorded"));
    assertThat(recording.findings).extracting(Finding::invariant).containsOnly("I1");
    assertThat(result.backends())
        .extracting(ReplayResult.Backend::digest)
        .containsOnly(result.backends().get(0).digest());
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "recorded", "random:5", "exhaustive"})
  void operationsAreCountedAlikeWhateverRaces(String mode) throws IOException {
    replay(writtenDuringCall(1_500), mode("none"));
    List<List<List<Long>>> plain = recording.counts;
    replay(writtenDuringCall(1_500), mode(mode));
    assertThat(recording.counts).isEqualTo(plain);
  }

  @Test
  void whatIfModesLeaveTheReplayAsItIs() throws IOException {
    for (String mode : List.of("random:50", "exhaustive")) {
      ReplayResult result = replay(writtenDuringCall(1_500), mode(mode));
      assertThat(of(result, "naive").dirtyLost()).isEqualTo(1);
      assertThat(recording.findings).extracting(Finding::invariant).containsOnly("I1");
      assertThat(result.backends())
          .extracting(ReplayResult.Backend::digest)
          .containsOnly(result.backends().get(0).digest());
    }
  }

  @Test
  void drawsDependOnTheSeedAlone() throws IOException {
    Interleaving one = new Interleaving(Interleaving.Mode.RANDOM, 20, 7, Racing.NONE, false, false);
    List<RaceTotals> first = replay(writtenDuringCall(1_500), one).races();
    assertThat(replay(writtenDuringCall(1_500), one).races()).isEqualTo(first);
    Interleaving other =
        new Interleaving(Interleaving.Mode.RANDOM, 20, 8, Racing.NONE, false, false);
    assertThat(replay(writtenDuringCall(1_500), other).races()).isNotEqualTo(first);
  }

  @Test
  void theCallersOwnAccessesAndOtherPagesAndEarlierOnesDoNotRace() throws IOException {
    Events events = cleanPages(2);
    access(events, EventKind.WRITE, THREAD, 0, 900).line *= 10;
    access(events, EventKind.WRITE, 1, 0, 950).line *= 10;
    access(events, EventKind.WRITE, THREAD, 1, 1_500).line *= 10;
    EventRow call = events.call(EventKind.MPROTECT, 1, 0, 1, 0);
    call.protection = READ;
    call.time = CALL_TIME;
    call.duration = CALL_DURATION;
    call.line = call.line * 10 - 15;
    assertThat(of(replay(events, mode("exhaustive")), "naive").candidates()).isZero();
  }

  @Test
  void anAccessNearACallRacesOnlyIfThatIsAssumed() throws IOException {
    Events events = cleanPages(1);
    access(events, EventKind.WRITE, THREAD, 0, 600).line *= 10;
    call(events, 1, READ | WRITE | EXEC, 0);
    access(events, EventKind.READ, THREAD, 0, 2_400);
    assertThat(of(replay(events, mode("exhaustive")), "naive").candidates()).isZero();
    assertThat(of(replay(events, assuming("exhaustive", "399ns")), "naive").candidates()).isZero();
    RaceTotals near = of(replay(events, assuming("exhaustive", "400ns")), "naive");
    assertThat(near.candidates()).isEqualTo(2);
    assertThat(near.assumed()).isEqualTo(2);
    assertThat(near.dirtyLost()).isEqualTo(1);
    assertThat(recording.findings)
        .extracting(finding -> requireNonNull(finding.race()).grade())
        .containsOnly(Grade.ASSUMED);
    assertThat(of(replay(events, assuming("exhaustive", "1events")), "naive").candidates())
        .isEqualTo(2);
  }

  @Test
  void aWindowReachesAcrossBatches() throws IOException {
    Events events = cleanPages(1);
    int fill = EventSchema.BATCH_ROWS - 3 - events.size();
    for (int i = 0; i < fill; i++) {
      access(events, EventKind.READ, 1, 0, 10);
    }
    access(events, EventKind.WRITE, THREAD, 0, 1_500).line *= 10;
    access(events, EventKind.READ, THREAD, 0, 1_600).line *= 10;
    access(events, EventKind.READ, THREAD, 0, 1_700).line *= 10;
    call(events, 1, READ | WRITE | EXEC, 3);
    ReplayResult result = replay(events, mode("exhaustive"));
    assertThat(of(result, "naive").candidates()).isEqualTo(3);
    assertThat(of(result, "naive").dirtyLost()).isEqualTo(1);
    assertThat(result.assumptions()).doesNotContainKey("race-window-longer-than-kept");
  }

  @Test
  void whatIsAssumedToRaceBehindACallIsFoundInTheNextBatch() throws IOException {
    Events events = cleanPages(1);
    int fill = EventSchema.BATCH_ROWS - 1 - events.size();
    for (int i = 0; i < fill; i++) {
      access(events, EventKind.READ, 1, 0, 10);
    }
    call(events, 1, READ | WRITE | EXEC, 0);
    access(events, EventKind.READ, THREAD, 0, 2_100);
    assertThat(of(replay(events, assuming("exhaustive", "5events")), "naive").candidates())
        .isEqualTo(1);
  }

  @Test
  void aRealPteWhoseBitsAppearDuringTheCallProvesARace() throws IOException {
    Events events = cleanPages(1);
    EventRow before = events.add(EventKind.OBSERVED_PTE, 1, 1);
    before.address = Events.page(0);
    before.flags = EventSchema.PTE_BEFORE;
    before.result = 0x7;
    before.time = CALL_TIME;
    call(events, 1, READ | WRITE | EXEC, 1);
    EventRow after = events.add(EventKind.OBSERVED_PTE, 1, 1);
    after.address = Events.page(0);
    after.flags = EventSchema.PTE_AFTER;
    after.result = 0x67;
    ReplayResult result = replay(events, mode("recorded"));
    assertThat(of(result, "naive").dirtyLost()).isEqualTo(1);
    assertThat(of(result, "multicall").dirtyLost()).isZero();
    assertThat(requireNonNull(recording.findings.get(0).race()).grade()).isEqualTo(Grade.UNPLACED);
    assertThat(requireNonNull(recording.findings.get(0).race()).accessTid())
        .isEqualTo(EventSchema.UNKNOWN_INT);
  }

  @Test
  void withoutAWishTheTraceDecides() throws IOException {
    assertThat(replay(writtenDuringCall(1_500), null).interleaving().id()).isEqualTo("recorded");
    assertThat(replay(writtenDuringCall(1_500).serialised(), null).races()).isEmpty();
  }

  @Test
  void aDistanceInTimeNeedsAClock() {
    Events events = writtenDuringCall(1_500).serialised();
    assertThatThrownBy(() -> replay(events, assuming("recorded", "10ns")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected a distance in events");
  }
}
