package dev.mmureplay.mmu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/**
 * A backend that is not registered, or a name that quietly means another, would leave a row out of
 * every table.
 */
class BackendsTest {
  @Test
  void theEightShippedBackendsAreFoundInTheirOwnOrder() {
    assertThat(Backends.all())
        .extracting(MmuBackend::name)
        .containsExactly(
            "native",
            "trap-emulate",
            "trap-emulate-batched-set",
            "preserve-ad",
            "multicall",
            "mmu-update-batch",
            "naive",
            "naive-batched");
  }

  @Test
  void namesPickBackendsInTheOrderGiven() {
    assertThat(Backends.named("multicall,native"))
        .extracting(MmuBackend::name)
        .containsExactly("multicall", "native");
  }

  @Test
  void anUnknownNameListsTheKnown() {
    assertThatThrownBy(() -> Backends.named("native,kvm"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected a backend (all, native, trap-emulate,")
        .hasMessageContaining("but found \"kvm\"");
  }

  @Test
  void aNameGivenTwiceIsRefused() {
    assertThatThrownBy(() -> Backends.named("native,native")).hasMessageContaining("twice");
  }

  @Test
  void onlyTheNegativeControlsClaimToLoseBits() {
    assertThat(Backends.all())
        .filteredOn(backend -> !backend.correct())
        .extracting(MmuBackend::name)
        .containsExactly("naive", "naive-batched");
  }
}
