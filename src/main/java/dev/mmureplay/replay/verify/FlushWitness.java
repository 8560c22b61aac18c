package dev.mmureplay.replay.verify;

import static dev.mmureplay.event.EventSchema.UNKNOWN;

import dev.mmureplay.machine.AddressSpace;
import dev.mmureplay.machine.Machine;
import dev.mmureplay.machine.RecordedPages;
import dev.mmureplay.machine.TlbFlush;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.replay.CallFacts;
import dev.mmureplay.replay.Certainty;
import dev.mmureplay.replay.verify.Shares.Subject;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Compares the TLB flush of an mprotect (the tracepoint tlb:tlb_flush): how many pages, everything,
 * or none.
 *
 * <p>Where other CPUs are asked to flush, the request shows what was asked for; what this CPU then
 * does may be more, if another's flush has come in between (flush_tlb_func of arch/x86/mm/tlb.c).
 */
final class FlushWitness {
  /** Reason codes of enum tlb_flush_reason in include/linux/mm_types.h. */
  static final long LOCAL_MM_SHOOTDOWN = 3;

  private static final long REMOTE_SEND_IPI = 4;

  /** Stands for a flush of everything. */
  private static final long ALL = -1;

  private record Seen(long time, long line, long pages, long reason) {}

  /** The flushes of one task that no call has claimed yet. */
  static final class Waiting {
    private final Deque<Seen> seen = new ArrayDeque<>();
  }

  private final CallWindows windows;
  private final Shares shares;
  private final boolean gathered;

  /** Whether the flush of the call under way has shown pages that the model did not have. */
  private boolean tookOver;

  /** Whether a mapping of the call under way is executable, which the model does not know. */
  boolean mappedExecutable;

  /** What was found in the last call. */
  Outcome outcome = Outcome.EQUAL;

  /** The line of the flush, or of the call. */
  long line;

  String expected = "";
  String found = "";

  FlushWitness(CallWindows windows, Shares shares, GuestKernel kernel) {
    this.windows = windows;
    this.shares = shares;
    this.gathered = kernel.gatheredFlush();
  }

  void saw(Waiting waiting, long time, long line, long length, long reason) {
    if (reason == LOCAL_MM_SHOOTDOWN || reason == REMOTE_SEND_IPI) {
      long pages = length == UNKNOWN ? ALL : length >> Machine.PAGE_SHIFT;
      waiting.seen.add(new Seen(time, line, pages, reason));
    }
  }

  /**
   * A call is about to be replayed. Where its flush is as long as all that it could flush, the
   * first page of that and the last were resident, whether a fault has shown it or not: the machine
   * is given what it lacks of them.
   */
  void before(Waiting waiting, AddressSpace space, Machine machine, long time, Flushable range) {
    tookOver = false;
    for (Seen seen : waiting.seen) {
      if (seen.time >= time && seen.pages == range.pages() && seen.pages > 0) {
        RecordedPages pages = machine.recordedPages();
        tookOver |= pages.populated(space, range.first());
        tookOver |= pages.populated(space, range.behind() - Machine.PAGE_SIZE);
      }
    }
  }

  /**
   * Compares the flush of a call.
   *
   * @param older whether the call reaches into a mapping whose resident pages are not all known
   * @param shownPages whether the recording shows the PTEs of all its pages
   */
  void after(
      Waiting waiting,
      AddressSpace space,
      Machine machine,
      CallFacts call,
      boolean older,
      boolean shownPages) {
    long end = call.time + call.duration;
    long requests = 0;
    long asked = 0;
    long locals = 0;
    long done = 0;
    line = call.line;
    for (Seen first = waiting.seen.peek();
        first != null && first.time <= end;
        first = waiting.seen.peek()) {
      waiting.seen.remove();
      if (first.time < call.time) {
        // Of a fault or of another call.
        continue;
      }
      line = first.line;
      if (first.reason == REMOTE_SEND_IPI) {
        requests++;
        asked = first.pages;
      } else {
        locals++;
        done = first.pages;
      }
    }
    long model = gathered || call.flushPages == 0 ? TlbFlush.pages(call.flushPages) : ALL;
    long shown = requests > 0 ? asked : done;
    boolean once = requests <= 1 && locals <= 1;
    outcome = Outcome.EQUAL;
    if (older) {
      outcome = Outcome.OLDER_MAPPING;
    } else if (model != shown || !once) {
      outcome = Outcome.DIFFERENT;
      if (windows.overlaps(
          space, call.tid, call.time, end, call.address, call.address + call.length)) {
        outcome = Outcome.OVERLAPPING_CALL;
      } else if (Flushable.of(call.pieces).mayHaveHugePages(space)) {
        outcome = Outcome.HUGE_PAGES;
      } else if (mappedExecutable) {
        outcome = Outcome.READ_IMPLIES_EXEC;
      } else if (once
          && shown == ALL
          && (machine.seeds().cpus().otherCpus(space) > 0
              || windows.overlaps(space, call.tid, call.time, end, 0, Long.MAX_VALUE))) {
        outcome = Outcome.FLUSH_MADE_FULL_BY_ANOTHER;
      } else if (once && !shownPages) {
        Flushable range = Flushable.of(call.pieces);
        if (call.certainty != Certainty.KNOWN
            && isLess(model, shown)
            && !isLess(TlbFlush.pages(range.most(space, machine.seeds(), model > 0)), shown)) {
          outcome = Outcome.RESIDENT_WITHOUT_A_FAULT;
        } else if (isLess(shown, model) && range.hasDoubtfulPage(space, machine.knowledge())) {
          outcome = Outcome.ASSUMED_PAGE_ABSENT;
        }
      }
    } else if (tookOver) {
      outcome = Outcome.RESIDENT_WITHOUT_A_FAULT;
    }
    expected = text(model, 1);
    found = text(shown, Math.max(1, Math.max(requests, locals)));
    shares.add(Subject.FLUSH, outcome);
  }

  /** Returns whether one flush is of fewer pages than another. */
  private static boolean isLess(long pages, long others) {
    return pages != ALL && (others == ALL || pages < others);
  }

  private static String text(long pages, long times) {
    String what =
        pages == ALL
            ? "everything"
            : pages == 0 ? "nothing" : pages + (pages == 1 ? " page" : " pages");
    return times > 1 ? times + " times, last " + what : what;
  }
}
