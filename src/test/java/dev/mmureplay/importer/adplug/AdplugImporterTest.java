package dev.mmureplay.importer.adplug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.importer.GoldenLogs;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.TraceImporter;
import dev.mmureplay.importer.TraceSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guards against an access being moved out of, or into, a call of another thread. */
class AdplugImporterTest implements GoldenLogs {
  private final AdplugImporter importer = new AdplugImporter();

  @Override
  public TraceImporter importer() {
    return importer;
  }

  @Override
  public String directory() {
    return "adplug";
  }

  @Test
  void recognisesALogThatLostItsHeader() {
    String head = "580 651 0 27457 r 4002805000\n581 652 0 27457 S 10 1 2 3 4 5 6\n5";
    assertThat(importer.recognises(head.getBytes(StandardCharsets.UTF_8))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "P 1 2 3 0 7f00 1000 1\n",
        "580 651 0 27457 r\n",
        "580 651 0 27457 q 4002805000\n",
        "1 2 3 4 5 6\n"
      })
  void recognisesNoOtherColumns(String head) {
    assertThat(importer.recognises(head.getBytes(StandardCharsets.UTF_8))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anAccessOfAnotherThreadStaysOnItsSideOfACallsBeginAndEnd(boolean fold) throws IOException {
    // Thread 101 writes one page before, twice during and after a call of thread 100.
    String log =
        """
        # adplug 1 pages=0 code=1 pid=100 clock=CLOCK_MONOTONIC ns
        0 1000 1 101 w 4000001000
        1 1100 0 100 S 10 4000001000 1000 1 0 0 0
        2 1200 1 101 w 4000001000
        3 1300 1 101 w 4000001008
        4 1400 0 100 R 10 0
        5 1500 1 101 w 4000001000
        """;
    List<EventRow> rows = rows(log, new ImportOptions(fold));
    EventRow call =
        rows.stream().filter(row -> row.kind == EventKind.MPROTECT).findFirst().orElseThrow();
    assertThat(call.time).isEqualTo(1100);
    assertThat(call.time + call.duration).isEqualTo(1400);
    assertThat(call.line).isEqualTo(3);
    assertThat(rows.stream().filter(row -> row.kind == EventKind.WRITE))
        .extracting(
            row -> row.time < call.time ? "before" : row.time < 1400 ? "during" : "after",
            row -> row.line,
            row -> row.count)
        .containsExactlyElementsOf(
            fold
                ? List.of(tuple("before", 2L, 1), tuple("during", 4L, 2), tuple("after", 7L, 1))
                : List.of(
                    tuple("before", 2L, 1),
                    tuple("during", 4L, 1),
                    tuple("during", 5L, 1),
                    tuple("after", 7L, 1)));
  }

  @Test
  void threadsThatTouchOnePageInTurnsAreFoldedEachForItself() throws IOException {
    StringBuilder log = new StringBuilder("# adplug 1 pages=0 code=1 pid=100 clock=ns\n");
    // More threads than an epoch has room for, each touching the same two pages thrice.
    int threads = 200;
    int sequence = 0;
    for (int round = 0; round < 3; round++) {
      for (int tid = 100; tid < 100 + threads; tid++) {
        for (int page = 1; page <= 2; page++) {
          log.append(sequence).append(' ').append(1000 + sequence).append(" 0 ").append(tid);
          log.append(" w 400000").append(page).append("000\n");
          sequence++;
        }
      }
    }
    int[] touches = new int[100 + threads];
    for (EventRow row : rows(log.toString(), ImportOptions.DEFAULT)) {
      touches[row.tid] += row.count;
      assertThat(row.pid).isEqualTo(100);
    }
    for (int tid = 100; tid < 100 + threads; tid++) {
      assertThat(touches[tid]).isEqualTo(6);
    }
  }

  private List<EventRow> rows(String log, ImportOptions options) throws IOException {
    List<EventRow> rows = new ArrayList<>();
    try (TraceSource source = TraceSource.of("t", log.getBytes(StandardCharsets.UTF_8))) {
      importer.importTrace(source, options, row -> rows.add(new EventRow().set(row)));
    }
    return rows;
  }
}
