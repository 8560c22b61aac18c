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
   * Returns whether the recorded hypercalls show borders that the model does not have, or not those
   * that it has, all of them where that may be.
   *
   * @param possible whether there may be one in front of the rewritten PTE of that number
   * @param doubtful whether one that the model has there may not be
   */
  boolean explain(Work model, Work found, IntPredicate possible, IntPredicate doubtful) {
    Longs sizes = found.hypercalls.isEmpty() ? found.multicalls : found.hypercalls;
    Longs expected = model.hypercalls.isEmpty() ? model.multicalls : model.hypercalls;
    int more = cuts(found.pages, sizes, expected, possible);
    int less = cuts(found.pages, expected, sizes, doubtful);
    return more >= 0 && less >= 0 && more + less > 0;
  }

  /** Returns how many borders one list of sizes shows that the other lacks, -1 if one cannot be. */
  private int cuts(Longs pages, Longs sizes, Longs others, IntPredicate explained) {
    int at = 0;
    int borders = 0;
    for (int i = 0; i < sizes.size(); i++) {
      at += (int) sizes.get(i);
      boolean cut = at < pages.size() && sizes.get(i) < full && sameTable(pages, at);
      if (cut && !endsAt(others, at)) {
        if (!explained.test(at)) {
          return -1;
        }
        borders++;
      }
    }
    return at == pages.size() ? borders : -1;
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
