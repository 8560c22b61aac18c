package dev.mmureplay.mmu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.machine.check.BackendCheck;
import dev.mmureplay.machine.check.CheckResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What every backend must do, whoever wrote it. A test class of a backend implements this interface
 * and says which backend it is about:
 *
 * <pre>
 * class MyBackendTest implements MmuBackendContract {
 *   public MmuBackend backend() { return new MyBackend(); }
 * }
 * </pre>
 */
public interface MmuBackendContract {
  /** A dirty, writable user page, and the same page read-only. */
  long WRITABLE = Pte.of(7, Pte.PRESENT | Pte.RW | Pte.USER | Pte.ACCESSED | Pte.DIRTY | Pte.NX);

  long READ_ONLY = WRITABLE & ~Pte.RW;

  /** Returns the backend under test. */
  MmuBackend backend();

  /** Returns the platforms on which the backend can exist. */
  default List<GuestPlatform> platforms() {
    List<GuestPlatform> platforms = new ArrayList<>();
    for (GuestKernel kernel : GuestKernel.values()) {
      platforms.add(new GuestPlatform(kernel, true));
    }
    platforms.add(new GuestPlatform(GuestKernel.LINUX_2_6_27, false));
    return platforms;
  }

  private long comparable(long pte) {
    return backend().underXen() ? XenPte.withoutXenBits(pte) : pte;
  }

  private static PtePage pageOf(int n, long pte) {
    PtePage page = new PtePage();
    for (int i = 0; i < n; i++) {
      page.entries[i] = pte;
    }
    return page;
  }

  @Test
  default void isFoundByItsNameThroughServiceLoaderOrByHand() {
    assertThat(backend().name()).matches("[a-z0-9][a-z0-9-]*");
    assertThat(backend().description()).isNotBlank();
  }

  @Test
  default void aCommitIsInMemoryWhenLazyMmuModeHasEnded() {
    for (GuestPlatform platform : platforms()) {
      for (int n : new int[] {1, 2, 31, 32, 33, 64, 512}) {
        Mmu mmu = backend().create(platform, new OperationCounter());
        PtePage page = pageOf(n, WRITABLE);
        mmu.enterLazyMmu();
        for (int i = 0; i < n; i++) {
          long old = mmu.ptepModifyProtStart(page, i);
          assertThat(comparable(old)).isEqualTo(WRITABLE);
          mmu.ptepModifyProtCommit(page, i, old, READ_ONLY);
        }
        mmu.leaveLazyMmu();
        for (int i = 0; i < PtePage.ENTRIES; i++) {
          assertThat(comparable(page.entries[i]))
              .as("%s, entry %d of %d", platform, i, n)
              .isEqualTo(i < n ? READ_ONLY : 0);
        }
      }
    }
  }

  @Test
  default void aCommitOutsideLazyMmuModeIsInMemoryAtOnce() {
    for (GuestPlatform platform : platforms()) {
      Mmu mmu = backend().create(platform, new OperationCounter());
      PtePage page = pageOf(1, WRITABLE);
      long old = mmu.ptepModifyProtStart(page, 0);
      mmu.ptepModifyProtCommit(page, 0, old, READ_ONLY);
      assertThat(comparable(page.entries[0])).as("%s", platform).isEqualTo(READ_ONLY);
    }
  }

  @Test
  default void bitsThatHardwareSetsBetweenStartAndTheEndOfLazyMmuModeSurvive() {
    if (!backend().correct()) {
      return;
    }
    long clean = WRITABLE & ~Pte.ACCESSED_DIRTY;
    for (GuestPlatform platform : platforms()) {
      for (int n : new int[] {1, 2, 40}) {
        Mmu mmu = backend().create(platform, new OperationCounter());
        PtePage page = pageOf(n, clean);
        boolean[] set = new boolean[n];
        mmu.enterLazyMmu();
        for (int i = 0; i < n; i++) {
          long old = mmu.ptepModifyProtStart(page, i);
          // Hardware sets bits only in an entry that is present; a cleared one would fault instead.
          set[i] = Pte.isPresent(page.entries[i]);
          if (set[i]) {
            page.entries[i] |= Pte.ACCESSED_DIRTY;
          }
          mmu.ptepModifyProtCommit(page, i, old, clean & ~Pte.RW);
        }
        mmu.leaveLazyMmu();
        for (int i = 0; i < n; i++) {
          assertThat((page.entries[i] & Pte.ACCESSED_DIRTY) == Pte.ACCESSED_DIRTY)
              .as("%s, entry %d of %d", platform, i, n)
              .isEqualTo(set[i]);
        }
      }
    }
  }

