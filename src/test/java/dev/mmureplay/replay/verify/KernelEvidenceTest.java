package dev.mmureplay.replay.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.mmu.GuestKernel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hazard: a recording that is compared with the rules of another kernel than made it. */
class KernelEvidenceTest {
  private final KernelEvidence evidence = new KernelEvidence();

  @ParameterizedTest
  @CsvSource({
    "# os release : 2.6.27.10, LINUX_2_6_27",
    "# os release : 6.1.0-56-amd64, LINUX_6_1",
    "# os release : 6.5.13, LINUX_6_1",
    "# os release : 6.6.1, LINUX_6_18",
    "# os release : 6.18.44, LINUX_6_18",
    "#        Linux version 6.1.192 (gcc), LINUX_6_1"
  })
  void whatTheRecordingSaysItselfComesFirst(String line, GuestKernel kernel) {
    evidence.batchEnded(32);
    String head = "# ========\n# captured on    : a day\n" + line + "\n# arch : x86_64\n";
    Deduction<GuestKernel> found = evidence.kernel(true, KernelRelease.in(head));
    assertThat(found.value()).isEqualTo(kernel);
    assertThat(found.why()).startsWith("the recording names release ");
  }

  @Test
  void aTextWithoutAReleaseNamesNone() {
    assertThat(KernelRelease.in("# tracer: nop\n prog-1 [000] 1.0: sys_uname()\n")).isNull();
  }

  @Test
  void batchesTellTheLimit() {
    evidence.batchEnded(32);
    assertThat(evidence.kernel(true, null))
        .isEqualTo(new Deduction<>(GuestKernel.LINUX_2_6_27, "1 batch cut at 32 requests"));
    evidence.batchEnded(31);
    assertThat(evidence.kernel(true, null))
        .isEqualTo(new Deduction<>(GuestKernel.LINUX_6_1, "1 batch cut at 31 requests"));
  }

  @Test
  void withoutAnythingToTellByItIsAssumed() {
    assertThat(evidence.kernel(true, null))
        .isEqualTo(new Deduction<>(GuestKernel.LINUX_6_1, "assumed"));
    assertThat(evidence.kernel(false, null))
        .isEqualTo(new Deduction<>(GuestKernel.LINUX_6_18, "assumed"));
  }
}
