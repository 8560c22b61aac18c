package dev.mmureplay.replay;

import static dev.mmureplay.replay.Events.READ;
import static dev.mmureplay.replay.Events.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.MmuBackend;
import dev.mmureplay.mmu.Mutants;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Hazard: a call that goes wrong without leaving a wrong PTE where the call was. */
class CheckedCallsTest {
  private static final GuestPlatform PLATFORM = new GuestPlatform(GuestKernel.LINUX_6_1, true);

  @TempDir Path directory;
  private final Recording recording = new Recording();

  private List<String> findings(Events events, GuestPlatform platform, List<MmuBackend> backends)
      throws IOException {
    Path file = events.writeTo(directory.resolve("trace.arrow"));
    ReplayResult result =
        Replay.run(file, new ReplayOptions(platform, backends, null, 1), recording, done -> {});
    assertThat(result.backends()).extracting(ReplayResult.Backend::failure).containsOnlyNulls();
    return recording.findings.stream()
        .map(each -> (each.address() - Events.BASE) / 4096 + " " + each.sentence())
        .toList();
  }

  private List<String> findings(Events events, MmuBackend backend) throws IOException {
    return findings(events, PLATFORM, List.of(backend));
  }

  /** So many pages from page 0 on, all written. */
  private static Events written(int pages) {
    Events events = new Events().map(1, 0, pages, READ | WRITE);
    for (int page = 0; page < pages; page++) {
      events.write(1, page);
    }
    return events;
  }

  /** Protection changes of every kind: pieces, chunks, gaps, batches of one, none and back. */
  private static Events everything() {
    return written(1100)
        .unmap(1, 40, 5)
        .protect(1, 0, 32, READ, 0)
        .protect(1, 0, 40, 0, 0)
        .protect(1, 0, 1, READ, 0)
        .protect(1, 60, 31, READ, 0)
        .protect(1, 91, 1, READ, 0)
        .protect(1, 45, 1055, READ, 0)
        .protect(1, 45, 1055, READ | WRITE, 0)
        .write(1, 45, 700)
        .protect(1, 45, 1055, READ, 0);
  }

  @ParameterizedTest
  @EnumSource(GuestKernel.class)
  void theShippedBackendsHoldToAllOfIt(GuestKernel kernel) throws IOException {
    assertThat(findings(everything(), new GuestPlatform(kernel, true), Backends.all())).isEmpty();
  }

  @Test
  void theShippedBackendsHoldToItWithoutPreserveAd() throws IOException {
    GuestPlatform old = new GuestPlatform(GuestKernel.LINUX_2_6_27, false);
    assertThat(findings(everything(), old, Backends.all())).isEmpty();
  }

  @Test
  void countsThatAreNotThoseOfTheFormulas() throws IOException {
    MmuBackend mutant = Mutants.asOriginal(Mutants.batchesOf32());
    // 32 PTEs take two batches of 31 at most; the two calls are two findings.
    assertThat(
            findings(
                written(64)
                    .protect(1, 0, 32, READ, 0)
                    .protect(1, 32, 32, READ, 0)
                    .protect(1, 0, 8, READ | WRITE, 0),
                mutant))
        .containsExactly(
            "0 mmu-update-batch breaks I12: hypercall_mmu_update: expected 2 but found 1",
            "32 mmu-update-batch breaks I12: hypercall_mmu_update: expected 2 but found 1");
  }

  @Test
  void aFindingNamesTheCallAndTheLineInWhichItWasFound() throws IOException {
    // One mapping and 64 writes come first; then lines 66 and 67.
    Events events = written(64).protect(1, 0, 8, READ, 0).protect(1, 8, 32, READ, 0);
    findings(events, Mutants.asOriginal(Mutants.batchesOf32()));
    assertThat(recording.findings)
        .extracting(Finding::place)
        .containsExactly(new Finding.Place(66, 67, 1));
  }

  @Test
  void oneCallWithSeveralPiecesIsOneFinding() throws IOException {
    // Pieces of 32, 8 and 32 PTEs take 2, 1 and 2 batches of 31 at most.
    Events events = written(72).protect(1, 32, 8, READ, 0).protect(1, 0, 72, 0, 0);
    assertThat(findings(events, Mutants.asOriginal(Mutants.batchesOf32())))
        .containsExactly(
            "0 mmu-update-batch breaks I12: hypercall_mmu_update: expected 5 but found 3");
  }

  @Test
  void aBackendThatIsNotShippedIsHeldToNoFormula() throws IOException {
    assertThat(findings(written(32).protect(1, 0, 32, READ, 0), Mutants.batchesOf32())).isEmpty();
  }

