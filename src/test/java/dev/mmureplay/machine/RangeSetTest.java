package dev.mmureplay.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RangeSetTest {
  private static final int END = 60;

  @Test
  void holdsWhatWasAddedAndNotTakenOut() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      RangeSet ranges = new RangeSet();
      BitSet expected = new BitSet();
      for (int step = 0; step < 40; step++) {
        int start = random.nextInt(END);
        int end = random.nextInt(END);
        boolean in = random.nextBoolean();
        if (in) {
          ranges.add(start, end);
        } else {
          ranges.remove(start, end);
        }
        if (start < end) {
          expected.set(start, end, in);
        }
        assertSame(ranges, expected);
      }
      RangeSet copy = new RangeSet();
      copy.copyFrom(ranges);
      ranges.clear();
      assertSame(copy, expected);
      assertSame(ranges, new BitSet());
    }
  }

  private static void assertSame(RangeSet ranges, BitSet expected) {
    for (int i = 0; i < END; i++) {
      assertThat(ranges.contains(i)).as("%d in %s", i, expected).isEqualTo(expected.get(i));
      int next = expected.get(i) ? expected.nextClearBit(i) : expected.nextSetBit(i);
      assertThat(ranges.runEnd(i, END)).isEqualTo(next < 0 ? END : Math.min(next, END));
    }
  }
}
