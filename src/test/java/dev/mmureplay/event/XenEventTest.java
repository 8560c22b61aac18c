package dev.mmureplay.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Guards against a stored Xen event being taken for another one. */
class XenEventTest {
  @Test
  void theFlagsTellTheEventAndItsDetail() {
    for (XenEvent event : XenEvent.values()) {
      assertThat(XenEvent.ofFlags(event.flags(26))).isEqualTo(event);
      assertThat(XenEvent.detail(event.flags(26))).isEqualTo(26);
    }
  }

  @Test
  void codesAreFixed() {
    assertThat(XenEvent.values())
        .extracting(XenEvent::code)
        .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
  }

  @Test
  void anUnknownCodeIsRefused() {
    assertThatThrownBy(() -> XenEvent.ofFlags(0x100))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected the code of a Xen event but found 0");
    assertThatThrownBy(() -> XenEvent.ofFlags(11)).isInstanceOf(IllegalArgumentException.class);
  }
}
