package dev.mmureplay.replay.race;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mmureplay.replay.race.Interleaving.Racing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hazard: a wish that is read as another one. */
class InterleavingTest {
  @ParameterizedTest
  @ValueSource(strings = {"none", "recorded", "random:1", "random:250", "exhaustive"})
  void anInterleavingIsReadAndWrittenAlike(String text) {
    assertThat(Interleaving.parse(text).id()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "all", "random", "random:", "random:0", "random:-1", "random:x"})
  void otherInterleavingsAreRefused(String text) {
    assertThatThrownBy(() -> Interleaving.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("expected ");
  }

  @ParameterizedTest
  @CsvSource({"500ns, 500ns", "2us, 2000ns", "3ms, 3000000ns", "50events, 50events"})
  void aDistanceIsReadInItsUnit(String text, String normal) {
    assertThat(Racing.parse(text)).hasToString(normal);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ns", "5", "5 ns", "-5ns", "5s", "1e3ns", "9999999999999ns"})
  void otherDistancesAreRefused(String text) {
    assertThatThrownBy(() -> Racing.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "expected a distance such as 500ns, 2us or 50events but found \"" + text + "\"");
  }

  @Test
  void assumedRacesNeedAnInterleaving() {
    assertThatThrownBy(
            () ->
                new Interleaving(
                    Interleaving.Mode.NONE, 0, 0, Racing.parse("5events"), false, false))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
