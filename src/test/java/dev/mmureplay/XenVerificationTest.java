package dev.mmureplay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.mmu.GuestKernel;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Hazard: a model that counts as a kernel does and does something else. Every mprotect call of
 * every recording of a real Linux 6.1 guest on a real Xen 4.17 is compared: which PTEs it rewrote,
 * what was in them before and behind, in which hypercalls they went, and what was flushed how.
 */
class XenVerificationTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "micro, mmu-update-batch, 513, 73467, 90, 13091, 0, 0",
    "smp, mmu-update-batch, 120, 14760, 30, 3690, 2, 0",
    "mcentry, multicall, 513, 73467, 90, 13091, 0, 0",
    "generic, trap-emulate-batched-set, 513, 73467, 90, 13091, 0, 0",
    "wl-busybox, mmu-update-batch, 12, 84, 0, 0, 0, 12",
    "wl-bashpipe, mmu-update-batch, 72, 163, 0, 0, 0, 17",
    "wl-threads, mmu-update-batch, 369, 7, 0, 0, 0, 1",
    "wl-boehm, mmu-update-batch, 1619, 1646, 0, 0, 0, 1",
    "wl-barrier, mmu-update-batch, 752, 2501, 0, 0, 0, 1",
    "wl-smp2-busybox, mmu-update-batch, 12, 84, 0, 0, 0, 12",
    "wl-smp2-bashpipe, mmu-update-batch, 72, 163, 0, 0, 0, 17",
    "wl-smp2-threads, mmu-update-batch, 369, 7, 0, 0, 0, 1",
    "wl-smp2-boehm, mmu-update-batch, 1617, 1644, 0, 0, 0, 1",
    "wl-smp2-barrier, mmu-update-batch, 752, 2501, 0, 0, 0, 1",
    "sparse, mmu-update-batch, 77, 1164, 24, 483, 0, 0",
    "unbatched-sparse, preserve-ad, 77, 1164, 24, 483, 1, 0",
    "migrate-smp2, mmu-update-batch, 408, 31916, 0, 0, 0, 1",
    "random-smp2, mmu-update-batch, 139, 573, 0, 0, 0, 1",
    "random-fork-smp2, mmu-update-batch, 321, 1415, 0, 0, 0, 11",
    "random-smp4, mmu-update-batch, 106, 13, 0, 0, 0, 2",
    "generic-random, trap-emulate-batched-set, 246, 1484, 0, 0, 0, 1",
    "wl-smp2-luajit, mmu-update-batch, 406, 1741, 0, 0, 0, 1"
  })
  void everyCallIsComparedAndEqual(
      String name,
      String backend,
      long calls,
      long pages,
      long seededCalls,
      long seededPages,
      long seededCpus,
      long execves)
      throws IOException {
    XenRecording recording = new XenRecording(name, folder).verify();
    assertThat(recording.evidence.backend().value()).isEqualTo(backend);
    assertThat(recording.evidence.kernel(null).value()).isEqualTo(GuestKernel.LINUX_6_1);
    assertThat(recording.differences).isEmpty();
    assertThat(recording.findings).isEmpty();
    assertThat(recording.totals.reasons()).isEmpty();
    assertThat(recording.totals.calls()).isEqualTo(calls);
    assertThat(recording.totals.equal()).isEqualTo(calls);
    assertThat(recording.totals.pages()).isEqualTo(pages);
    assertThat(recording.totals.seededCalls()).isEqualTo(seededCalls);
    assertThat(recording.totals.seededPages()).isEqualTo(seededPages);
    assertThat(recording.totals.seededCpus()).isEqualTo(seededCpus);
    assertThat(recording.totals.execves()).isEqualTo(execves);
    assertThat(recording.totals.equalExecves()).isEqualTo(execves);
  }
}
