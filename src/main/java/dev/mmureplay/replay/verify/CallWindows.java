package dev.mmureplay.replay.verify;

import dev.mmureplay.machine.AddressSpace;
import dev.mmureplay.machine.Machine;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * When each task was in a call about which pages. Two calls about the same pages that overlap in
 * time have no recorded order: what is seen of these pages meanwhile may be of before or behind
 * either.
 */
final class CallWindows {
  /** Calls and faults that have ended are remembered up to this many. */
  private static final int KEPT = 512;

  private record Window(
      AddressSpace space, int tid, long begin, long end, long start, long behind) {}

  private final Deque<Window> ended = new ArrayDeque<>();
  private final Map<Integer, Window> open = new HashMap<>();
  private final Overlaps overlaps;
  private List<Overlaps.Span> met = List.of();

  CallWindows(Overlaps overlaps) {
    this.overlaps = overlaps;
  }

  /** What is asked from here on is about the call or fault that a task began at a time. */
  void about(int tid, long time) {
    met = overlaps.of(tid, time);
  }

  /** A task has begun a call about {@code [start, behind)}. */
  void begins(AddressSpace space, int tid, long time, long start, long behind) {
    open.put(tid, new Window(space, tid, time, Long.MAX_VALUE, start, behind));
  }

  /** A task was in a call from one time to another. */
  void ends(AddressSpace space, int tid, long begin, long end, long start, long behind) {
    open.remove(tid);
    remember(new Window(space, tid, begin, end, start, behind));
  }

  /**
   * A task has taken a fault about a page. Whether its access then went through, and whether before
   * or behind what another task's call did to the page, is not recorded.
   */
  void faults(AddressSpace space, int tid, long time, long page) {
    remember(new Window(space, tid, time, time, page, page + Machine.PAGE_SIZE));
  }

  private void remember(Window window) {
    ended.addLast(window);
    if (ended.size() > KEPT) {
      ended.removeFirst();
    }
  }

  void clear() {
    ended.clear();
    open.clear();
  }

  /**
   * Returns whether another task is in a call about any of these pages, so that what is seen of
   * them may be of before it or behind it.
   */
  boolean isOpen(AddressSpace space, int tid, long time, long start, long behind) {
    for (Overlaps.Span span : met) {
      if (!span.isFault() && span.isAbout(start, behind) && span.isOpenAt(time)) {
        return true;
      }
    }
    return hasBegun(space, tid, start, behind);
  }

  private boolean hasBegun(AddressSpace space, int tid, long start, long behind) {
    for (Window window : open.values()) {
      if (meets(window, space, tid, start, behind)) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether another task was in a call about any of these pages between two times. */
  boolean overlaps(AddressSpace space, int tid, long from, long to, long start, long behind) {
    for (Window window : ended) {
      if (window.begin <= to && window.end >= from && meets(window, space, tid, start, behind)) {
        return true;
      }
    }
    for (Overlaps.Span span : met) {
      if (!span.isFault() && span.isAbout(start, behind)) {
        return true;
      }
    }
    return hasBegun(space, tid, start, behind);
  }

  /**
   * Returns whether a fault of another task that may change PTEs of these pages overlaps with the
   * call or fault that is asked about.
   */
  boolean meetsFault(long start, long behind) {
    for (Overlaps.Span span : met) {
      if (span.isFault() && span.isAbout(start, behind)) {
        return true;
      }
    }
    return false;
  }

  private static boolean meets(
      Window window, AddressSpace space, int tid, long start, long behind) {
    return window.space == space
        && window.tid != tid
        && window.start < behind
        && start < window.behind;
  }
}
