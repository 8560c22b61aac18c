package dev.mmureplay.importer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.event.EventKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Hazard: what has a translation of a page cached, or no more, is folded away. */
class PageFoldTest {
  private final List<String> rows = new ArrayList<>();
  private final PageFold fold =
      new PageFold(
          row ->
              rows.add(
                  row.pid + "/" + row.tid + " cpu" + row.cpu + " line " + row.line + " x"
                      + row.count));

  private void read(int pid, int tid, int cpu, long line) throws IOException {
    fold.thread(pid, tid);
    fold.cpu(cpu);
    fold.add(EventKind.READ.code(), 7, line);
  }

  @Test
  void aThreadThatMovesTouchesThePageOnBothCpus() throws IOException {
    read(10, 11, 0, 1);
    read(10, 11, 1, 2);
    read(10, 11, 0, 3);
    read(10, 11, 1, 4);
    read(10, 11, 1, 5);
    fold.flush();

    assertThat(rows).containsExactly("10/11 cpu0 line 1 x2", "10/11 cpu1 line 2 x3");
  }

  @Test
  void anotherProcessOnTheSameCpuEndsTheEpoch() throws IOException {
    read(10, 11, 0, 1);
    read(20, 21, 0, 2);
    read(10, 12, 1, 3);
    read(10, 11, 0, 4);
    fold.flush();

    assertThat(rows)
        .containsExactly(
            "10/11 cpu0 line 1 x1",
            "20/21 cpu0 line 2 x1",
            "10/12 cpu1 line 3 x1",
            "10/11 cpu0 line 4 x1");
  }

  @Test
  void processesWithoutCpusAreFoldedSideBySide() throws IOException {
    int unknown = dev.mmureplay.event.EventSchema.UNKNOWN_INT;
    read(10, 11, unknown, 1);
    read(20, 21, unknown, 2);
    read(10, 11, unknown, 3);
    fold.flush();

    assertThat(rows).hasSize(2).element(0).asString().endsWith("line 1 x2");
  }
}
