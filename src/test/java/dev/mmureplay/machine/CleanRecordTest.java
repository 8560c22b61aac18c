package dev.mmureplay.machine;

import static dev.mmureplay.machine.Bench.READ;
import static dev.mmureplay.machine.Bench.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.mmu.Cause;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.Operation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Cleaning inside a transaction works where the commit stores what it is given, and not where it
 * ors A and D in; nothing goes wrong by that later.
 */
class CleanRecordTest {
  private static final long SHARED = 0x21;
  private static final List<String> PRESERVING =
      List.of("preserve-ad", "multicall", "mmu-update-batch");

  private Bench bench = new Bench(GuestKernel.LINUX_6_1);

  private void shared(GuestKernel kernel, long flags, int file) {
    bench = new Bench(kernel);
    long length = 8 * Machine.PAGE_SIZE;
    bench.machine.mmap(bench.space, Bench.page(0), length, READ | WRITE, flags, file, 0);
    bench.write(0, 5);
  }

  private void clean() {
    bench.machine.cleanRecord(bench.space, Bench.page(0), 8 * Machine.PAGE_SIZE, bench.change);
  }

  private Map<Outcome, Long> outcomes(String backend) {
    return bench.machine.backends().stream()
        .filter(state -> state.backend().name().equals(backend))
        .findFirst()
        .orElseThrow()
        .outcomes();
  }

  private long count(String backend, Operation operation) {
    return bench.counter(backend).get(Cause.CLEAN_RECORD, operation);
  }

  @AfterEach
  void noInvariantIsBroken() {
    bench.machine.drop(bench.space);
    assertThat(bench.breaches).isEmpty();
    assertThat(bench.machine.backends())
        .extracting(BackendState::digest)
        .containsOnly(bench.machine.backends().get(0).digest());
  }

  @ParameterizedTest
  @EnumSource(value = GuestKernel.class, names = "LINUX_2_6_27", mode = Mode.EXCLUDE)
  void dirtyPagesStayDirtyWhereTheCommitKeepsDirtiness(GuestKernel kernel) {
    shared(kernel, SHARED, 0);
    clean();
    assertThat(bench.change.updatedPtes()).isEqualTo(5);
    for (BackendState state : bench.machine.backends()) {
      assertThat(state.outcomes())
          .as(state.backend().name())
          .isEqualTo(
              PRESERVING.contains(state.backend().name())
                  ? Map.of(Outcome.DIRTY_NOT_CLEARED, 5L)
                  : Map.of());
    }
  }

  @ParameterizedTest
  @EnumSource(value = GuestKernel.class, names = "LINUX_2_6_27", mode = Mode.EXCLUDE)
  void aSecondPassFindsOnlyWhatWasWrittenOrNeverCameClean(GuestKernel kernel) {
    shared(kernel, SHARED, 0);
    clean();
    bench.write(1, 1);
    clean();
    assertThat(bench.change.updatedPtes()).isEqualTo(1);
    assertThat(outcomes("native")).isEmpty();
    assertThat(outcomes("multicall")).containsExactly(Map.entry(Outcome.DIRTY_NOT_CLEARED, 10L));
    assertThat(count("native", Operation.LOCKED_RMW)).isEqualTo(5 + 1);
    assertThat(count("multicall", Operation.HYPERCALL_MMU_UPDATE)).isEqualTo(5 + 5);
  }

  @ParameterizedTest
  @EnumSource(value = GuestKernel.class, names = "LINUX_2_6_27", mode = Mode.EXCLUDE)
  void eachPageIsCommittedByItselfAndTheHullIsFlushed(GuestKernel kernel) {
    shared(kernel, SHARED, 0);
    clean();
    assertThat(count("preserve-ad", Operation.HYPERCALL_MMU_UPDATE)).isEqualTo(5);
    assertThat(count("mmu-update-batch", Operation.HYPERCALL_MMU_UPDATE)).isEqualTo(5);
    assertThat(count("trap-emulate", Operation.PTWR_CMPXCHG)).isEqualTo(5);
    assertThat(count("trap-emulate", Operation.PTWR_WRITE)).isEqualTo(5);
    assertThat(count("native", Operation.INVLPG)).isEqualTo(5);
  }

  @ParameterizedTest
  @EnumSource(value = GuestKernel.class, names = "LINUX_2_6_27", mode = Mode.EXCLUDE)
  void writesAndMprotectAfterwardsAgreeAgain(GuestKernel kernel) {
    shared(kernel, 0x1, 7);
    clean();
    bench.write(0, 2);
    bench.mprotect(0, 4, READ);
    bench.mprotect(0, 4, READ | WRITE);
    bench.write(3, 1);
  }

  @ParameterizedTest
  @EnumSource(value = GuestKernel.class, names = "LINUX_2_6_27", mode = Mode.INCLUDE)
  void anOlderKernelPassesItOver(GuestKernel kernel) {
    shared(kernel, SHARED, 0);
    clean();
    assertThat(bench.change.updatedPtes()).isZero();
    assertThat(bench.machine.assumptions().counts())
        .containsEntry(CleanRecord.NO_SUCH_FUNCTION, 1L);
  }

  @ParameterizedTest
  @EnumSource(value = GuestKernel.class, names = "LINUX_2_6_27", mode = Mode.EXCLUDE)
  void privateMemoryIsLeftAlone(GuestKernel kernel) {
    shared(kernel, Bench.ANONYMOUS, 0);
    clean();
    assertThat(bench.change.updatedPtes()).isZero();
    assertThat(outcomes("multicall")).isEmpty();
  }
}
