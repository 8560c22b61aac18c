package dev.mmureplay.importer.ftrace;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Guards against a PTE being given the wrong page: a wrong page is worse than none. */
class PageTablesTest {
  private static final long DIRECT_MAP = 0xffff_8880_0000_0000L;
  private static final long PRESENT = 0x67;

  private final PageTables tables = new PageTables();
  private final AddressSpace space = new AddressSpace(1, 100);

  private static long entry(long frame, int slot) {
    return entry(DIRECT_MAP, frame, slot);
  }

  private static long entry(long directMap, long frame, int slot) {
    return directMap + (frame << 12) + slot * 8L;
  }

  private static long value(long frame) {
    return frame << 12 | PRESENT;
  }

  /** Builds the way from a root in frame 1 to a PTE page in frame 4. */
  private void build(long directMap) {
    tables.made(2, PageTables.PUD, space);
    tables.setUpper(PageTables.ROOT, entry(directMap, 1, 254), value(2));
    tables.made(3, PageTables.PMD, space);
    tables.setUpper(PageTables.PUD, entry(directMap, 2, 7), value(3));
    tables.made(4, PageTables.PTE, space);
    tables.setUpper(PageTables.PMD, entry(directMap, 3, 9), value(4));
  }

  private static long pageUnder(int root, int pud, int pmd, int pte) {
    return ((((long) root << 9 | pud) << 9 | pmd) << 9 | pte) << 12;
  }

  @Test
  void thePlaceInTheTreeTellsThePage() {
    build(DIRECT_MAP);
    assertThat(tables.page(entry(4, 0))).isEqualTo(pageUnder(254, 7, 9, 0));
    assertThat(tables.page(entry(4, 511))).isEqualTo(pageUnder(254, 7, 9, 511));
    assertThat(Objects.requireNonNull(tables.holding(entry(4, 5))).space).isSameAs(space);
  }

  @Test
  void aRandomisedDirectMapIsLearned() {
    long directMap = 0xffff_9a40_0000_0000L;
    build(directMap);
    assertThat(tables.page(entry(directMap, 4, 3))).isEqualTo(pageUnder(254, 7, 9, 3));
    assertThat(tables.page(entry(4, 3))).isEqualTo(UNKNOWN);
  }

  @Test
  void aReleasedTableIsForgotten() {
    build(DIRECT_MAP);
    tables.released(4);
    assertThat(tables.page(entry(4, 0))).isEqualTo(UNKNOWN);
  }

  @Test
  void aFrameMayBecomeAnotherTable() {
    build(DIRECT_MAP);
    tables.made(4, PageTables.PTE, space);
    assertThat(tables.page(entry(4, 0))).isEqualTo(UNKNOWN);
    tables.setUpper(PageTables.PMD, entry(3, 10), value(4));
    assertThat(tables.page(entry(4, 0))).isEqualTo(pageUnder(254, 7, 10, 0));
  }

  @Test
  void anUpdateThatNamesBothTeachesTheTable() {
    tables.learn(entry(8, 5), 0x40_0000_5000L, space);
    assertThat(tables.page(entry(8, 6))).isEqualTo(0x40_0000_6000L);
  }

  @Test
  void whatIsKnownOfATableTellsOfTheTablesAboveIt() {
    tables.made(4, PageTables.PTE, space);
    tables.setUpper(PageTables.PMD, entry(3, 9), value(4));
    tables.learn(entry(4, 1), pageUnder(0, 2, 9, 1), space);
    tables.made(5, PageTables.PTE, space);
    tables.setUpper(PageTables.PMD, entry(3, 11), value(5));
    assertThat(tables.page(entry(5, 0))).isEqualTo(pageUnder(0, 2, 11, 0));
  }

  @Test
  void aSlotThatIsNotThePagesTeachesNothing() {
    tables.learn(entry(8, 5), 0x40_0000_7000L, space);
    assertThat(tables.page(entry(8, 5))).isEqualTo(UNKNOWN);
  }

  @Test
  void aFaultTeachesTheTablesOfItsNeighbours() {
    assertThat(tables.learnFromFault(entry(8, 0x80), 0x48f520, space)).isTrue();
    assertThat(tables.page(entry(8, 0x80))).isEqualTo(0x480000);
    assertThat(tables.page(entry(8, 0x8f))).isEqualTo(0x48f000);
  }

  @Test
  void aFaultTeachesNothingOfPagesFarAway() {
    assertThat(tables.learnFromFault(entry(8, 0x9f), 0x48f520, space)).isFalse();
    assertThat(tables.page(entry(8, 0x9f))).isEqualTo(UNKNOWN);
  }

  @Test
  void aShortRangeHasOnePageForASlot() {
    assertThat(tables.learnFromRange(entry(8, 1), 0x1ff000, 0x3000, space)).isTrue();
    assertThat(tables.page(entry(8, 1))).isEqualTo(0x201000);
    assertThat(tables.learnFromRange(entry(9, 511), 0x1ff000, 0x3000, space)).isTrue();
    assertThat(tables.page(entry(9, 511))).isEqualTo(0x1ff000);
    assertThat(tables.learnFromRange(entry(10, 2), 0x1ff000, 0x3000, space)).isFalse();
  }

  @Test
  void aLongRangeHasSeveral() {
    assertThat(tables.learnFromRange(entry(8, 1), 0, 0x200000, space)).isTrue();
    assertThat(tables.learnFromRange(entry(9, 1), 0, 0x200001, space)).isFalse();
    assertThat(tables.learnFromRange(entry(9, 1), 0, -1, space)).isFalse();
    assertThat(tables.learnFromRange(entry(9, 1), 0, 0, space)).isFalse();
  }

  @Test
  void aHashedPointerIsNoPlace() {
    tables.learn(0x8a3f_1028L, 0x40_0000_5000L, space);
    assertThat(tables.learnFromFault(0x8a3f_1028L, 0x5000, space)).isFalse();
    assertThat(tables.page(0x8a3f_1028L)).isEqualTo(UNKNOWN);
  }

  @Test
  void afterALossNothingIsKnown() {
    build(DIRECT_MAP);
    tables.forget();
    assertThat(tables.page(entry(4, 0))).isEqualTo(UNKNOWN);
  }
}
