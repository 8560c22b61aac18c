package dev.mmureplay.replay.minimise;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

class DeltaDebuggingTest {
  private int tests;

  private BitSet minimise(int n, int... needed) throws IOException {
    BitSet all = new BitSet();
    all.set(0, n);
    BitSet want = new BitSet();
    for (int i : needed) {
      want.set(i);
    }
    return DeltaDebugging.minimise(
        all,
        kept -> {
          tests++;
          BitSet missing = (BitSet) want.clone();
          missing.andNot(kept);
          return missing.isEmpty();
        });
  }

  @Test
  void keepsExactlyWhatIsNeeded() throws IOException {
    assertThat(minimise(1000, 3, 500, 999).toString()).isEqualTo("{3, 500, 999}");
    assertThat(tests).isLessThan(150);
  }

  @Test
  void keepsEverythingIfEverythingIsNeeded() throws IOException {
    assertThat(minimise(4, 0, 1, 2, 3).cardinality()).isEqualTo(4);
  }

  @Test
  void keepsNothingIfNothingIsNeeded() throws IOException {
    assertThat(minimise(17).isEmpty()).isTrue();
  }

  @Test
  void noSingleElementOfTheResultCanBeLeftOut() throws IOException {
    BitSet all = new BitSet();
    all.set(0, 40);
    // Elements depend on each other: an odd one is of use only with the one in front of it.
    DeltaDebugging.Test test =
        kept -> kept.get(7) && kept.get(6) && (kept.get(20) || (kept.get(31) && kept.get(30)));
    BitSet kept = DeltaDebugging.minimise(all, test);
    assertThat(test.shows(kept)).isTrue();
    for (int i = kept.nextSetBit(0); i >= 0; i = kept.nextSetBit(i + 1)) {
      BitSet without = (BitSet) kept.clone();
      without.clear(i);
      assertThat(test.shows(without)).as("without %d of %s", i, kept).isFalse();
    }
  }
}
