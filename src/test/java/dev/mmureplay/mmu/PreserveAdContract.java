package dev.mmureplay.mmu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** What a backend must do besides that needs MMU_PT_UPDATE_PRESERVE_AD of the hypervisor. */
interface PreserveAdContract extends MmuBackendContract {
  @Test
  default void fallsBackToOneTrapWithoutTheFeatureAsLinuxDid() {
    OperationCounter counter = new OperationCounter();
    Mmu mmu = backend().create(new GuestPlatform(GuestKernel.LINUX_2_6_27, false), counter);
    PtePage page = new PtePage();
    page.entries[0] = WRITABLE;
    mmu.enterLazyMmu();
    mmu.ptepModifyProtCommit(page, 0, mmu.ptepModifyProtStart(page, 0), READ_ONLY);
    mmu.leaveLazyMmu();
    assertThat(counter.get(Cause.FAULT, Operation.PTWR_CMPXCHG)).isEqualTo(1);
    assertThat(counter.get(Cause.FAULT, Operation.UPDATE_VA_MAPPING)).isEqualTo(1);
  }

  @Test
  default void cannotExistWithoutTheFeatureUnderAKernelThatRequiresIt() {
    assertThatThrownBy(
            () ->
                backend()
                    .create(
                        new GuestPlatform(GuestKernel.LINUX_6_1, false), new OperationCounter()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            backend().name()
                + ": expected a hypervisor with XENFEAT_mmu_pt_update_preserve_ad, without which linux-6.1 does not"
                + " boot");
  }
}
