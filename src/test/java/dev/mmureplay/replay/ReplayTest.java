package dev.mmureplay.replay;

import static dev.mmureplay.replay.Events.READ;
import static dev.mmureplay.replay.Events.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.Mmu;
import dev.mmureplay.mmu.MmuBackend;
import dev.mmureplay.mmu.NativeBackend;
import dev.mmureplay.mmu.Operation;
import dev.mmureplay.mmu.OperationCounter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a trace does not show must never turn into a number without a mark on it. */
class ReplayTest {
  private static final GuestPlatform PLATFORM = new GuestPlatform(GuestKernel.LINUX_6_1, true);

  @TempDir Path directory;
  private final Recording recording = new Recording();

  private ReplayResult replay(Events events, @Nullable Residency residency) throws IOException {
    return replay(events, Backends.all(), residency);
  }

  private ReplayResult replay(
      Events events, List<MmuBackend> backends, @Nullable Residency residency) throws IOException {
    Path file = events.writeTo(directory.resolve("trace.arrow"));
    return Replay.run(
        file, new ReplayOptions(PLATFORM, backends, residency, 1), recording, done -> {});
  }

  @Test
  void recordedAccessesDecideWhichPtesACallRewrites() throws IOException {
    replay(
        new Events().map(1, 0, 16, READ | WRITE).write(1, 0, 3, 5).protect(1, 0, 16, READ, 0),
        null);
    assertThat(recording.calls).containsExactly("line 5: 16 pages, 3 present, 3 updated, 1 pieces");
    assertThat(recording.count(0, 0, Operation.LOCKED_RMW)).isEqualTo(3);
    assertThat(recording.pages).containsExactly("0:0 p-ad", "0:3 p-ad", "0:5 p-ad");
  }

  @Test
  void aTraceOfCallsAloneAssumesEveryAccessiblePageResidentAndSaysSo() throws IOException {
    ReplayResult result =
        replay(
            new Events().callsOnly().map(1, 0, 16, READ | WRITE).protect(1, 0, 8, READ, 0), null);
    assertThat(result.residency()).isEqualTo(Residency.ALL);
    assertThat(recording.calls)
        .containsExactly("line 2: 8 pages, 8 present, 8 updated, 1 pieces, assumed");
    assertThat(result.assumptions()).containsEntry("page-assumed-resident", 8L);
  }

  @Test
  void residencyNoneIsTheLowerBoundAndIsMarkedToo() throws IOException {
    ReplayResult result =
        replay(
            new Events().callsOnly().map(1, 0, 16, READ | WRITE).protect(1, 0, 8, READ, 0),
            Residency.NONE);
    assertThat(result.residency()).isEqualTo(Residency.NONE);
    assertThat(recording.calls)
        .containsExactly("line 2: 8 pages, 0 present, 0 updated, 1 pieces, assumed");
  }

  @Test
  void assumedResidencyReachesMappingsThatNothingInTheTraceMade() throws IOException {
    // The program's own relocation area: mapped by execve, which strace does not show.
    replay(new Events().callsOnly().protect(1, 0, 4, READ, 0), null);
    assertThat(recording.calls)
        .containsExactly("line 1: 4 pages, 4 present, 4 updated, 1 pieces, assumed");
  }

  @Test
  void assumedResidencyNeverReachesIntoMemoryThatNothingMayTouch() throws IOException {
    replay(
        new Events().callsOnly().map(1, 0, 16, 0).protect(1, 0, 8, READ | WRITE, 0), Residency.ALL);
    assertThat(recording.calls).containsExactly("line 2: 8 pages, 0 present, 0 updated, 1 pieces");
  }

