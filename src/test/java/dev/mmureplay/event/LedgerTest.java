package dev.mmureplay.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Guards against lines of a trace that vanish without an account. */
class LedgerTest {
  private final Ledger ledger = new Ledger();

  @Test
  void parsedIgnoredAndRejectedLinesAddUp() {
    ledger.parsedLines(5);
    ledger.line();
    ledger.parsed();
    ledger.line();
    ledger.ignored("blank");
    ledger.line();
    ledger.ignored("blank");
    ledger.line();
    ledger.rejected(9, "not-a-call", "??");

    assertThatCode(() -> ledger.check("t.log")).doesNotThrowAnyException();
    assertThat(ledger.lines()).isEqualTo(9);
    assertThat(ledger.parsedCount()).isEqualTo(6);
    assertThat(ledger.ignoredByRule()).isEqualTo(Map.of("blank", 2L));
    assertThat(ledger.ignoredCount()).isEqualTo(2);
    assertThat(ledger.rejectedByReason()).isEqualTo(Map.of("not-a-call", 1L));
    assertThat(ledger.rejectedCount()).isEqualTo(1);
    assertThat(ledger.rejections()).containsExactly(new Ledger.Rejection(9, "not-a-call", "??"));
  }

  @Test
  void aLineWithoutAnAccountIsNoticed() {
    ledger.line();
    assertThatThrownBy(() -> ledger.check("t.log"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "t.log: expected every line to be parsed, ignored or rejected but"
                + " 0 + 0 + 0 = 0 of 1 lines are accounted for");
  }

  @Test
  void aLineThatLedToNothingCanBeAccountedForAnew() {
    ledger.line();
    ledger.parsed();
    ledger.unparsed();
    ledger.ignored("call-never-returned");
    ledger.check("t.log");
    assertThat(ledger.parsedCount()).isZero();
  }

  @Test
  void everyRejectionIsCountedButOnlyTheFirstAreKept() {
    for (int i = 1; i <= Ledger.KEPT_REJECTIONS + 5; i++) {
      ledger.rejected(i, "odd", "line");
    }
    assertThat(ledger.rejectedCount()).isEqualTo(Ledger.KEPT_REJECTIONS + 5);
    assertThat(ledger.rejections()).hasSize(Ledger.KEPT_REJECTIONS);
    assertThat(ledger.rejections().get(0).line()).isEqualTo(1);
  }

  @Test
  void aLongLineIsKeptInPartAndNeverHalfACharacter() {
    String face = "\uD83D\uDE00";
    ledger.rejected(1, "odd", "x".repeat(Ledger.KEPT_TEXT + 1));
    ledger.rejected(2, "odd", "x".repeat(Ledger.KEPT_TEXT - 1) + face);
    ledger.rejected(3, "odd", "x".repeat(Ledger.KEPT_TEXT - 2) + face + "y");
    assertThat(ledger.rejections().stream().map(Ledger.Rejection::text))
        .containsExactly(
            "x".repeat(Ledger.KEPT_TEXT),
            "x".repeat(Ledger.KEPT_TEXT - 1),
            "x".repeat(Ledger.KEPT_TEXT - 2) + face);
  }
}
