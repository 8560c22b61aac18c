package dev.mmureplay.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each kind of capture lets one know of a page and of a call: the rules one by one. */
class CertaintyTest {
  private static final int NONE = 0;
  private static final int READ = Events.READ;
  private static final int BOTH = Events.READ | Events.WRITE;
  private static final int MADV_FREE = 8;

  @TempDir Path folder;

  /** Pages as {@code number accessed dirty}, and calls as {@code line certainty}. */
  private final List<String> pages = new ArrayList<>();

  private final List<Certainty> calls = new ArrayList<>();

  /** What is said of the trace itself; no backend may break anything. */
  private final List<String> contradictions = new ArrayList<>();

  private final class Sink implements ReplaySink {
    @Override
    public void call(CallFacts call, long[][] counts) {
      calls.add(call.certainty);
    }

    @Override
    public void page(PageState page) {
      pages.add(
          (page.address - Events.BASE) / 4096
              + (page.residencyKnown ? " " : "? ")
              + page.accessedState.id()
              + " "
              + page.dirtyState.id());
    }

    @Override
    public void finding(Finding finding) {
      assertThat(finding.backend()).as(finding.toString()).isEqualTo(Finding.TRACE);
      contradictions.add(finding.message());
    }
  }

  @Test
  void whereEveryAccessIsSeenABitThatIsNotSetIsClear() throws IOException {
    Events events = new Events().map(1, 0, 4, BOTH).write(1, 0).touch(EventKind.READ, 1, 1);
    replay(advise(events, 0, 1, MADV_FREE).protect(1, 0, 4, READ, 0));
    assertThat(pages).containsExactly("0 clear clear", "1 set clear");
    assertThat(calls).containsExactly(Certainty.KNOWN);
  }

  @Test
  void theKernelMayTouchWhatTheProgramMay() throws IOException {
    Events events = new Events().kernelUnseen().map(1, 0, 2, BOTH).map(1, 8, 1, READ);
    events.touch(EventKind.READ, 1, 0, 8).write(1, 1);
    replay(events.protect(1, 1, 1, READ, 0).protect(1, 0, 1, READ, 0));
    assertThat(pages).containsExactly("0 set unknown", "1 set set", "8 set clear");
    // Of page 0 it is not known whether the kernel had made it writable.
    assertThat(calls).containsExactly(Certainty.KNOWN, Certainty.ASSUMED);
  }

  @Test
  void nobodyTouchesInaccessibleMemory() throws IOException {
    Events events = new Events().kernelUnseen().map(1, 0, 8, NONE).map(1, 600, 8, BOTH);
    replay(events.protect(1, 0, 8, BOTH, 0).protect(1, 600, 8, READ, 0));
    assertThat(calls).containsExactly(Certainty.KNOWN, Certainty.ASSUMED);
  }

  @Test
  void aPageTableThatTheKernelMayHaveMadeCannotBeRuledOut() throws IOException {
    // Both mappings lie in one 2 MiB chunk: one page of it populated unseen, and there is a table.
    Events events = new Events().kernelUnseen().map(1, 0, 8, NONE).map(1, 100, 8, BOTH);
    replay(events.unmap(1, 100, 8).protect(1, 0, 8, BOTH, 0));
    assertThat(calls).containsExactly(Certainty.ASSUMED);
  }

  @Test
  void aCleanWritablePageIsTouchedWithoutAFault() throws IOException {
    Events events = new Events().faultsOnly().map(1, 0, 2, BOTH).write(1, 0, 1);
    advise(events, 0, 2, MADV_FREE).protect(1, 1, 1, NONE, 0);
    replay(events.write(1, 0));
    assertThat(pages).containsExactly("0 set set", "1 unknown unknown");
  }

  @Test
  void whatMprotectMakesOfAPageMayDependOnAnUnseenWrite() throws IOException {
    // linux-6.1 makes an exclusive page writable at once if it is dirty.
    Events events = new Events().faultsOnly().map(1, 0, 1, BOTH).write(1, 0);
    advise(events, 0, 1, MADV_FREE).protect(1, 0, 1, READ, 0).protect(1, 0, 1, BOTH, 0);
    replay(events);
    assertThat(calls).containsExactly(Certainty.KNOWN, Certainty.ASSUMED);
  }

