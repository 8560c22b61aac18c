package dev.mmureplay.importer.lackey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.PageFold;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guards against folding that loses, invents or reorders what an access tells about A/D bits. */
class LackeyFoldingTest {
  /** Who touched which page how. */
  private record Touch(int pid, int tid, EventKind kind, long page) {}

  /**
   * The accesses between two other events or two threads, each with its number, in the order of the
   * first.
   */
  private static final class Epochs {
    final List<Object> sequence = new ArrayList<>();
    private Map<Touch, Long> epoch = new LinkedHashMap<>();
    private int rows;

    void add(EventRow row) {
      rows++;
      if (!row.kind.isAccess()) {
        end();
        sequence.add(LackeyLogs.text(row));
        return;
      }
      Touch touch = new Touch(row.pid, row.tid, row.kind, row.address >>> 12);
      boolean sameThread =
          epoch.keySet().stream()
              .limit(1)
              .allMatch(first -> first.pid == row.pid && first.tid == row.tid);
      if (!sameThread) {
        end();
      }
      epoch.merge(touch, (long) row.count, Long::sum);
    }

    void end() {
      if (!epoch.isEmpty()) {
        sequence.add(List.copyOf(epoch.entrySet()));
        epoch = new LinkedHashMap<>();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aRandomLogHasTheSameEpochsFoldedAndUnfolded(long seed) throws IOException {
    assertSameEpochs(LackeyLogs.bytes(RandomLog.of(seed, 20_000)), "seed " + seed);
  }

  @Test
  void aRealLogHasTheSameEpochsFoldedAndUnfolded() throws IOException {
    assertSameEpochs(LackeyLogs.real(), "the excerpt");
  }

  @Test
  void theRealLogIsUnderstoodToTheLastLine() throws IOException {
    ImportReport report = LackeyLogs.importLog(LackeyLogs.real(), LackeyLogs.FOLDED, row -> {});
    assertThat(report.ledger().lines()).isEqualTo(3105);
    assertThat(report.ledger().rejections()).isEmpty();
    assertThat(report.command()).isEqualTo("/tmp/capture/bin/demo_small");
  }

  @Test
  void morePagesThanTheTableHoldsSplitRowsAndLoseNone() throws IOException {
    // Three rounds over one page more than there are rows: every touch comes when its row is gone.
    int pages = PageFold.MAX_ROWS + 1;
    StringBuilder log = new StringBuilder();
    for (int round = 0; round < 3; round++) {
      for (int page = 0; page < pages; page++) {
        log.append(" S ").append(Integer.toHexString(page << 12)).append(",8\n");
      }
    }
    long[] sums = new long[pages];
    LackeyLogs.importLog(
        LackeyLogs.bytes(log.toString()),
        LackeyLogs.FOLDED,
        row -> sums[(int) (row.address >>> 12)] += row.count);
    assertThat(sums).containsOnly(3);
  }

  @Test
  void foldingBringsManyAccessesIntoOneRow() throws IOException {
    Epochs folded = epochs(LackeyLogs.real(), LackeyLogs.FOLDED);
    Epochs unfolded = epochs(LackeyLogs.real(), LackeyLogs.UNFOLDED);
    assertThat(unfolded.rows).isGreaterThan(3_000);
    assertThat(folded.rows).isLessThan(600);
  }

  private static void assertSameEpochs(byte[] log, String what) throws IOException {
    Epochs unfolded = epochs(log, LackeyLogs.UNFOLDED);
    Epochs folded = epochs(log, LackeyLogs.FOLDED);
    assertThat(folded.sequence).as(what).isEqualTo(unfolded.sequence);
    assertThat(folded.rows).as(what).isLessThanOrEqualTo(unfolded.rows);
  }

  private static Epochs epochs(byte[] log, ImportOptions options) throws IOException {
    Epochs epochs = new Epochs();
    LackeyLogs.importLog(log, options, epochs::add);
    epochs.end();
    return epochs;
  }

  /** Makes logs of a few threads that touch a few pages, with calls and switches in between. */
  static final class RandomLog {
    private RandomLog() {}

    static String of(long seed, int lines) {
      Random random = new Random(seed);
      StringBuilder log = new StringBuilder("==7== Lackey, an example Valgrind tool\n");
      int thread = 1;
      for (int i = 0; i < lines; i++) {
        int what = random.nextInt(200);
        if (what == 0) {
          thread = 1 + random.nextInt(3);
          log.append("--7--   SCHED[").append(thread).append("]:  acquired lock (x)\n");
        } else if (what == 1) {
          log.append("SYSCALL[7,").append(thread);
          log.append("](10) sys_mprotect ( 0x1000, 4096, 1 )[sync] --> Success(0x0) \n");
        } else if (what == 2) {
          log.append("SYSCALL[7,").append(thread);
          log.append("](3) sys_close ( 3 )[sync] --> Success(0x0) \n");
        } else {
          log.append(List.of("I  ", " L ", " S ", " M ").get(random.nextInt(4)));
          log.append(String.format("%08x", random.nextInt(12 << 12)));
          log.append(',').append(1 + random.nextInt(32)).append('\n');
        }
      }
      return log.toString();
    }
  }
}