  @Test
  void aPteThatTheKernelWasSeenToSetMakesThePageResident() throws IOException {
    Events events = new Events().map(1, 0, 8, READ | WRITE);
    for (int page : new int[] {2, 5}) {
      var row = events.add(EventKind.SET_PTE, 1, 1);
      row.address = Events.page(page);
      row.result = 0x867;
    }
    var stranger = events.add(EventKind.SET_PTE, 9, 1);
    stranger.address = Events.page(0);
    stranger.result = 0x867;
    ReplayResult result = replay(events.protect(1, 0, 8, READ, 0), null);
    assertThat(recording.calls).containsExactly("line 5: 8 pages, 2 present, 2 updated, 1 pieces");
    assertThat(result.addressSpaces()).isEqualTo(1);
  }

  @Test
  void aFailedCallHasTheEffectThatItsFailureHas() throws IOException {
    Events events = new Events().map(1, 0, 4, READ | WRITE).map(1, 6, 4, READ | WRITE);
    events.write(1, 0, 1, 6).protect(1, 0, 10, READ, -12).protect(1, 0, 4, READ, -22);
    replay(events, null);
    assertThat(recording.calls)
        .containsExactly(
            "line 6: 10 pages, 3 present, 2 updated, 1 pieces",
            "line 7: 4 pages, 0 present, 0 updated, 0 pieces");
  }

  @Test
  void aCallWithoutAResultIsPassedOverAndCounted() throws IOException {
    Events events = new Events();
    events.call(EventKind.MMAP, 1, 0, 4, EventSchema.UNKNOWN).protection = READ;
    ReplayResult result = replay(events, null);
    assertThat(result.assumptions()).containsEntry("call-without-result-ignored", 1L);
  }

  @Test
  void aForkedChildHasItsOwnMemoryAndAThreadSharesIt() throws IOException {
    Events events = new Events().map(1, 0, 4, READ | WRITE).write(1, 0, 1);
    events.spawn(1, 2, 0x11).spawn(1, 3, 0x10100);
    events.protect(2, 0, 4, READ, 0);
    events.add(EventKind.MPROTECT, 1, 3).address = Events.page(0);
    events.call(EventKind.MPROTECT, 1, 0, 4, 0).protection = READ;
    ReplayResult result = replay(events, null);
    assertThat(recording.calls.get(0)).isEqualTo("line 6: 4 pages, 2 present, 2 updated, 1 pieces");
    assertThat(recording.calls.get(2)).isEqualTo("line 8: 4 pages, 2 present, 2 updated, 1 pieces");
    assertThat(result.addressSpaces()).isEqualTo(2);
  }

  @Test
  void execveStartsWithAnEmptyAddressSpaceAndReportsTheOldOne() throws IOException {
    Events events = new Events().map(1, 0, 4, READ | WRITE).write(1, 2).execve(1);
    events.map(1, 0, 4, READ | WRITE).protect(1, 0, 4, READ, 0);
    replay(events, null);
    assertThat(recording.pages).containsExactly("0:2 pwad");
    assertThat(recording.calls).containsExactly("line 5: 4 pages, 0 present, 0 updated, 1 pieces");
  }

  @Test
  void theLastThreadToExitEndsTheAddressSpace() throws IOException {
    Events events = new Events().map(1, 0, 4, READ | WRITE).write(1, 2).spawn(1, 2, 0x10100);
    events.exit(1, 1);
    events.add(EventKind.WRITE, 1, 2).address = Events.page(3);
    events.exit(1, 2).write(1, 3);
    ReplayResult result = replay(events, null);
    assertThat(recording.pages).containsExactly("0:2 pwad", "0:3 pwad");
    assertThat(result.assumptions()).containsEntry("event-after-exit-ignored", 1L);
  }

  @Test
  void protNonePagesStayResidentAndKeepAccessedAndDirty() throws IOException {
    replay(new Events().map(1, 0, 2, READ | WRITE).write(1, 0).protect(1, 0, 2, 0, 0), null);
    assertThat(recording.pages).containsExactly("0:0 n-ad");
  }

