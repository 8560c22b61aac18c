package dev.mmureplay.replay.verify;

import dev.mmureplay.machine.AddressSpace;
import dev.mmureplay.replay.verify.Shares.Subject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares VMAs: the recording shows the whole one that a piece of an mprotect, an mmap or a brk
 * has ended up in, in front of the call's own row, and the one that a fault has let grow.
 */
final class VmaWitness {
  /** One record, with the model's VMA at its address when it was read. */
  private record Seen(long time, long line, Area area, @Nullable Area model) {}

  /** The records of one task that no call has claimed yet. */
  static final class Waiting {
    private final Deque<Seen> seen = new ArrayDeque<>();
  }

  private final CallWindows windows;
  private final Shares shares;
  private final boolean onlyExecutable;
  private final List<Area> pieces = new ArrayList<>();

  /** Line, expectation and finding of the first difference of the last call, or null. */
  @Nullable Difference difference;

  /** The same of the faults in front of that call. */
  @Nullable Difference stray;

  /** How many were compared in the last call. */
  int compared;

  /** One difference. */
  record Difference(long line, long address, String expected, String found) {}

  /**
   * Makes a witness.
   *
   * @param onlyExecutable whether the recording shows executable mappings only, as perf does
   *     without {@code -d}
   */
  VmaWitness(CallWindows windows, Shares shares, boolean onlyExecutable) {
    this.windows = windows;
    this.shares = shares;
    this.onlyExecutable = onlyExecutable;
  }

  void saw(Waiting waiting, AddressSpace space, long time, long line, Area area) {
    waiting.seen.add(new Seen(time, line, area, Area.of(space.vmaOf(area.start()))));
  }

  /** A piece of the mprotect under way has ended up in this VMA. */
  void piece(Area area) {
    if (!onlyExecutable || area.isExecutable()) {
      pieces.add(area);
    }
  }

  /** An mprotect begins. */
  void begin() {
    pieces.clear();
  }

  /** Compares what an mprotect has made of its pieces, which has a record each. */
  void afterMprotect(
      Waiting waiting, AddressSpace space, int tid, long begin, long end, long line) {
    start(waiting, space, tid, begin);
    int next = 0;
    while (next < pieces.size() || isInside(waiting, end)) {
      Seen seen = isInside(waiting, end) ? waiting.seen.remove() : null;
      Area model = next < pieces.size() ? pieces.get(next) : null;
      compare(space, tid, begin, end, seen == null ? line : seen.line, model, areaOf(seen));
      next++;
    }
  }

  /** Compares what any other call that makes mappings has led to. */
  void afterCall(Waiting waiting, AddressSpace space, int tid, long begin, long end) {
    start(waiting, space, tid, begin);
    while (isInside(waiting, end)) {
      Seen seen = waiting.seen.remove();
      Area model = Area.of(space.vmaOf(seen.area.start()));
      compare(space, tid, begin, end, seen.line, model, seen.area);
    }
  }

  private static @Nullable Area areaOf(@Nullable Seen seen) {
    return seen == null ? null : seen.area;
  }

  private static boolean isInside(Waiting waiting, long end) {
    Seen first = waiting.seen.peek();
    return first != null && first.time <= end;
  }

  /** What was seen before the call began belongs to a fault. */
  private void start(Waiting waiting, AddressSpace space, int tid, long begin) {
    difference = null;
    for (Seen first = waiting.seen.peek();
        first != null && first.time < begin;
        first = waiting.seen.peek()) {
      waiting.seen.remove();
      compare(space, tid, first.time, first.time, first.line, first.model, first.area);
    }
    stray = difference;
    difference = null;
    compared = 0;
  }

  private void compare(
      AddressSpace space,
      int tid,
      long begin,
      long end,
      long line,
      @Nullable Area model,
      @Nullable Area found) {
    Outcome outcome = Outcome.EQUAL;
    if ((model != null && model.older()) || (found != null && found.older())) {
      outcome = Outcome.OLDER_MAPPING;
    } else if (model == null || found == null || !model.sameAs(found)) {
      boolean overlapped =
          (model != null && windows.overlaps(space, tid, begin, end, model.start(), model.end()))
              || (found != null
                  && windows.overlaps(space, tid, begin, end, found.start(), found.end()));
      outcome = overlapped ? Outcome.OVERLAPPING_CALL : Outcome.DIFFERENT;
    }
    shares.add(Subject.VMA, outcome);
    compared += outcome.isCompared() ? 1 : 0;
    if (outcome == Outcome.DIFFERENT && difference == null) {
      Area where = found == null ? model : found;
      difference =
          new Difference(
              line,
              where == null ? -1 : where.start(),
              model == null ? "none" : model.toString(),
              found == null ? "none" : found.toString());
    }
  }
}
