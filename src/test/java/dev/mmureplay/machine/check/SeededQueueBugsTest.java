package dev.mmureplay.machine.check;

import static dev.mmureplay.machine.check.SeededBackend.caught;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.mmu.Operation;
import dev.mmureplay.mmu.PtePage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Bugs like those of {@link SeededBugsTest}: here when an update takes effect, how often, whose it
 * is, and what is flushed.
 */
class SeededQueueBugsTest {
  private static final List<SeededMmu.Update> SHARED = new ArrayList<>();

  @Test
  void updateQueuedTwice() {
    Witness witness =
        caught(
            Invariant.I6,
            (platform, counter) ->
                new SeededMmu(platform, counter) {
                  @Override
                  void enqueue(Update update) {
                    super.enqueue(update);
                    super.enqueue(update);
                  }
                });
    assertThat(witness.reason()).isEqualTo("page 0 was updated twice");
  }

  @Test
  void updateSkippedAtTheBatchBoundary() {
    Witness witness =
        caught(
            Invariant.I6,
            (platform, counter) ->
                new SeededMmu(platform, counter) {
                  @Override
                  void enqueue(Update update) {
                    if (queue.size() == BATCH) {
                      drain();
                    } else {
                      super.enqueue(update);
                    }
                  }
                });
    assertThat(witness.reason()).isEqualTo("page 31 is never updated");
  }

  @Test
  void neighbourOverwritten() {
    caught(
        Invariant.I6,
        (platform, counter) ->
            new SeededMmu(platform, counter) {
              @Override
              void carryOut(PtePage page, int index, long pte) {
                super.carryOut(page, index, pte);
                page.store(index + 1, 0);
              }
            });
  }

  @Test
  void accumulatorSharedByTwoVcpus() {
    Witness witness =
        caught(
            Invariant.I6,
            (platform, counter) -> {
              SeededMmu mmu = new SeededMmu(platform, counter);
              mmu.queue = SHARED;
              return mmu;
            });
    assertThat(witness.reason()).contains("is touched by a call on another CPU");
  }

  @Test
  void batchFlushedAfterTheLockWasDropped() {
    Witness witness =
        caught(
            Invariant.I7,
            (platform, counter) ->
                new SeededMmu(platform, counter) {
                  @Override
                  public void leaveLazyMmu() {
                    lazy = false;
                  }

                  @Override
                  public void flushTlbMulti(int otherCpus, long pages) {
                    drain();
                    super.flushTlbMulti(otherCpus, pages);
                  }
                });
    assertThat(witness.steps()).last().asString().contains("leaveLazyMmu");
    assertThat(witness.reason()).isEqualTo("page 0 is updated only later");
  }

  @Test
  void batchFlushedWhenLazyModeIsEnteredAgain() {
    caught(
        Invariant.I7,
        (platform, counter) ->
            new SeededMmu(platform, counter) {
              @Override
              public void enterLazyMmu() {
                drain();
                lazy = true;
              }

              @Override
              public void leaveLazyMmu() {
                lazy = false;
              }
            });
  }

  @Test
  void commitOutsideLazyModeQueuedForLater() {
    caught(
        Invariant.I7,
        (platform, counter) ->
            new SeededMmu(platform, counter) {
              @Override
              public void ptepModifyProtCommit(PtePage page, int index, long oldPte, long newPte) {
                enqueue(new Update(page, index, newPte));
              }

              @Override
              public void flushTlbMulti(int otherCpus, long pages) {
                drain();
                super.flushTlbMulti(otherCpus, pages);
              }
            });
  }

  @Test
  void flushForgotten() {
    caught(
        Invariant.I8,
        (platform, counter) ->
            new SeededMmu(platform, counter) {
              @Override
              public void flushTlbMulti(int otherCpus, long pages) {}
            });
  }

  @Test
  void flushOfThisCpuOnly() {
    Witness witness =
        caught(
            Invariant.I8,
            (platform, counter) ->
                new SeededMmu(platform, counter) {
                  @Override
                  public void flushTlbMulti(int otherCpus, long pages) {
                    flushTlbLocal();
                  }
                });
    assertThat(witness.reason()).startsWith("CPU 1 may still ");
  }

  @Test
  void flushOfTheOtherCpusOnly() {
    Witness witness =
        caught(
            Invariant.I8,
            (platform, counter) ->
                new SeededMmu(platform, counter) {
                  @Override
                  public void flushTlbMulti(int otherCpus, long pages) {
                    counter.count(Operation.TLB_SHOOTDOWN);
                    counter.count(Operation.TLB_SHOOTDOWN_TARGET, otherCpus);
                  }
                });
    assertThat(witness.reason()).startsWith("CPU 0 may still ");
  }

  @Test
  void lastPageOfTheHullNotFlushed() {
    caught(
        Invariant.I8,
        (platform, counter) ->
            new SeededMmu(platform, counter) {
              @Override
              public void flushTlbPages(long pages) {
                super.flushTlbPages(pages - 1);
              }
            });
  }

  @Test
  void hypercallForEachUpdateAlthoughBatched() {
    Witness witness =
        caught(
            Invariant.I12,
            (platform, counter) ->
                new SeededMmu(platform, counter) {
                  @Override
                  void carryOut(PtePage page, int index, long pte) {
                    counter.count(Operation.HYPERCALL_MMU_UPDATE);
                    super.carryOut(page, index, pte);
                  }
                });
    assertThat(witness.reason()).isEqualTo("hypercall_mmu_update: expected 1 but found 2");
  }
}
