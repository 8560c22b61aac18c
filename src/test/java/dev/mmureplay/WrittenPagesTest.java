package dev.mmureplay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.event.EventBatch;
import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventReader;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.TraceImport;
import dev.mmureplay.importer.TraceSource;
import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.MmuBackend;
import dev.mmureplay.mmu.Mutants;
import dev.mmureplay.replay.Finding;
import dev.mmureplay.replay.PageState;
import dev.mmureplay.replay.Replay;
import dev.mmureplay.replay.ReplayOptions;
import dev.mmureplay.replay.ReplayResult;
import dev.mmureplay.replay.ReplaySink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * No write without dirty (I9), from the raw log to the last PTE, in captures that show every
 * access. Which pages were written since they were mapped or cleaned, and are there at the end, is
 * worked out here from the events alone; what is unmapped before is compared when it goes, which
 * the seeded bug shows.
 */
class WrittenPagesTest {
  static final List<String> EVERY_ACCESS =
      List.of(
          "demo/demo.lackey.txt.zst",
          "luajit/luajit-traces.lackey-folded.txt.zst",
          "boehm-gc/boehm-gc-1t.lackey-folded.txt.zst",
          "adv-ad/adv-ad-free.adplug.txt.zst");

  private static final int MADV_DONTNEED = 4;
  private static final int MADV_FREE = 8;
  private static final int MADV_REMOVE = 9;

  @TempDir Path directory;

  /** Keeps what was found wrong, and the dirty pages. */
  private static final class Outcome implements ReplaySink {
    final List<Finding> findings = new ArrayList<>();
    final Set<Long> dirty = new HashSet<>();

    @Override
    public void page(PageState page) {
      if (page.dirty) {
        dirty.add(key(page.pid, page.address));
      }
    }

    @Override
    public void finding(Finding finding) {
      findings.add(finding);
    }
  }

  private static long key(int pid, long page) {
    return ((long) pid << 48) ^ (page & -EventSchema.PAGE_SIZE);
  }

  private Path events(String trace) throws IOException {
    Path events = directory.resolve("events.arrow");
    try (TraceSource source = TraceSource.open("traces/" + trace)) {
      TraceImport.importTo(source, null, ImportOptions.DEFAULT, true, events);
    }
    return events;
  }

  private static ReplayResult replay(
      Path events, GuestKernel kernel, List<MmuBackend> backends, ReplaySink sink)
      throws IOException {
    GuestPlatform platform = new GuestPlatform(kernel, true);
    return Replay.run(events, new ReplayOptions(platform, backends, null, 16), sink, done -> {});
  }

  /** The pages written since they were last mapped or cleaned, when the trace ends. */
  private static Set<Long> written(Path events) throws IOException {
    Set<Long> written = new HashSet<>();
    try (EventReader reader = EventReader.open(events)) {
      while (reader.nextBatch()) {
        EventBatch batch = reader.batch();
        for (int row = 0; row < batch.rows(); row++) {
          take(batch, row, written);
        }
      }
    }
    return written;
  }

  private static void take(EventBatch batch, int row, Set<Long> written) {
    int pid = batch.pid(row);
    EventKind kind = batch.kind(row);
    long result = batch.result(row);
    if (kind == EventKind.WRITE) {
      written.add(key(pid, batch.address(row)));
    } else if (kind == EventKind.EXECVE) {
      written.removeIf(key -> (int) (key >>> 48) == pid);
    } else if (result == EventSchema.UNKNOWN || (result < 0 && result >= -4095)) {
      return;
    }
    switch (kind) {
      case MMAP -> remove(written, pid, result, batch.length(row));
      case MUNMAP -> remove(written, pid, batch.address(row), batch.length(row));
      case MREMAP -> remove(written, pid, batch.address(row), batch.length(row));
      case MADVISE -> {
        long advice = batch.flags(row);
        if (advice == MADV_DONTNEED || advice == MADV_FREE || advice == MADV_REMOVE) {
          remove(written, pid, batch.address(row), batch.length(row));
        }
      }
      default -> {
        // Nothing else takes a page away or cleans it.
      }
    }
  }

  private static void remove(Set<Long> written, int pid, long start, long length) {
    for (long page = start; page < start + length; page += EventSchema.PAGE_SIZE) {
      written.remove(key(pid, page));
    }
  }

  @ParameterizedTest
  @FieldSource("EVERY_ACCESS")
  void everyWrittenPageEndsDirtyUnderEveryCorrectBackend(String trace) throws IOException {
    Path events = events(trace);
    Set<Long> written = written(events);
    assertThat(written).hasSizeGreaterThanOrEqualTo(10);
    List<MmuBackend> correct = Backends.all().stream().filter(MmuBackend::correct).toList();
    for (GuestKernel kernel : GuestKernel.values()) {
      Outcome outcome = new Outcome();
      ReplayResult result = replay(events, kernel, correct, outcome);
      assertThat(outcome.findings).isEmpty();
      assertThat(outcome.dirty).as(kernel.id()).containsAll(written);
      assertThat(result.disagreements()).isEmpty();
    }
  }

  @ParameterizedTest
  @FieldSource("EVERY_ACCESS")
  void aBackendThatForgetsOneDirtyBitIsFound(String trace) throws IOException {
    Outcome outcome = new Outcome();
    List<MmuBackend> mutant = List.of(Mutants.forgetsDirtyOfReadOnlyPtes());
    replay(events(trace), GuestKernel.LINUX_6_1, mutant, outcome);
    assertThat(outcome.findings).extracting(Finding::invariant).contains("I1", "I9");
  }
}
