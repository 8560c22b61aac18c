package dev.mmureplay.replay.race;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.machine.AccessKind;
import dev.mmureplay.machine.PteUpdate;
import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.MmuBackend;
import dev.mmureplay.mmu.Pte;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Hazard: an attempt that does not show what the backend's own code would do to A and D. */
class RacingPteTest {
  private static final long CLEAN = Pte.PRESENT | Pte.USER | Pte.RW | Pte.NX;
  private static final long READ_ONLY = Pte.PRESENT | Pte.USER | Pte.NX | Pte.ACCESSED;
  private static final long WRITABLE = READ_ONLY | Pte.RW;

  private static RacingPte pte(String backend, GuestKernel kernel, boolean lateDirty) {
    MmuBackend named = Backends.named(backend).get(0);
    return new RacingPte(named, new GuestPlatform(kernel, true), lateDirty, false);
  }

  private static RacingPte pte(String backend) {
    return pte(backend, GuestKernel.LINUX_6_1, false);
  }

  private static RacingAccess write(int position) {
    return new RacingAccess(AccessKind.WRITE, position, false, 1);
  }

  /** Which bits a write to a clean page loses, position by position. */
  @ParameterizedTest
  @CsvSource({
    "native,                   - - -",
    "trap-emulate,             - - - -",
    "trap-emulate-batched-set, - - - - -",
    "preserve-ad,              - - - -",
    "multicall,                - - - -",
    "mmu-update-batch,         - - - -",
    "naive,                    - AD -",
    "naive-batched,            - AD AD -",
  })
  void onlyTheControlsLoseBitsAndOnlyInTheirWindow(String backend, String lost) {
    RacingPte pte = pte(backend);
    List<String> found = new ArrayList<>();
    for (int position = 0; position <= pte.operations(); position++) {
      long bits = Schedule.lost(pte.race(CLEAN, WRITABLE, PteUpdate.AS_FLAGS, write(position)));
      found.add(bits == 0 ? "-" : bits == Pte.ACCESSED_DIRTY ? "AD" : "other");
    }
    assertThat(String.join(" ", found)).isEqualTo(lost);
  }

  @ParameterizedTest
  @CsvSource({
    "native, 1",
    "trap-emulate, 1",
    "trap-emulate-batched-set, 2",
    "preserve-ad, 0",
    "multicall, 0",
    "mmu-update-batch, 0",
    "naive, 0",
    "naive-batched, 0"
  })
  void anAccessFaultsOnlyWhereThePteIsAbsentForAWhile(String backend, int positions) {
    RacingPte pte = pte(backend);
    int faults = 0;
    for (int position = 0; position <= pte.operations(); position++) {
      int schedule = pte.race(CLEAN, WRITABLE, PteUpdate.AS_FLAGS, write(position));
      faults += (schedule & Schedule.TRANSIENT_FAULT) != 0 ? 1 : 0;
    }
    assertThat(faults).isEqualTo(positions);
  }

  @Test
  void aPageThatBecomesInaccessibleForGoodIsNoTransientFault() {
    long none = GuestKernel.LINUX_6_1.protNone() | Pte.ACCESSED;
    assertThat(pte("native").race(CLEAN, none, PteUpdate.AS_FLAGS, write(1)))
        .isEqualTo(Schedule.of(0, 0, 0, 0, 0));
  }

  @Test
  void aBitSetInsideTheEmulationCostsOneRepetition() {
    assertThat(pte("trap-emulate").race(CLEAN, READ_ONLY, PteUpdate.AS_FLAGS, write(1)))
        .isEqualTo(Schedule.of(0, 0, Schedule.RACED, 0, 1));
    assertThat(pte("preserve-ad").race(CLEAN, READ_ONLY, PteUpdate.AS_FLAGS, write(2)))
        .isEqualTo(Schedule.of(0, 0, Schedule.RACED, 1, 0));
  }

  @Test
  void aCachedTranslationLetsAWriteThroughUntilTheFlush() {
    long dirty = CLEAN | Pte.ACCESSED_DIRTY;
    RacingPte pte = pte("native");
    RacingAccess cached = new RacingAccess(AccessKind.WRITE, pte.operations(), true, 1);
    assertThat(pte.race(dirty, READ_ONLY, PteUpdate.AS_FLAGS, cached) & Schedule.STALE_USE)
        .isNotZero();
    RacingAccess walking = new RacingAccess(AccessKind.WRITE, pte.operations(), false, 1);
    assertThat(pte.race(dirty, READ_ONLY, PteUpdate.AS_FLAGS, walking)).isZero();
  }

