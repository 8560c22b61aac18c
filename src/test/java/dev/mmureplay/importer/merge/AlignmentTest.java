package dev.mmureplay.importer.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.event.EventKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Hazard: calls are matched that are not the same, or out of order, or fewer than possible. */
final class AlignmentTest {
  private static List<CallKey> calls(Random random, int n) {
    List<CallKey> calls = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      calls.add(new CallKey(0, EventKind.MPROTECT, 4096L * random.nextInt(4), 1, 0));
    }
    return calls;
  }

  /** The textbook's table. */
  private static int longestCommon(List<CallKey> a, List<CallKey> b) {
    int[][] length = new int[a.size() + 1][b.size() + 1];
    for (int i = a.size() - 1; i >= 0; i--) {
      for (int j = b.size() - 1; j >= 0; j--) {
        length[i][j] =
            a.get(i).equals(b.get(j))
                ? length[i + 1][j + 1] + 1
                : Math.max(length[i + 1][j], length[i][j + 1]);
      }
    }
    return length[0][0];
  }

  @Test
  void matchesAsManyEqualCallsInOrderAsPossible() {
    Random random = new Random(3);
    for (int round = 0; round < 500; round++) {
      List<CallKey> a = calls(random, random.nextInt(20));
      List<CallKey> b = calls(random, random.nextInt(20));

      Alignment alignment = Objects.requireNonNull(Alignment.of(a, b));

      assertThat(alignment.matched()).isEqualTo(longestCommon(a, b));
      int last = -1;
      int matched = 0;
      for (int i = 0; i < a.size(); i++) {
        int j = alignment.secondOf(i);
        if (j != Alignment.NONE) {
          assertThat(j).isGreaterThan(last);
          assertThat(a.get(i)).isEqualTo(b.get(j));
          last = j;
          matched++;
        }
      }
      assertThat(matched).isEqualTo(alignment.matched());
    }
  }

  @Test
  void givesUpOnRunsThatHaveLittleInCommon() {
    List<CallKey> a = calls(new Random(1), 5_000);
    List<CallKey> none =
        a.stream().map(key -> new CallKey(1, key.kind(), key.length(), 1, 0)).toList();

    assertThat(Alignment.of(a, none)).isNull();
  }
}
