package dev.mmureplay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.mmu.MmuBackend;
import dev.mmureplay.mmu.Mutants;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hazard: a comparison that cannot fail. One rule of the model is wrong at a time; verifying must
 * find it, and say at which call, what the model expects and what the recording shows.
 */
class MutatedModelTest {
  @TempDir Path folder;

  private List<String> differences(String recording, MmuBackend mutant) throws IOException {
    XenRecording verified = new XenRecording(recording, folder).verify(mutant, check -> {});
    assertThat(verified.totals.isProof()).isFalse();
    return verified.differences;
  }

  @Test
  void batchesOf32InsteadOf31() throws IOException {
    assertThat(differences("smp", Mutants.batchesOf32()))
        .hasSize(72)
        .contains(
            "1306: mprotect(0x200100000000, 0x20000, r--) by task 123: update hypercalls: "
                + "expected 32 but found 31, 1");
  }

  @Test
  void aBatchThatCrossesThePtePage() throws IOException {
    assertThat(differences("smp", Mutants.batchesAcrossPtePages()))
        .anyMatch(
            each ->
                each.endsWith(
                    "mprotect(0x200240000000, 0x201000, rw-) by task 123: update hypercalls: "
                        + "expected 31x16, 17 but found 31x16, 16, 1"));
  }

  @Test
  void aLoneHypercallThatIsAMulticall() throws IOException {
    assertThat(differences("smp", Mutants.noSingletonBypass()))
        .contains(
            "38: mprotect(0x200000000000, 0x1000, r--) by task 123: update hypercalls: "
                + "expected none but found 1",
            "14: mprotect(0x200000000000, 0x1000, r--) by task 123: multicalls: "
                + "expected 1 but found none");
  }

  @Test
  void otherCpusThatAreForgotten() throws IOException {
    assertThat(differences("smp", Mutants.forgetsOtherCpus()))
        .contains(
            "39: mprotect(0x200000000000, 0x1000, r--) by task 123: flushes: "
                + "expected 1 page at 0x200000000000 on this CPU "
                + "but found 1 page at 0x200000000000 on 2 CPUs");
  }

  @Test
  void aFlushCeilingOf32InsteadOf33() throws IOException {
    assertThat(differences("micro", Mutants.flushCeilingOf32()))
        .contains(
            "8468: mprotect(0x100240000000, 0x21000, r--) by task 128: flushes: "
                + "expected everything on this CPU "
                + "but found 33 pages one by one from 0x100240000000 on this CPU");
  }

  @Test
  void theGlobalBitThatXenSetsOverlooked() throws IOException {
    assertThat(differences("micro", Mutants.noGlobalBit()))
        .contains(
            "30: mprotect(0x100000000000, 0x1000, r--) by task 128: old PTE: "
                + "expected P RW US A D NX but found P RW US A D G NX")
        .anyMatch(each -> each.contains("flushes: expected none but found"));
  }

  @Test
  void ptesLeftAloneBecauseTheyAreRightAlready() throws IOException {
    assertThat(differences("micro", Mutants.skipsWhatIsRightAlready()))
        .anyMatch(each -> each.contains("update hypercalls: expected none but found 8"));
  }
}
