package dev.mmureplay.mmu;

import static dev.mmureplay.mmu.GuestKernel.LINUX_2_6_27;
import static dev.mmureplay.mmu.GuestKernel.LINUX_6_1;
import static dev.mmureplay.mmu.GuestKernel.LINUX_6_18;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A dirty bit in the wrong place is a lost one to whoever looks for it in the right place. */
class GuestKernelTest {
  private static final long A = Pte.ACCESSED;
  private static final long D = Pte.DIRTY;
  private static final long S = Pte.SAVED_DIRTY;
  private static final long READ_WRITE = Pte.PRESENT | Pte.USER | Pte.RW | Pte.NX;
  private static final long READ_ONLY = Pte.PRESENT | Pte.USER | Pte.NX;

  private static long none(GuestKernel kernel) {
    return kernel.protNone();
  }

  @Test
  void linux618MovesDirtinessAsideWhereAPteLosesTheRightToWrite() {
    GuestKernel kernel = LINUX_6_18;
    long written = Pte.of(7, READ_WRITE | A | D);
    long readOnly = kernel.modify(written, READ_ONLY);
    assertThat(readOnly).isEqualTo(Pte.of(7, READ_ONLY | A | S));
    assertThat(kernel.writeProtect(written)).isEqualTo(readOnly);
    assertThat(kernel.modify(written, none(kernel))).isEqualTo(Pte.of(7, none(kernel) | A | S));
    assertThat(kernel.modify(readOnly, none(kernel))).isEqualTo(Pte.of(7, none(kernel) | A | S));
    assertThat(kernel.makeWritable(readOnly)).isEqualTo(written);
    assertThat(kernel.modify(readOnly, READ_WRITE)).isEqualTo(written);
  }

  @ParameterizedTest
  @EnumSource(
      value = GuestKernel.class,
      names = {"LINUX_2_6_27", "LINUX_6_1"})
  void olderKernelsLeaveItInItsBit(GuestKernel kernel) {
    long written = Pte.of(7, READ_WRITE | A | D);
    assertThat(kernel.modify(written, READ_ONLY)).isEqualTo(Pte.of(7, READ_ONLY | A | D));
    assertThat(kernel.writeProtect(written)).isEqualTo(Pte.of(7, READ_ONLY | A | D));
  }

  @ParameterizedTest
  @EnumSource(GuestKernel.class)
  void noChangeOfPermissionsInventsOrLosesAccessedOrDirty(GuestKernel kernel) {
    long[] permissions = {READ_WRITE, READ_ONLY, READ_ONLY & ~Pte.NX, none(kernel)};
    for (long from : permissions) {
      for (long state : new long[] {0, A, D, A | D}) {
        long old = Pte.of(9, from | state);
        old = kernel.savesDirty() ? Pte.settleDirty(old) : old;
        for (long to : permissions) {
          long changed = kernel.modify(old, to);
          assertThat(Pte.isDirty(changed)).isEqualTo(Pte.isDirty(old));
          assertThat(Pte.isAccessed(changed)).isEqualTo(Pte.isAccessed(old));
          assertThat(Pte.frame(changed)).isEqualTo(9);
          assertThat(changed & ~Pte.KEPT_BY_MODIFY).isEqualTo(to);
          assertThat((changed & S) != 0 && ((changed & (D | Pte.RW)) != 0)).isFalse();
        }
      }
    }
  }

  @Test
  void aPteWithBothBitsUnderXenKeepsBothUntilItBecomesWritable() {
    long both = Pte.of(7, READ_ONLY | A | D | S);
    assertThat(LINUX_6_18.modify(both, none(LINUX_6_18)))
        .isEqualTo(Pte.of(7, none(LINUX_6_18) | A | D | S));
    assertThat(LINUX_6_18.makeWritable(both)).isEqualTo(Pte.of(7, READ_WRITE | A | D));
  }

  @ParameterizedTest
  @CsvSource({"linux-2.6.27, LINUX_2_6_27", "linux-6.1, LINUX_6_1", "linux-6.18, LINUX_6_18"})
  void isFoundByTheNameOfItsRelease(String name, GuestKernel kernel) {
    assertThat(GuestKernel.named(name)).isSameAs(kernel);
    assertThat(kernel.id()).isEqualTo(name);
  }

  @Test
  void onlyTheNewestUpgradesCleanPagesAndUnaccountsUnwrittenMemory() {
    assertThat(LINUX_2_6_27.upgradesExclusivePages()).isFalse();
    assertThat(LINUX_6_1.upgradesExclusivePages()).isTrue();
    assertThat(LINUX_6_1.upgradesCleanExclusivePages()).isFalse();
    assertThat(LINUX_6_18.upgradesCleanExclusivePages()).isTrue();
    assertThat(LINUX_6_1.unaccountsUnwritten()).isFalse();
    assertThat(LINUX_6_18.unaccountsUnwritten()).isTrue();
  }
}
