package dev.mmureplay.machine;

import static dev.mmureplay.machine.AccessKind.FETCH;
import static dev.mmureplay.machine.AccessKind.READ;
import static dev.mmureplay.machine.AccessKind.WRITE;
import static dev.mmureplay.machine.HardwareThread.Outcome.FAULT_NOT_PRESENT;
import static dev.mmureplay.machine.HardwareThread.Outcome.FAULT_PROTECTION;
import static dev.mmureplay.machine.HardwareThread.Outcome.HIT;
import static dev.mmureplay.machine.HardwareThread.Outcome.STALE_USE;
import static dev.mmureplay.machine.HardwareThread.Outcome.WALK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.mmu.Pte;
import dev.mmureplay.mmu.PtePage;
import org.junit.jupiter.api.Test;

class HardwareThreadTest {
  private static final long CLEAN = Pte.of(7, Pte.PRESENT | Pte.RW | Pte.USER | Pte.NX);

  private final HardwareThread cpu = new HardwareThread(false);
  private final PtePage page = new PtePage();

  private void pte(long pte) {
    page.entries[0] = pte;
  }

  @Test
  void aReadSetsAccessedAndAWriteSetsDirtyToo() {
    pte(CLEAN);
    assertThat(cpu.access(page, 0, READ)).isEqualTo(WALK);
    assertThat(cpu.bitsSet()).isEqualTo(Pte.ACCESSED);
    assertThat(page.entries[0]).isEqualTo(CLEAN | Pte.ACCESSED);
    assertThat(cpu.access(page, 0, WRITE)).isEqualTo(WALK);
    assertThat(cpu.bitsSet()).isEqualTo(Pte.DIRTY);
    assertThat(page.entries[0]).isEqualTo(CLEAN | Pte.ACCESSED_DIRTY);
  }

  @Test
  void aWriteWithDirtyCachedTouchesNoPte() {
    pte(CLEAN);
    cpu.access(page, 0, WRITE);
    pte(CLEAN);
    assertThat(cpu.access(page, 0, WRITE)).isEqualTo(HIT);
    assertThat(page.entries[0]).isEqualTo(CLEAN);
    cpu.invalidate(page, 0);
    assertThat(cpu.access(page, 0, WRITE)).isEqualTo(WALK);
    assertThat(Pte.isDirty(page.entries[0])).isTrue();
  }

  @Test
  void aWriteWithDirtyNotCachedIsCheckedAgainstMemory() {
    pte(CLEAN);
    cpu.access(page, 0, READ);
    pte(0);
    assertThat(cpu.access(page, 0, WRITE)).isEqualTo(FAULT_NOT_PRESENT);
    assertThat(page.entries[0]).isZero();
    pte(CLEAN);
    cpu.access(page, 0, READ);
    pte(CLEAN & ~Pte.RW);
    assertThat(cpu.access(page, 0, WRITE)).isEqualTo(FAULT_PROTECTION);
    assertThat(page.entries[0]).isEqualTo(CLEAN & ~Pte.RW);
  }

  @Test
  void anOlderCpuSetsDirtyLateOnAReadOnlyPte() {
    HardwareThread older = new HardwareThread(true);
    pte(CLEAN);
    older.access(page, 0, READ);
    pte(CLEAN & ~Pte.RW);
    assertThat(older.access(page, 0, WRITE)).isEqualTo(STALE_USE);
    assertThat(page.entries[0]).isEqualTo((CLEAN & ~Pte.RW) | Pte.ACCESSED_DIRTY);
    older.flush();
    assertThat(older.access(page, 0, WRITE)).isEqualTo(FAULT_PROTECTION);
  }

  @Test
  void staleRightsWorkUntilTheFlush() {
    pte(CLEAN);
    cpu.access(page, 0, WRITE);
    pte(CLEAN & ~Pte.RW);
    assertThat(cpu.access(page, 0, WRITE)).isEqualTo(STALE_USE);
    cpu.flush();
    assertThat(cpu.access(page, 0, WRITE)).isEqualTo(FAULT_PROTECTION);
  }

  @Test
  void nothingIsCachedFromAPteThatIsAbsentOrNotAccessed() {
    pte(CLEAN);
    cpu.prefill(page, 0);
    assertThat(cpu.holds(page, 0, READ)).isFalse();
    pte((CLEAN | Pte.ACCESSED) & ~Pte.PRESENT);
    cpu.prefill(page, 0);
    assertThat(cpu.holds(page, 0, READ)).isFalse();
    pte(CLEAN | Pte.ACCESSED);
    cpu.prefill(page, 0);
    assertThat(cpu.holds(page, 0, READ)).isTrue();
    assertThat(cpu.holds(page, 0, WRITE)).isFalse();
  }

  @Test
  void aFetchNeedsTheRightToExecute() {
    pte(CLEAN);
    assertThat(cpu.access(page, 0, FETCH)).isEqualTo(FAULT_PROTECTION);
    pte(CLEAN & ~Pte.NX);
    assertThat(cpu.access(page, 0, FETCH)).isEqualTo(WALK);
    assertThat(cpu.access(page, 0, FETCH)).isEqualTo(HIT);
  }

  @Test
  void aFaultDropsTheTranslation() {
    pte((CLEAN | Pte.ACCESSED) & ~Pte.RW);
    cpu.prefill(page, 0);
    assertThat(cpu.access(page, 0, WRITE)).isEqualTo(FAULT_PROTECTION);
    assertThat(cpu.holds(page, 0, READ)).isFalse();
  }
}
