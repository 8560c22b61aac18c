package dev.mmureplay.machine.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.Mmu;
import dev.mmureplay.mmu.Operation;
import dev.mmureplay.mmu.OperationCounter;
import dev.mmureplay.mmu.Pte;
import dev.mmureplay.mmu.PtePage;
import dev.mmureplay.mmu.XenPte;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/**
 * Bugs that kernels and hypervisors have had, or nearly had, each seeded into a copy of a correct
 * backend. A check that lets one through is worth nothing.
 */
class SeededBugsTest {
  private static final GuestPlatform PLATFORM = new GuestPlatform(GuestKernel.LINUX_6_1, true);
  private static final List<SeededMmu.Update> SHARED = new ArrayList<>();

  /** Explores until the invariant breaks and returns the shortest order so far. */
  private static Witness caught(
      Invariant invariant, BiFunction<GuestPlatform, OperationCounter, Mmu> maker) {
    Exploration exploration =
        new Exploration(new SeededBackend("mmu-update-batch", maker), PLATFORM, false);
    for (Program program : Programs.contract(PLATFORM.kernel())) {
      exploration.explore(program);
      CheckResult result = exploration.result(CleanOutcome.CLEARS);
      if (result.breaches().containsKey(invariant)) {
        assertThat(result.asClaimed()).isFalse();
        return result.witnesses().stream()
            .filter(witness -> witness.invariant() == invariant)
            .findFirst()
            .orElseThrow();
      }
    }
    throw new AssertionError(
        "expected "
            + invariant
            + " to break but found "
            + exploration.result(CleanOutcome.CLEARS).breaches());
  }

  @Test
  void theCopyWithoutABugPasses() {
    CheckResult result =
        BackendCheck.check(new SeededBackend("copy", SeededMmu::new), PLATFORM, false);
    assertThat(result.failure()).isNull();
    assertThat(result.breaches()).isEmpty();
    assertThat(result.asClaimed()).isTrue();
  }

  @Test
  void dirtyLostBetweenReadAndStore() {
    Witness witness =
        caught(
            Invariant.I9,
            (platform, counter) ->
                new SeededMmu(platform, counter) {
                  @Override
                  void carryOut(PtePage page, int index, long pte) {
                    page.store(index, pte | (page.read(index) & Pte.ACCESSED_DIRTY));
                  }
                });
    assertThat(witness.reason()).isEqualTo("page 0 was written and ends up clean");
    assertThat(witness.steps()).anyMatch(step -> step.contains("CPU 1  write 0: walk, sets A"));
  }

  @Test
  void accessedLostAlone() {
    Witness witness =
        caught(
            Invariant.I1,
            (platform, counter) ->
                new SeededMmu(platform, counter) {
                  @Override
                  void carryOut(PtePage page, int index, long pte) {
                    long expected = page.read(index);
                    long found = ~expected;
                    while (found != expected) {
                      found = page.compareExchange(index, expected, pte | (expected & Pte.DIRTY));
                      expected = found == expected ? expected : page.read(index);
                    }
                  }
                });
    assertThat(witness.reason()).isEqualTo("page 0 lost A");
  }

  @Test
  void updateWithTheStaleOldValueInsteadOfARetry() {
    caught(
        Invariant.I1,
        (platform, counter) ->
            new SeededMmu(platform, counter) {
              @Override
              public void ptepModifyProtCommit(PtePage page, int index, long oldPte, long newPte) {
                page.store(index, XenPte.adjust(newPte | (oldPte & Pte.ACCESSED_DIRTY)));
              }
            });
  }

  @Test
  void emulatedExchangeWithoutCompare() {
    caught(
        Invariant.I1,
        (platform, counter) ->
            new SeededMmu(platform, counter) {
              @Override
              public long ptepModifyProtStart(PtePage page, int index) {
                long old = page.read(index);
                page.store(index, 0);
                return old;
              }
            });
  }

  @Test
  void pteClearedOnUnmapWithoutAnExchange() {
    caught(
        Invariant.I1,
        (platform, counter) ->
            new SeededMmu(platform, counter) {
              @Override
              public long ptepGetAndClear(PtePage page, int index) {
                long old = page.read(index);
                page.store(index, 0);
                return old;
              }
            });
  }

