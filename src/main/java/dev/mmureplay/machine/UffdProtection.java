package dev.mmureplay.machine;

import dev.mmureplay.mmu.Cause;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * ioctl(UFFDIO_WRITEPROTECT): mwriteprotect_range and uffd_wp_range of mm/userfaultfd.c, which walk
 * as mprotect does (change_pte_range of mm/mprotect.c). The caller's range is registered.
 *
 * <p>A present page loses the right to write and gets a bit. An absent one gets an entry that says
 * so (PTE_MARKER_UFFD_WP) in memory that is not anonymous, and in anonymous memory if the tracker
 * asked for it and the kernel can (6.4 on); else nothing, and the next write to it comes as it
 * would have. Entries in place of absent pages are counted and do not stay in the model's PTE
 * pages. MADV_DONTNEED does not take them away here.
 */
final class UffdProtection {
  /** The kernel has no such call; it was passed over. */
  static final String NO_SUCH_CALL = "uffd-writeprotect-unknown-to-kernel";

  /** A tracker asked for absent pages to be protected, too, which the kernel does not do. */
  static final String NO_SUCH_FEATURE = "uffd-wp-unpopulated-unknown-to-kernel";

  private final Guest guest;
  private final ProtectionWalk walk;

  UffdProtection(Guest guest, ProtectionWalk walk) {
    this.guest = guest;
    this.walk = walk;
  }

  /**
   * Protects, or ends the protection.
   *
   * @param unpopulated whether the tracker asked for UFFD_FEATURE_WP_UNPOPULATED
   */
  void call(
      AddressSpace space,
      long start,
      long end,
      boolean protect,
      boolean unpopulated,
      ProtectionChange facts) {
    facts.reset();
    if (!guest.kernel.protectsByUffd()) {
      guest.assumptions.use(NO_SUCH_CALL, 1);
      return;
    }
    guest.enterSyscall(Cause.UFFD_WRITEPROTECT);
    boolean marks = unpopulated && guest.kernel.marksUnpopulated();
    guest.assumptions.use(NO_SUCH_FEATURE, unpopulated && !marks && protect ? 1 : 0);
    walk.beginFlush();
    for (long at = start; at < end; ) {
      @Nullable Vma vma = space.vmas.at(space.vmas.firstEndingBehind(at));
      if (vma == null || vma.start >= end) {
        break;
      }
      if (!vma.has(Vma.HUGETLB)) {
        long from = Math.max(at, vma.start);
        change(space, vma, from, Math.min(end, vma.end), protect, marks, facts);
      }
      at = vma.end;
    }
    walk.flushGathered(space);
    guest.doubts.changedByVmas(space);
  }

  private void change(
      AddressSpace space,
      Vma vma,
      long start,
      long end,
      boolean protect,
      boolean marks,
      ProtectionChange facts) {
    UffdMarks changed = new UffdMarks(space.uffdMarked, protect);
    if (!protect) {
      boolean upgrades = guest.kernel.upgradesAfterUffd();
      byte upgrade = upgrades ? walk.upgradeOf(vma) : PteUpdate.AS_FLAGS;
      byte how = (byte) (upgrade | PteUpdate.UFFD_RESOLVE);
      walk.change(space, vma, space.tables.range(start, end), start, end, how, changed, facts);
      space.uffdProtected.remove(start, end);
      space.uffdMarked.remove(start, end);
      return;
    }
    boolean anonymous = vma.isAnonymous() && vma.isPrivate();
    if (anonymous && !marks) {
      LeafTable[] leaves = space.tables.range(start, end);
      walk.change(space, vma, leaves, start, end, PteUpdate.UFFD_PROTECT, null, facts);
    } else {
      LeafTable[] leaves = everyLeaf(space, start, end);
      walk.change(space, vma, leaves, start, end, PteUpdate.UFFD_PROTECT, changed, facts);
      for (LeafTable leaf : leaves) {
        for (int i = Guest.from(leaf, start); i < Guest.to(leaf, end); i++) {
          if (leaf.reference[i] == 0) {
            space.uffdMarked.add(leaf.address(i), leaf.address(i) + Machine.PAGE_SIZE);
          }
        }
      }
    }
    space.uffdProtected.add(start, end);
  }

  /** Markers need a PTE page to stand in (change_prepare of mm/mprotect.c). */
  private LeafTable[] everyLeaf(AddressSpace space, long start, long end) {
    long first = start >>> Machine.CHUNK_SHIFT;
    long last = (end - 1) >>> Machine.CHUNK_SHIFT;
    LeafTable[] leaves = new LeafTable[(int) (last - first + 1)];
    Arrays.setAll(leaves, i -> guest.table(space, (first + i) << Machine.CHUNK_SHIFT));
    return leaves;
  }
}