  @Test
  void everyBackendEndsWithTheSamePtesAndTheRunChecksIt() throws IOException {
    Events events = new Events().map(1, 0, 600, READ | WRITE);
    for (int i = 0; i < 600; i += 3) {
      events.write(1, i);
    }
    events.protect(1, 100, 450, READ, 0).write(1, 5).protect(1, 50, 300, READ | WRITE, 0);
    events.write(1, 150, 151).unmap(1, 200, 100);
    ReplayResult result = replay(events, null);
    assertThat(result.backends())
        .extracting(ReplayResult.Backend::digest)
        .containsOnly(result.backends().get(0).digest());
    assertThat(recording.findings).isEmpty();
    assertThat(result.disagreements()).isEmpty();
  }

  @Test
  void aBackendThatForgetsAnUpdateIsFoundOut() throws IOException {
    Events events = new Events().map(1, 0, 4, READ | WRITE).write(1, 0, 1);
    events.protect(1, 0, 4, READ, 0);
    ReplayResult result =
        replay(events, List.of(new NativeBackend(), new ForgetfulBackend()), null);
    assertThat(result.backends().get(0).findings()).isZero();
    assertThat(result.backends().get(1).findings()).isEqualTo(2);
    assertThat(recording.findings).extracting(Finding::invariant).containsExactly("I3", "I9");
    assertThat(recording.findings)
        .first()
        .satisfies(
            finding -> {
              assertThat(finding.backend()).isEqualTo("forgetful");
              assertThat(finding.address()).isEqualTo(Events.page(1));
              assertThat(finding.message()).startsWith("expected the PTE ");
            });
    assertThat(result.disagreements())
        .containsExactly(
            "forgetful claims to keep every accessed and dirty bit but broke an invariant 2 times; the table finding"
                + " has them",
            "forgetful ended with other PTEs than native");
  }

  @Test
  void aBackendThatThrowsCostsItsOwnRowAndNotTheRun() throws IOException {
    Events events = new Events().map(1, 0, 4, READ | WRITE).write(1, 0, 1);
    events.protect(1, 0, 4, READ, 0).protect(1, 0, 4, READ | WRITE, 0);
    ReplayResult result = replay(events, List.of(new BrokenBackend(), new NativeBackend()), null);
    assertThat(result.backends().get(0).failure())
        .contains("broken failed")
        .contains("out of luck");
    assertThat(result.backends().get(1).failure()).isNull();
    assertThat(recording.count(1, 1, Operation.LOCKED_RMW)).isEqualTo(2);
  }

  @Test
  void aReplayIsAFunctionOfEventsAndOptions() throws IOException {
    List<List<List<List<Long>>>> runs = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      recording.counts.clear();
      Events events = new Events().map(1, 0, 1000, READ | WRITE);
      for (int k = 0; k < 500; k++) {
        events.write(1, (k * 37) % 1000).protect(1, (k * 13) % 900, 60, k % 2 == 0 ? 1 : 3, 0);
      }
      replay(events, null);
      runs.add(List.copyOf(recording.counts));
    }
    assertThat(runs.get(0)).isEqualTo(runs.get(1));
  }

  /** Native, but the second entry of a page is never committed. */
  private static final class ForgetfulBackend extends Wrapped {
    @Override
    public String name() {
      return "forgetful";
    }

    @Override
    boolean commits(int index) {
      return index % 512 != 1;
    }
  }

  /** Native until the first commit. */
  private static final class BrokenBackend extends Wrapped {
    @Override
    public String name() {
      return "broken";
    }

    @Override
    boolean commits(int index) {
      throw new IllegalStateException("out of luck");
    }
  }

  private abstract static class Wrapped implements MmuBackend {
    abstract boolean commits(int index);

    @Override
    public String description() {
      return "for tests";
    }

    @Override
    public boolean underXen() {
      return false;
    }

    @Override
    public Mmu create(GuestPlatform platform, OperationCounter counter) {
      Mmu real = new NativeBackend().create(platform, counter);
      return (Mmu)
          java.lang.reflect.Proxy.newProxyInstance(
              Mmu.class.getClassLoader(),
              new Class<?>[] {Mmu.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("ptepModifyProtCommit")
                    && !commits((Integer) arguments[1])) {
                  return null;
                }
                return method.invoke(real, arguments);
              });
    }
  }
}
