package dev.mmureplay.replay;

import java.io.IOException;

/**
 * Takes what a replay yields, as it happens. Objects passed in are refilled afterwards. What a sink
 * does not ask for goes nowhere.
 */
public interface ReplaySink {
  /** Keeps nothing. */
  ReplaySink NOTHING = new ReplaySink() {};

  /**
   * Takes one mprotect call.
   *
   * @param counts for every backend of {@link ReplayOptions#backends}, in that order, how often
   *     each operation was counted for this call, indexed by {@link
   *     dev.mmureplay.mmu.Operation#ordinal()}
   */
  default void call(CallFacts call, long[][] counts) throws IOException {}

  /** Takes the final state of one page, which is the same under every correct backend. */
  default void page(PageState page) throws IOException {}

  /** Takes a breach of an invariant. */
  default void finding(Finding finding) throws IOException {}
}