  @Test
  default void setAndClearGiveBackWhatWasThere() {
    for (GuestPlatform platform : platforms()) {
      Mmu mmu = backend().create(platform, new OperationCounter());
      PtePage page = new PtePage();
      mmu.setPte(page, 3, WRITABLE);
      assertThat(comparable(page.entries[3])).isEqualTo(WRITABLE);
      mmu.ptepSetWrprotect(page, 3);
      long readOnly = platform.kernel().writeProtect(WRITABLE);
      assertThat(comparable(page.entries[3])).isEqualTo(readOnly);
      assertThat(comparable(mmu.ptepGetAndClear(page, 3))).isEqualTo(readOnly);
      assertThat(page.entries[3]).isZero();
      mmu.setPte(page, 4, WRITABLE);
      assertThat(comparable(mmu.ptepGetAndClearFull(page, 4))).isEqualTo(WRITABLE);
      assertThat(page.entries[4]).isZero();
    }
  }

  @Test
  default void twoMmusOfOneBackendShareNothing() {
    GuestPlatform platform = new GuestPlatform(GuestKernel.LINUX_6_1, true);
    OperationCounter one = new OperationCounter();
    OperationCounter two = new OperationCounter();
    Mmu first = backend().create(platform, one);
    Mmu second = backend().create(platform, two);
    PtePage page = pageOf(1, WRITABLE);
    PtePage other = pageOf(1, WRITABLE);
    first.enterLazyMmu();
    first.ptepModifyProtCommit(page, 0, first.ptepModifyProtStart(page, 0), READ_ONLY);
    second.enterLazyMmu();
    second.leaveLazyMmu();
    assertThat(other.entries[0]).isEqualTo(WRITABLE);
    first.leaveLazyMmu();
    assertThat(comparable(page.entries[0])).isEqualTo(READ_ONLY);
  }

  @Test
  default void isWhatItClaimsToBeInEveryOrderOfTheCheck() {
    for (GuestPlatform platform : platforms()) {
      CheckResult result = BackendCheck.check(backend(), platform, false);
      assertThat(result.asClaimed()).as("%s", result).isTrue();
    }
  }

  @Test
  default void theSameWorkIsCountedTheSameWayEveryTime() {
    for (GuestPlatform platform : platforms()) {
      assertThat(countsOfRandomWork(platform)).isEqualTo(countsOfRandomWork(platform));
    }
  }

  private List<Long> countsOfRandomWork(GuestPlatform platform) {
    OperationCounter counter = new OperationCounter();
    Mmu mmu = backend().create(platform, counter);
    PtePage page = pageOf(PtePage.ENTRIES, WRITABLE);
    Random random = new Random(42);
    for (int region = 0; region < 20; region++) {
      mmu.enterLazyMmu();
      for (int i = random.nextInt(60); i > 0; i--) {
        int index = random.nextInt(PtePage.ENTRIES);
        long old = mmu.ptepModifyProtStart(page, index);
        mmu.ptepModifyProtCommit(page, index, old, random.nextBoolean() ? READ_ONLY : WRITABLE);
        mmu.leaveLazyMmu();
        mmu.enterLazyMmu();
      }
      mmu.leaveLazyMmu();
    }
    List<Long> counts = new ArrayList<>();
    for (Operation operation : Operation.values()) {
      counts.add(counter.get(Cause.FAULT, operation));
    }
    return counts;
  }
}
