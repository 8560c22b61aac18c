package dev.mmureplay.cli.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Hazard: ranges that are cut and joined again lose count of their pages. */
final class FlipHistoryTest {
  private static final long PAGE = 4096;
  private static final int PAGES = 24;

  /** One page, followed alone. */
  private static final class Page {
    private int before;
    private int after;
    private long flips;
    private long returns;
    private long lastCall;
  }

  @Test
  void rangesCountAsPagesFollowedOneByOneDo() {
    Random random = new Random(7);
    Distribution calls = new Distribution();
    FlipHistory history = new FlipHistory(calls, new Distribution());
    Map<Integer, Page> pages = new HashMap<>();
    Distribution expectedCalls = new Distribution();
    long returned = 0;
    for (int call = 0; call < 2_000; call++) {
      int from = random.nextInt(PAGES);
      int to = from + 1 + random.nextInt(PAGES - from);
      int before = random.nextInt(3);
      int after = (before + 1 + random.nextInt(2)) % 3;
      history.flip(from * PAGE, to * PAGE, before, after, call, call);
      for (int i = from; i < to; i++) {
        Page page = pages.get(i);
        if (page == null || page.after != before) {
          page = new Page();
          pages.put(i, page);
        } else {
          expectedCalls.add(call - page.lastCall);
          if (page.before == after) {
            page.returns++;
            returned++;
          }
        }
        page.flips++;
        page.before = before;
        page.after = after;
        page.lastCall = call;
      }
      assertThat(history.returned()).isEqualTo(returned);
    }
    assertThat(calls.size()).isEqualTo(expectedCalls.size());
    assertThat(calls.total()).isEqualTo(expectedCalls.total());
    assertThat(history.pingPong().stream().mapToLong(each -> each.returns() * each.pages()).sum())
        .isEqualTo(pages.values().stream().mapToLong(page -> page.returns).sum());
    assertThat(history.pingPong().stream().mapToLong(each -> each.flips() * each.pages()).sum())
        .isEqualTo(
            pages.values().stream()
                .filter(page -> page.returns > 0)
                .mapToLong(page -> page.flips)
                .sum());
  }

  @Test
  void aCurveKeepsItsHighestPointHoweverLongItGets() {
    VmaCurve curve = new VmaCurve();
    for (int call = 0; call < 100_000; call++) {
      curve.add(new VmaCurve.Point(call, call, 1, call == 77_777 ? 9_000 : call % 100));
    }

    assertThat(curve.points()).hasSizeBetween(VmaCurve.POINTS / 2, VmaCurve.POINTS);
    assertThat(curve.highest()).isEqualTo(new VmaCurve.Point(77_777, 77_777, 1, 9_000));
    assertThat(curve.points()).isSortedAccordingTo((a, b) -> Long.compare(a.call(), b.call()));
  }
}
