package dev.mmureplay.machine.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.machine.AccessKind;
import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.MmuBackend;
import dev.mmureplay.mmu.NaiveBackend;
import dev.mmureplay.mmu.Pte;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the check says of the shipped backends, and that it leaves no order out. */
class BackendCheckTest {
  private static final GuestPlatform PLATFORM = new GuestPlatform(GuestKernel.LINUX_6_1, true);

  private static CheckResult check(String backend, boolean lateDirty) {
    MmuBackend found = Backends.named(backend).get(0);
    return BackendCheck.check(found, PLATFORM, lateDirty);
  }

  @ParameterizedTest
  @CsvSource({
    // backend, whether accesses may find a PTE absent, most attempts of one update, what clearing D
    // comes to
    "native, true, 3, CLEARS",
    "trap-emulate, true, 3, CLEARS",
    "trap-emulate-batched-set, true, 3, CLEARS",
    "preserve-ad, false, 3, CANNOT_CLEAR",
    "multicall, false, 3, CANNOT_CLEAR",
    "mmu-update-batch, false, 3, CANNOT_CLEAR"
  })
  void correctBackendsBreakNothingAndOnlyThoseWithPreserveAdNeverFault(
      String backend, boolean faults, int attempts, CleanOutcome clean) {
    CheckResult result = check(backend, false);
    assertThat(result.breaches()).isEmpty();
    assertThat(result.asClaimed()).isTrue();
    assertThat(result.transientFaults() > 0).isEqualTo(faults);
    assertThat(result.mostAttempts()).isEqualTo(attempts);
    assertThat(result.clean()).isEqualTo(clean);
    assertThat(result.lateDirtyBits()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"naive", "naive-batched"})
  void bothNegativeControlsLoseBitsAndNothingElse(String backend) {
    CheckResult result = check(backend, false);
    assertThat(result.breaches().keySet()).isEqualTo(Set.of(Invariant.I1, Invariant.I9));
    assertThat(result.asClaimed()).isTrue();
    assertThat(result.transientFaults()).isZero();
  }

  @Test
  void theShortestOrderShowsWhoDidWhatToThePte() {
    Witness witness = check("naive", false).witnesses().get(0);
    assertThat(witness.steps())
        .containsExactly(
            "   1  CPU 0  ptepModifyProtStart 0",
            "   2  CPU 0    read 0: P RW US NX frame 100",
            "   3  CPU 0  ptepModifyProtCommit 0: P RW US NX frame 100",
            "   4  CPU 1  read 0: walk, sets A: P RW US A NX frame 100",
            "   5  CPU 0    store 0: P RW US NX frame 100");
    assertThat(witness.reason()).isEqualTo("page 0 lost A");
  }

  @Test
  void dirtySetLateInAReadOnlyPteIsKeptByCorrectBackends() {
    CheckResult late = check("mmu-update-batch", true);
    assertThat(late.breaches()).isEmpty();
    assertThat(late.lateDirtyBits()).isPositive();
    assertThat(late.staleUses()).isGreaterThan(check("mmu-update-batch", false).staleUses());
  }

  @Test
  void withoutPreserveAdTheUpdatesThatNeedItFallBackAndFaultsReturn() {
    CheckResult result =
        BackendCheck.check(
            Backends.named("mmu-update-batch").get(0),
            new GuestPlatform(GuestKernel.LINUX_2_6_27, false),
            false);
    assertThat(result.breaches()).isEmpty();
    assertThat(result.transientFaults()).isPositive();
    assertThat(result.clean()).isEqualTo(CleanOutcome.CLEARS);
  }

  /**
   * The naive backend's one PTE leaves six points at which an access may come, before entering lazy
   * mode, before the read, behind it, before the store, behind it and behind the flush, and the end
   * is the seventh. One access has 7 places; two of one CPU have 7·8/2; two of two CPUs have 7·7
   * and, where both are at the same point, either may be first.
   */
  @Test
  void everyOrderIsRunOnce() {
    long readOnly = Pte.PRESENT | Pte.USER | Pte.NX;
    Program program =
        Program.of(
            "change",
            new long[] {Pte.of(100, readOnly)},
            List.of(
                KernelStep.of(KernelStep.Kind.LOCK),
                KernelStep.of(KernelStep.Kind.ENTER_LAZY),
                KernelStep.change(0, readOnly | Pte.RW),
                KernelStep.of(KernelStep.Kind.LEAVE_LAZY),
                KernelStep.of(KernelStep.Kind.FLUSH),
                KernelStep.of(KernelStep.Kind.UNLOCK)));
    UserAccess read = new UserAccess(0, AccessKind.READ);
    assertThat(schedules(program)).isEqualTo(1);
    assertThat(schedules(program.racing(false, List.of(List.of(read))))).isEqualTo(7);
    assertThat(schedules(program.racing(false, List.of(List.of(read, read))))).isEqualTo(28);
    assertThat(schedules(program.racing(false, List.of(List.of(read), List.of(read)))))
        .isEqualTo(56);
  }

  private static long schedules(Program program) {
    Exploration exploration = new Exploration(new NaiveBackend(), PLATFORM, false);
    exploration.explore(program);
    return exploration.result(CleanOutcome.CLEARS).schedules();
  }
}