  @Test
  void writeProtectedByReadAndStore() {
    caught(
        Invariant.I1,
        (platform, counter) ->
            new SeededMmu(platform, counter) {
              @Override
              public void ptepSetWrprotect(PtePage page, int index) {
                page.store(index, page.read(index) & ~Pte.RW);
              }
            });
  }

  @Test
  void accessedAndDirtySmearedOverABatch() {
    Witness witness =
        caught(
            Invariant.I2,
            (platform, counter) ->
                new SeededMmu(platform, counter) {
                  private long smeared;

                  @Override
                  public long ptepModifyProtStart(PtePage page, int index) {
                    long old = super.ptepModifyProtStart(page, index);
                    smeared |= old & Pte.ACCESSED_DIRTY;
                    return old | smeared;
                  }
                });
    assertThat(witness.reason()).contains("that nobody set");
  }

  @Test
  void frameOfAnotherPte() {
    caught(
        Invariant.I3,
        (platform, counter) ->
            new SeededMmu(platform, counter) {
              private long frame;

              @Override
              void enqueue(Update update) {
                frame = frame == 0 ? update.pte() & Pte.FRAME : frame;
                super.enqueue(
                    new Update(update.page(), update.index(), (update.pte() & ~Pte.FRAME) | frame));
              }
            });
  }

  @Test
  void specialMarkDropped() {
    caught(
        Invariant.I4,
        (platform, counter) ->
            new SeededMmu(platform, counter) {
              @Override
              void carryOut(PtePage page, int index, long pte) {
                super.carryOut(page, index, pte & ~Pte.SPECIAL);
              }
            });
  }

  @Test
  void writePermissionKept() {
    caught(
        Invariant.I5,
        (platform, counter) ->
            new SeededMmu(platform, counter) {
              @Override
              void carryOut(PtePage page, int index, long pte) {
                super.carryOut(page, index, pte | (page.read(index) & Pte.RW));
              }
            });
  }

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
  void pteAbsentForAMomentAlthoughStartLeftItLive() {
    caught(
        Invariant.I10,
        (platform, counter) ->
            new SeededMmu(platform, counter) {
              @Override
              void carryOut(PtePage page, int index, long pte) {
                long old = page.exchange(index, 0);
                page.store(index, pte | (old & Pte.ACCESSED_DIRTY));
              }
            });
  }

  @Test
  void retryThatNeverLooksAgain() {
    caught(
        Invariant.I11,
        (platform, counter) ->
            new SeededMmu(platform, counter) {
              @Override
              void carryOut(PtePage page, int index, long pte) {
                long expected = page.read(index);
                long wanted = pte | (expected & Pte.ACCESSED_DIRTY);
                while (page.compareExchange(index, expected, wanted) != expected) {
                  continue;
                }
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

  @Test
  void softwareBitSetThatNobodyAskedFor() {
    caught(
        Invariant.I14,
        (platform, counter) ->
            new SeededMmu(platform, counter) {
              @Override
              void carryOut(PtePage page, int index, long pte) {
                super.carryOut(page, index, pte | (1L << 10));
              }
            });
  }

  @Test
  void ptesChangedBehindTheBackOfPtePageAreSeenBetweenCalls() {
    caught(
        Invariant.I1,
        (platform, counter) ->
            new SeededMmu(platform, counter) {
              @Override
              public long ptepModifyProtStart(PtePage page, int index) {
                return page.entries[index];
              }

              @Override
              public void ptepModifyProtCommit(PtePage page, int index, long oldPte, long newPte) {
                page.entries[index] = XenPte.adjust(newPte);
              }
            });
  }

  @Test
  void aBackendThatThrowsFailsAlone() {
    CheckResult result =
        BackendCheck.check(
            new SeededBackend(
                "torn",
                (platform, counter) ->
                    new SeededMmu(platform, counter) {
                      @Override
                      public void leaveLazyMmu() {
                        throw new UnsupportedOperationException("not written yet");
                      }
                    }),
            PLATFORM,
            false);
    assertThat(result.failure())
        .isEqualTo("torn failed: java.lang.UnsupportedOperationException: not written yet");
    assertThat(result.asClaimed()).isFalse();
  }
}
