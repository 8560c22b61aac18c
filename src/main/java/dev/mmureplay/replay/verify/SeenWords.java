package dev.mmureplay.replay.verify;

import dev.mmureplay.machine.AddressSpace;
import dev.mmureplay.machine.Machine;
import dev.mmureplay.mmu.Pte;
import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * The last PTE word that a recording showed of each page. Of a page that it has shown nothing of, a
 * model knows no more than what follows from accesses, and these may have failed.
 */
final class SeenWords {
  /** What only a call or a fault changes, which a recording shows. */
  private static final long PERMISSIONS = Pte.PRESENT | Pte.RW | Pte.SPECIAL | Pte.NX;

  private final Map<AddressSpace, Map<Long, Long>> words = new WeakHashMap<>();

  void saw(AddressSpace space, long address, long word) {
    words.computeIfAbsent(space, key -> new HashMap<>()).put(address & -Machine.PAGE_SIZE, word);
  }

  /** Returns the word, or 0 if none was shown. */
  long of(AddressSpace space, long page) {
    Map<Long, Long> pages = words.get(space);
    return pages == null ? 0 : pages.getOrDefault(page, 0L);
  }

  /** Returns whether two words permit the same. */
  static boolean permitTheSame(long one, long other) {
    if (Pte.isPresent(one) != Pte.isPresent(other)) {
      return false;
    }
    return !Pte.isPresent(one) || ((one ^ other) & PERMISSIONS) == 0;
  }
}