  static List<MmuBackend> shipped() {
    return Backends.all();
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void aPteCommittedTwice(MmuBackend backend) throws IOException {
    assertThat(findings(written(3).protect(1, 0, 3, READ, 0), Mutants.commitsTwice(backend)))
        .hasSize(1)
        .allMatch(each -> each.startsWith("0 " + backend.name() + " breaks I12: "));
  }

  @Test
  void aPteThatIsNotUpdatedBecauseItIsRightAlready() throws IOException {
    Events events =
        written(4).protect(1, 1, 1, READ | WRITE | 4, 0).protect(1, 0, 4, READ | WRITE | 4, 0);
    assertThat(findings(events, Mutants.asOriginal(Mutants.skipsWhatIsRightAlready()))).isEmpty();
    // The piece that changes no flag is passed over; these PTEs change none although flags do.
    Events none = new Events().map(1, 0, 2, READ);
    none.touch(EventKind.READ, 1, 0, 1).protect(1, 0, 2, READ | WRITE, 0);
    assertThat(findings(none, Mutants.asOriginal(Mutants.skipsWhatIsRightAlready())))
        .containsExactly(
            "0 mmu-update-batch breaks I12: hypercall_mmu_update: expected 1 but found 0");
  }

  @Test
  void aFlushThatIsLeftOutBecauseStartReturnedAWrongPte() throws IOException {
    assertThat(findings(written(8).protect(1, 2, 3, READ, 0), Mutants.hidesTheRightToWrite()))
        .containsExactly(
            "2 mutant breaks I8: expected a flush of 3 pages from 700000002000 but found none");
  }

  @Test
  void aRecordedResultThatLinuxDoesNotGive() throws IOException {
    // A length of 2^64 - 4096 wraps around: ENOMEM (-12), whatever is mapped.
    Events events = written(2).protect(1, 0, -1, READ, 0).protect(1, 0, 2, READ, 0);
    assertThat(findings(events, PLATFORM, Backends.all()))
        .containsExactly("0 trace breaks I13: expected mprotect to return -12 but the trace has 0");
    assertThat(recording.calls).last().asString().endsWith(", unknown");
  }

  @Test
  void aRecordedResultSaysNothingOfMemoryThatIsNotKnown() throws IOException {
    assertThat(findings(written(2).lost(1).protect(1, 0, -1, READ, 0), PLATFORM, Backends.all()))
        .isEmpty();
  }

  @Test
  void noFlushIsDemandedForRightsThatGrow() throws IOException {
    Events events = new Events().map(1, 0, 4, READ);
    events.touch(EventKind.READ, 1, 0, 1).protect(1, 0, 4, READ | WRITE, 0);
    assertThat(findings(events, Mutants.hidesTheRightToWrite())).isEmpty();
  }

  @Test
  void aFlushThatIsShort() throws IOException {
    assertThat(findings(written(8).protect(1, 2, 3, READ, 0), Mutants.flushesOnePageLess()))
        .containsExactly(
            "2 mutant breaks I8: expected a flush of 3 pages from 700000002000 but found one of 2"
                + " pages from 700000002000");
  }

  @Test
  void aFlushThatForgetsOtherCpus() throws IOException {
    Events events = written(8).spawn(1, 2, 0x10100);
    events.write(1, 0).cpu(1).protect(1, 2, 3, READ, 0);
    assertThat(findings(events, Mutants.forgetsOtherCpus()))
        .containsExactly("2 mutant breaks I8: expected a flush on 1 more CPUs but found one on 0");
  }

  @Test
  void aNeighbourOfTheRangeThatIsWritten() throws IOException {
    assertThat(findings(written(8).protect(1, 2, 3, READ, 0), Mutants.writesBeside(1)))
        .singleElement()
        .asString()
        .startsWith("5 mutant breaks I6: expected a PTE that nobody asked to change to stay ");
    recording.findings.clear();
    assertThat(findings(written(8).protect(1, 2, 1, READ, 0), Mutants.writesBeside(-1)))
        .singleElement()
        .asString()
        .startsWith("1 mutant breaks I6: ");
  }

  @Test
  void anEmptySlotInTheRangeThatIsWritten() throws IOException {
    Events events = new Events().map(1, 0, 8, READ | WRITE).write(1, 0, 4);
    assertThat(findings(events.protect(1, 0, 8, READ, 0), Mutants.writesBeside(2)))
        .containsExactly(
            "6 mutant breaks I6: expected a PTE that nobody asked to change to stay"
                + " 0000000000000000 but found 0000000000000002");
  }

  @Test
  void aPteFurtherOffIsFoundWhenItDies() throws IOException {
    assertThat(findings(written(8).protect(1, 0, 1, READ, 0), Mutants.writesBeside(5)))
        .singleElement()
        .asString()
        .startsWith("5 mutant breaks I14: ");
  }
}
