package dev.mmureplay.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Hazard: a VMA layer whose mistakes all backends share, so that no comparison of them shows it.
 */
class VmaCheckTest {
  private static final long READ = Vma.READ;
  private static final long READ_WRITE = Vma.READ | Vma.WRITE;
  private static final int ANON_VMA = 1;

  private final VmaList vmas = new VmaList();
  private final VmaCheck check = new VmaCheck();

  private static Vma vma(long firstPage, long pages, long flags) {
    Vma made = new Vma(address(firstPage), address(firstPage + pages), flags, 0, firstPage);
    made.anonVma = ANON_VMA;
    made.anonVmaChain = 1;
    return made;
  }

  private static long address(long page) {
    return page << Machine.PAGE_SHIFT;
  }

  /** Puts mappings where the old ones were. */
  private void become(Vma... made) {
    while (vmas.size() > 0) {
      vmas.remove(0);
    }
    for (Vma each : made) {
      vmas.insert(each);
    }
  }

  private void before(long firstPage, long pages) {
    check.before(vmas, address(firstPage), address(firstPage + pages));
  }

  /** The verdict on mprotect(PROT_READ) that came to a page. */
  private @Nullable String afterReadOnly(long toPage) {
    return check.after(vmas, address(toPage), (int) READ, -1);
  }

  @Test
  void aSplitInThreeIsRight() {
    become(vma(0, 8, READ_WRITE));
    before(2, 3);
    become(vma(0, 2, READ_WRITE), vma(2, 3, READ), vma(5, 3, READ_WRITE));
    assertThat(afterReadOnly(5)).isNull();
  }

  @Test
  void oneMappingOfThreeIsRight() {
    become(vma(0, 2, READ), vma(2, 3, READ_WRITE), vma(5, 3, READ));
    before(2, 3);
    become(vma(0, 8, READ));
    assertThat(afterReadOnly(5)).isNull();
  }

  @Test
  void pagesThatKeepTheirProtection() {
    become(vma(0, 4, READ_WRITE), vma(4, 4, READ_WRITE | Vma.EXEC));
    before(2, 3);
    become(vma(0, 2, READ_WRITE), vma(2, 2, READ), vma(4, 4, READ_WRITE | Vma.EXEC));
    assertThat(afterReadOnly(5)).isEqualTo("expected 4000-5000 to be r-- but found rwx");
  }

  @Test
  void aNeighbourThatChangesToo() {
    become(vma(0, 2, READ_WRITE), vma(2, 3, READ_WRITE), vma(5, 3, READ_WRITE | Vma.EXEC));
    before(2, 3);
    become(vma(0, 2, READ_WRITE), vma(2, 6, READ));
    assertThat(afterReadOnly(5)).isEqualTo("expected 5000-8000 to be rwx but found r--");
  }

  @Test
  void pagesBehindTheOneAtWhichTheCallFailed() {
    become(vma(0, 4, READ_WRITE), vma(6, 4, READ_WRITE));
    before(2, 8);
    become(vma(0, 2, READ_WRITE), vma(2, 2, READ), vma(6, 4, READ));
    assertThat(afterReadOnly(4)).isEqualTo("expected 6000-a000 to be rw- but found r--");
    become(vma(0, 2, READ_WRITE), vma(2, 2, READ), vma(6, 4, READ_WRITE));
    assertThat(afterReadOnly(4)).isNull();
  }

  @Test
  void aPieceThatIsLost() {
    become(vma(0, 8, READ_WRITE));
    before(2, 3);
    become(vma(0, 2, READ_WRITE), vma(2, 3, READ));
    assertThat(afterReadOnly(5)).isEqualTo("expected 5000-8000 mapped but found it unmapped");
  }

  @Test
  void aPieceThatIsTooLong() {
    become(vma(0, 5, READ_WRITE));
    before(2, 3);
    become(vma(0, 2, READ_WRITE), vma(2, 4, READ));
    assertThat(afterReadOnly(5)).isEqualTo("expected 5000-6000 unmapped but found it mapped");
  }

  @Test
  void aBorderThatNobodyAskedFor() {
    become(vma(0, 8, READ_WRITE));
    before(2, 4);
    become(vma(0, 2, READ_WRITE), vma(2, 1, READ), vma(3, 3, READ), vma(6, 2, READ_WRITE));
    assertThat(afterReadOnly(6)).isEqualTo("expected no mapping to end at 3000 but found one");
  }

  @Test
  void twoChangedNeighboursThatAreAlikeAndStayApart() {
    become(vma(0, 2, READ), vma(2, 3, READ_WRITE));
    before(2, 3);
    become(vma(0, 2, READ), vma(2, 3, READ));
    assertThat(afterReadOnly(5))
        .isEqualTo("expected one mapping across 2000 but found two that are alike");
  }

  @Test
  void neighboursThatTheCallLeavesAloneMayBeAlike() {
    become(vma(0, 2, READ), vma(2, 3, READ), vma(5, 1, READ_WRITE));
    before(2, 3);
    assertThat(afterReadOnly(5)).isNull();
  }

  @Test
  void otherMemoryAtTheSamePlace() {
    become(vma(0, 8, READ_WRITE));
    before(2, 3);
    Vma shifted = vma(5, 3, READ_WRITE);
    shifted.pageOffset = 2;
    become(vma(0, 2, READ_WRITE), vma(2, 3, READ), shifted);
    assertThat(afterReadOnly(5))
        .isEqualTo("expected 5000-8000 to stay the same memory but found other");
  }

  @Test
  void anotherFlagOrProtectionKey() {
    become(vma(0, 8, READ_WRITE));
    before(0, 8);
    become(vma(0, 8, READ | Vma.LOCKED));
    assertThat(afterReadOnly(8))
        .isEqualTo("expected 0-8000 to keep its flags but found 2000 changed");
    Vma keyed = vma(0, 8, READ);
    keyed.protectionKey = 3;
    become(keyed);
    assertThat(afterReadOnly(8)).isEqualTo("expected 0-8000 to have protection key 0 but found 3");
    assertThat(check.after(vmas, address(8), (int) READ, 3)).isNull();
  }
}
