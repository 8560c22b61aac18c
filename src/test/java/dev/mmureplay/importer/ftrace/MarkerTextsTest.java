package dev.mmureplay.importer.ftrace;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Guards against markers filling the footer without bound. */
class MarkerTextsTest {
  private final MarkerTexts markers = new MarkerTexts();

  @Test
  void equalTextsShareAPosition() {
    assertThat(markers.position("a")).isZero();
    assertThat(markers.position("b")).isOne();
    assertThat(markers.position("a")).isZero();
    assertThat(markers.texts()).containsExactly("a", "b");
  }

  @Test
  void tooManyAreNotKept() {
    for (int i = 0; i < MarkerTexts.MAX_TEXTS; i++) {
      assertThat(markers.position("text " + i)).isEqualTo(i);
    }
    assertThat(markers.position("one more")).isEqualTo(UNKNOWN);
    assertThat(markers.position("text 7")).isEqualTo(7);
  }

  @Test
  void aLongTextIsCutBetweenCharacters() {
    markers.position("x".repeat(MarkerTexts.MAX_LENGTH - 1) + "\ud83d\ude00");
    assertThat(markers.texts().get(0)).isEqualTo("x".repeat(MarkerTexts.MAX_LENGTH - 1));
  }
}