  @Test
  void aTranslationOutlivesTheClearingOfA() {
    long aged = (WRITABLE & ~Pte.ACCESSED) | Pte.DIRTY;
    RacingPte pte =
        new RacingPte(
            Backends.named("naive").get(0),
            new GuestPlatform(GuestKernel.LINUX_6_1, true),
            false,
            true);
    RacingAccess walking = new RacingAccess(AccessKind.READ, 1, false, 1);
    assertThat(Schedule.lost(pte.race(aged, READ_ONLY, PteUpdate.AS_FLAGS, walking)))
        .as("the walk sets A, and the store takes it away")
        .isEqualTo(Pte.ACCESSED);
    RacingAccess cached = new RacingAccess(AccessKind.READ, 1, true, 1);
    assertThat(pte.race(aged, READ_ONLY, PteUpdate.AS_FLAGS, cached))
        .as("nothing goes to the PTE")
        .isZero();
    RacingAccess behind = new RacingAccess(AccessKind.WRITE, pte.operations(), true, 1);
    assertThat(pte.race(aged, READ_ONLY, PteUpdate.AS_FLAGS, behind) & Schedule.STALE_USE)
        .as("a right that is gone, until the flush")
        .isNotZero();
  }

  @Test
  void aSecondWriteBehindTheCommitSavesWhatTheControlLost() {
    RacingPte pte = pte("naive");
    RacingAccess other = new RacingAccess(AccessKind.WRITE, 2, false, 2);
    RacingAccess same = new RacingAccess(AccessKind.WRITE, 2, false, 1);
    assertThat(Schedule.lost(pte.race(CLEAN, WRITABLE, PteUpdate.AS_FLAGS, write(1), other)))
        .as("another thread has to walk, and sets the bits again")
        .isZero();
    assertThat(Schedule.lost(pte.race(CLEAN, WRITABLE, PteUpdate.AS_FLAGS, write(1), same)))
        .as("the same thread has D in its TLB")
        .isEqualTo(Pte.ACCESSED_DIRTY);
  }

  @ParameterizedTest
  @EnumSource(GuestKernel.class)
  void noCorrectBackendLosesOrInventsABitWhateverTheUpdate(GuestKernel kernel) {
    long[] states = {0, Pte.ACCESSED, Pte.ACCESSED_DIRTY};
    long[] flags = {READ_ONLY, WRITABLE, READ_ONLY & ~Pte.NX, kernel.protNone() | Pte.ACCESSED};
    byte[] upgrades = {PteUpdate.AS_FLAGS, PteUpdate.WRITABLE_IF_DIRTY, PteUpdate.WRITABLE};
    int tried = 0;
    for (MmuBackend backend : Backends.all()) {
      for (int hardware = 0; hardware < 4; hardware++) {
        RacingPte pte =
            new RacingPte(
                backend, new GuestPlatform(kernel, true), hardware % 2 == 1, hardware >= 2);
        ScheduleTable table = new ScheduleTable(pte);
        for (long from : flags) {
          for (long state : states) {
            for (long to : flags) {
              for (byte upgrade : upgrades) {
                for (AccessKind kind : AccessKind.values()) {
                  long old = kernel.modify((from & ~Pte.ACCESSED) | state, from);
                  ScheduleTable.Row row = table.row(old, to, upgrade, kind.ordinal());
                  assertThat(Schedule.invented(row.union())).isZero();
                  assertThat(backend.correct() && Schedule.lost(row.union()) != 0)
                      .as("%s %x to %x, %s", backend.name(), old, to, kind)
                      .isFalse();
                  assertThat(Schedule.compareExchangeRetries(row.union())).isLessThanOrEqualTo(2);
                  assertThat(Schedule.exchangeRetries(row.union())).isLessThanOrEqualTo(2);
                  tried += row.size();
                }
              }
            }
          }
        }
      }
    }
    assertThat(tried).isGreaterThan(10_000);
  }

  @Test
  void aBatchIsOpenFromTheFirstReadToTheFlush() {
    Timeline batch = pte("mmu-update-batch").timeline(3);
    assertThat(batch.total()).as("3 reads, 3 times read and cmpxchg").isEqualTo(9);
    assertThat(batch.window(0)).isEqualTo(4);
    assertThat(batch.window(2)).isEqualTo(6);
    assertThat(batch.longestWindow()).isEqualTo(6);
    assertThat(batch.position(1, 0)).isZero();
    assertThat(batch.position(1, 2)).isEqualTo(1);
    assertThat(batch.position(1, 6)).isEqualTo(2);
    assertThat(batch.position(1, 9)).isEqualTo(3);
    assertThat(pte("native").timeline(3).longestWindow()).isEqualTo(1);
    assertThat(pte("mmu-update-batch").timeline(512).longestWindow())
        .as(
            "a PTE whose commit finds the buffer full: 62 operations flush the 31 before it, 31 more"
                + " starts fill the buffer again, and its own read and cmpxchg")
        .isEqualTo(62 + 31 + 2);
  }
}
