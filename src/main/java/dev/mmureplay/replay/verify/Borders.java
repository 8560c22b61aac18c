package dev.mmureplay.replay.verify;

import dev.mmureplay.mmu.GuestKernel;
import java.util.function.IntPredicate;

/**
 * Tells whether hypercalls were cut where only a border between two mappings cuts: between PTEs of
 * one page table, before the hypercall was full.
 */
final class Borders {
  private static final int CHUNK_SHIFT = 21;

  private final int full;

  Borders(GuestKernel kernel) {
    full = kernel.argumentAreaOffByOne() ? 31 : 32;
  }

  /**
   * Returns whether the recorded hypercalls show borders that the model does not have, all of them
   * where there may be one.
   *
   * @param possible whether there may be one in front of the rewritten PTE of that number
   */
  boolean explain(Work model, Work found, IntPredicate possible) {
    Longs sizes = found.hypercalls.isEmpty() ? found.multicalls : found.hypercalls;
    Longs expected = model.hypercalls.isEmpty() ? model.multicalls : model.hypercalls;
    int pages = found.pages.size();
    int at = 0;
    int borders = 0;
    for (int i = 0; i < sizes.size(); i++) {
      at += (int) sizes.get(i);
      boolean cut = at < pages && sizes.get(i) < full && sameTable(found.pages, at);
      if (cut && !endsAt(expected, at)) {
        if (!possible.test(at)) {
          return false;
        }
        borders++;
      }
    }
    return borders > 0 && at == pages;
  }

  private static boolean sameTable(Longs pages, int at) {
    return pages.get(at) >>> CHUNK_SHIFT == pages.get(at - 1) >>> CHUNK_SHIFT;
  }

  private static boolean endsAt(Longs sizes, int end) {
    long at = 0;
    for (int i = 0; i < sizes.size() && at < end; i++) {
      at += sizes.get(i);
    }
    return at == end;
  }
}
