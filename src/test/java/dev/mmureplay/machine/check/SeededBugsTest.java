package dev.mmureplay.machine.check;

import static dev.mmureplay.machine.check.SeededBackend.caught;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.mmu.Pte;
import dev.mmureplay.mmu.PtePage;
import dev.mmureplay.mmu.XenPte;
import org.junit.jupiter.api.Test;

/**
 * Bugs that kernels and hypervisors have had, or nearly had, each seeded into a copy of a correct
 * backend: here what an update writes. A check that lets one through is worth nothing.
 */
class SeededBugsTest {
  @Test
  void theCopyWithoutABugPasses() {
    CheckResult result =
        BackendCheck.check(
            new SeededBackend("copy", SeededMmu::new), SeededBackend.PLATFORM, false);
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
                long found;
                do {
                  found = page.compareExchange(index, expected, wanted);
                } while (found != expected);
              }
            });
  }

  @Test
  void softwareBitSetThatNobodyAskedFor() {
    caught(
        Invariant.I14,
        (platform, counter) ->
            new SeededMmu(platform, counter) {
              @Override
              void carryOut(PtePage page, int index, long pte) {
                super.carryOut(page, index, pte | (1L << 11));
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
            SeededBackend.PLATFORM,
            false);
    assertThat(result.failure())
        .isEqualTo("torn failed: java.lang.UnsupportedOperationException: not written yet");
    assertThat(result.asClaimed()).isFalse();
  }
}