  @Test
  void aReadOnlyPageThatFaultedInIsNotDirty() throws IOException {
    replay(new Events().faultsOnly().map(1, 0, 2, READ).touch(EventKind.READ, 1, 0));
    assertThat(pages).containsExactly("0 set clear");
  }

  @Test
  void pagesOfAForkedChildAreNotAccessedYetOrThatIsNotSeen() throws IOException {
    replay(new Events().map(1, 0, 1, BOTH).write(1, 0).spawn(1, 2, 0x11));
    replay(new Events().faultsOnly().map(1, 0, 1, BOTH).write(1, 0).spawn(1, 2, 0x11));
    assertThat(pages).containsExactly("0 set set", "0 clear set", "0 set set", "0 unknown set");
  }

  @Test
  void assumedPagesAreUnknownAndTheirCallsAssumed() throws IOException {
    replay(new Events().callsOnly().map(1, 0, 2, BOTH).protect(1, 0, 2, READ, 0));
    assertThat(pages).containsExactly("0? unknown unknown", "1? unknown unknown");
    assertThat(calls).containsExactly(Certainty.ASSUMED);
  }

  @Test
  void callsThatPopulateDecideWhereThereIsNoAccess() throws IOException {
    Events events = new Events().callsOnly();
    events.map(1, 0, 2, BOTH).last().flags = 0x8022;
    replay(events.protect(1, 0, 2, READ, 0));
    assertThat(pages).containsExactly("0 set set", "1 set set");
    assertThat(calls).containsExactly(Certainty.KNOWN);
  }

  @Test
  void pagesAroundAFaultAreAsCertainAsThePageCache() throws IOException {
    Events events = new Events().map(1, 0, 4, READ);
    events.last().flags = 2;
    events.last().file = 7;
    replay(events.touch(EventKind.READ, 1, 1, 2));
    assertThat(pages)
        .containsExactly("0? unknown unknown", "1 set clear", "2 set clear", "3? unknown unknown");
  }

  @Test
  void afterALossNothingIsKnownButWhatIsSeenAgain() throws IOException {
    Events events = new Events().map(1, 0, 4, BOTH).write(1, 0, 1, 2).protect(1, 0, 1, READ, 0);
    events.lost(1).touch(EventKind.READ, 1, 1).write(1, 2).protect(1, 0, 4, READ, 0);
    replay(events.execve(1).map(1, 0, 1, BOTH).write(1, 0).protect(1, 0, 1, READ, 0));
    assertThat(pages)
        .containsExactly("0? unknown unknown", "1 set unknown", "2 set set", "0 set set");
    assertThat(calls).containsExactly(Certainty.KNOWN, Certainty.UNKNOWN, Certainty.KNOWN);
  }

  @Test
  void whatHappenedWhileAnotherCpuLostEventsIsNotKnown() throws IOException {
    Events events = new Events().map(1, 0, 4, BOTH).write(1, 0).protect(1, 0, 4, READ, 0);
    // CPU 1 was last heard of before the first call.
    events.row(1).cpu = 1;
    replay(events.lost(1).cpu(1).protect(1, 0, 4, BOTH, 0));
    assertThat(calls).containsExactly(Certainty.UNKNOWN, Certainty.UNKNOWN);
  }

  @Test
  void aLossWithoutAPlaceLeavesNothingKnown() throws IOException {
    Events events = new Events().map(1, 0, 1, BOTH).write(1, 0).protect(1, 0, 1, READ, 0);
    replay(events.with(fidelity -> fidelity.withLost(1)));
    assertThat(pages).containsExactly("0? unknown unknown");
    assertThat(calls).containsExactly(Certainty.UNKNOWN);
  }

  @Test
  void memoryOlderThanTheTraceIsUnknownUntilExecve() throws IOException {
    Events events = new Events().with(fidelity -> fidelity.withFromStart(false));
    events.write(1, 0).touch(EventKind.READ, 1, 1).protect(1, 0, 2, READ, 0).execve(1);
    replay(events.map(1, 0, 1, BOTH).protect(1, 0, 1, READ, 0));
    assertThat(pages).containsExactly("0 set set", "1 set unknown");
    assertThat(calls).containsExactly(Certainty.UNKNOWN, Certainty.KNOWN);
  }

