package dev.mmureplay.machine;

import java.util.Arrays;

/**
 * The page frames in use: what they hold and how many PTEs map them (struct page, as far as
 * copy-on-write asks). Frame 0 is the shared zero page and is never counted.
 */
final class FrameTable {
  /** The frame of the shared zero page. */
  static final int ZERO_PAGE = 0;

  private static final byte FREE = 0;
  private static final byte FILE = 1;
  private static final byte ANONYMOUS = 2;

  /** Anonymous; whether it belongs to one address space alone is not known. */
  private static final byte ANONYMOUS_UNSETTLED = 3;

  private static final byte ANONYMOUS_EXCLUSIVE = 4;

  private byte[] kinds = new byte[1024];
  private int[] mapCounts = new int[1024];
  private int[] free = new int[1024];
  private int freeCount;
  private int used = 1;

  /** Returns a new frame of the page cache, mapped once. */
  int allocateFile() {
    return allocate(FILE);
  }

  /**
   * Returns a new anonymous frame that belongs to one address space alone (PageAnonExclusive),
   * mapped once.
   */
  int allocateAnonymous() {
    return allocate(ANONYMOUS_EXCLUSIVE);
  }

  /** Returns a new anonymous frame of which it is not known whether others map it, too. */
  int allocateUnsettled() {
    return allocate(ANONYMOUS_UNSETTLED);
  }

  /** Says whether a frame of which that is not known belongs to one address space alone. */
  void settle(int frame, boolean exclusive) {
    if (kinds[frame] == ANONYMOUS_UNSETTLED) {
      kinds[frame] = exclusive ? ANONYMOUS_EXCLUSIVE : ANONYMOUS;
    }
  }

  /** Of a frame that was taken to belong to one address space alone this is not known. */
  void unsettle(int frame) {
    if (kinds[frame] == ANONYMOUS_EXCLUSIVE) {
      kinds[frame] = ANONYMOUS_UNSETTLED;
    }
  }

  private int allocate(byte kind) {
    int frame;
    if (freeCount > 0) {
      frame = free[--freeCount];
    } else {
      if (used == kinds.length) {
        kinds = Arrays.copyOf(kinds, used * 2);
        mapCounts = Arrays.copyOf(mapCounts, used * 2);
      }
      frame = used++;
    }
    kinds[frame] = kind;
    mapCounts[frame] = 1;
    return frame;
  }

  /** One more PTE maps the frame; an anonymous one is then no longer exclusive. */
  void share(int frame) {
    if (frame == ZERO_PAGE) {
      return;
    }
    mapCounts[frame]++;
    if (kinds[frame] > ANONYMOUS) {
      kinds[frame] = ANONYMOUS;
    }
  }

  /** One PTE less maps the frame. */
  void release(int frame) {
    if (frame == ZERO_PAGE) {
      return;
    }
    if (--mapCounts[frame] == 0) {
      kinds[frame] = FREE;
      if (freeCount == free.length) {
        free = Arrays.copyOf(free, freeCount * 2);
      }
      free[freeCount++] = frame;
    }
  }

  boolean isAnonymous(int frame) {
    return kinds[frame] >= ANONYMOUS;
  }

  boolean isExclusive(int frame) {
    return kinds[frame] == ANONYMOUS_EXCLUSIVE;
  }

  /**
   * Returns whether a write fault may make the frame writable in place: anonymous and mapped only
   * here.
   */
  boolean isReusable(int frame) {
    return kinds[frame] >= ANONYMOUS && mapCounts[frame] == 1;
  }

  /** The frame was found to be mapped only here and is taken over. */
  void makeExclusive(int frame) {
    kinds[frame] = ANONYMOUS_EXCLUSIVE;
  }
}