  @Test
  void aProcessThatNothingAnnouncedMayShareMemory() throws IOException {
    Events events = new Events().map(1, 0, 1, BOTH).write(1, 0);
    replay(events.map(9, 0, 1, BOTH).write(9, 0).protect(1, 0, 1, READ, 0));
    assertThat(pages).containsExactly("0? unknown unknown", "0? unknown unknown");
    assertThat(calls).containsExactly(Certainty.UNKNOWN);
  }

  @Test
  void anAccessThatTheModelForbidsShowsThatTheModelIsWrong() throws IOException {
    Events events = new Events().serialised().map(1, 0, 1, READ);
    events.touch(EventKind.READ, 1, 0).write(1, 0).protect(1, 0, 1, NONE, 0);
    replay(events);
    assertThat(pages).containsExactly("0? unknown unknown");
    assertThat(calls).containsExactly(Certainty.UNKNOWN);
  }

  @Test
  void anAttemptThatFaultsShowsNothingOfTheKind() throws IOException {
    Events events = new Events().map(1, 0, 1, READ).touch(EventKind.READ, 1, 0).write(1, 0);
    events.last().flags = EventSchema.FROM_FAULT | 7;
    replay(events.protect(1, 0, 1, NONE, 0));
    assertThat(pages).containsExactly("0 set clear");
    assertThat(calls).containsExactly(Certainty.KNOWN);
  }

  @Test
  void anObservedPteConfirmsWhatTheModelHas() throws IOException {
    Events events = new Events().faultsOnly().map(1, 0, 2, BOTH);
    setPte(events, 0, 0x867);
    setPte(events, 1, 0x825);
    replay(events.protect(1, 0, 2, NONE, 0));
    // A write to page 1 would have had the kernel set its PTE again.
    assertThat(pages).containsExactly("0 set set", "1 set clear");
    assertThat(calls).containsExactly(Certainty.KNOWN);
  }

  @Test
  void aPteSeenAtACallConfirmsBitsThatAreSet() throws IOException {
    Events events = new Events().callsOnly().map(1, 0, 2, BOTH).protect(1, 0, 2, READ, 0);
    EventRow seen = events.add(EventKind.OBSERVED_PTE, 1, 1);
    seen.address = Events.page(1);
    seen.result = 0x867;
    replay(events);
    assertThat(pages).containsExactly("0? unknown unknown", "1 set set");
  }

  @Test
  void aCallThatEndedOtherwiseThanTheModelIsUnknown() throws IOException {
    replay(new Events().map(1, 0, 4, BOTH).protect(1, 0, 4, READ, EventSchema.UNKNOWN));
    EventRow row = new Events().map(1, 0, 4, BOTH).protect(1, 0, 4, READ, 0).last();
    Events events = new Events().map(1, 0, 4, BOTH).protect(1, 0, 4, READ, 0);
    events.last().address = row.address + 1;
    replay(events);
    assertThat(calls).containsExactly(Certainty.ASSUMED, Certainty.UNKNOWN);
    assertThat(contradictions)
        .containsExactly("expected mprotect to return -22 but the trace has 0");
  }

  private static Events advise(Events events, int page, int count, int advice) {
    events.call(EventKind.MADVISE, 1, page, count, 0).flags = advice;
    return events;
  }

  private static void setPte(Events events, int page, long pte) {
    EventRow row = events.add(EventKind.SET_PTE, 1, 1);
    row.address = Events.page(page);
    row.result = pte;
  }

  private void replay(Events events) throws IOException {
    replay(events, null);
  }

  private void replay(Events events, @Nullable Residency residency) throws IOException {
    ReplayOptions options =
        new ReplayOptions(
            new GuestPlatform(GuestKernel.LINUX_6_1, true),
            Backends.named("native"),
            residency,
            ReplayOptions.DEFAULT_FAULT_AROUND);
    Replay.run(events.writeTo(folder.resolve("trace.arrow")), options, new Sink(), done -> {});
  }
}
