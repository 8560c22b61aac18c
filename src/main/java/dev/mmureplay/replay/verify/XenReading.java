package dev.mmureplay.replay.verify;

import static dev.mmureplay.event.EventSchema.UNKNOWN;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.XenEvent;
import dev.mmureplay.machine.Machine;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a Xen guest did for one call from the tracepoints inside it.
 *
 * <p>The kernel traces an update ({@code ptep_modify_prot_commit}, {@code set_pte}) and then queues
 * it, so that a request which follows an update is the call's own, and one that follows none is
 * somebody else's: an interrupt's, or a context switch's. A flush queued behind {@code write_cr3}
 * is a context switch's, too, until the buffer has been sent.
 *
 * <p>Where the recording shows PTEs being modified, one that is <em>set</em> inside a call is no
 * update of it: the call has made a locked mapping writable, which the kernel then populates page
 * by page (mprotect_fixup), with a flush in front of each page that it copies.
 */
final class XenReading {
  private static final long MMU_UPDATE = 1;
  private static final long UPDATE_VA_MAPPING = 14;
  private static final long MMUEXT = 26;

  /** What the call did. */
  final Work work = new Work();

  /** The line on which each rewritten PTE was shown. */
  final Longs pageLines = new Longs();

  final Longs hypercallLines = new Longs();
  final Longs multicallLines = new Longs();
  final Longs flushLines = new Longs();

  /** Pages of {@link #work} whose page table has an assumed place. */
  final Longs assumedPages = new Longs();

  /** Why the rows cannot be read, or null. */
  @Nullable String unreadable;

  private long startedPage;
  private long startedWord;
  private boolean updated;
  private boolean flushing;
  private boolean switching;
  private long entries;
  private long requests;
  private long foreign;
  private boolean lastIsOwn;
  private long flushEntries;

  /** Pages that were set and are no updates of the call, with what they were given. */
  final Longs populatedPages = new Longs();

  final Longs populatedWords = new Longs();

  private final boolean setsUpdate;
  private boolean populating;
  private int ownFlushes;
  private long ownFlushHypercalls;

  /**
   * Has read nothing yet.
   *
   * @param setsUpdate whether PTEs that are set inside a call are what it updates
   */
  XenReading(boolean setsUpdate) {
    this.setsUpdate = setsUpdate;
  }

  /** Reads the rows of a call. */
  void read(CallRows rows) {
    populatedPages.clear();
    populatedWords.clear();
    populating = false;
    ownFlushes = 0;
    ownFlushHypercalls = 0;
    work.clear();
    pageLines.clear();
    assumedPages.clear();
    hypercallLines.clear();
    multicallLines.clear();
    flushLines.clear();
    unreadable = null;
    startedPage = UNKNOWN;
    updated = false;
    flushing = false;
    switching = false;
    sent();
    for (int row = 0; row < rows.size(); row++) {
      EventKind kind = rows.kind(row);
      if (kind == EventKind.OBSERVED_PTE) {
        modify(rows, row);
      } else if (kind == EventKind.SET_PTE && !setsUpdate) {
        populate(rows, row);
      } else if (kind == EventKind.SET_PTE) {
        update(rows, row, 0);
        if (rows.flags(row) == EventSchema.PLACE_ASSUMED) {
          assumedPages.add(rows.address(row));
        }
      } else if (kind == EventKind.OBSERVED_XEN) {
        event(rows, row);
      }
    }
    if (entries > 0 || flushEntries > 0) {
      unreadable = Reason.INCOMPLETE;
    }
  }

  private void populate(CallRows rows, int row) {
    populatedPages.add(rows.address(row));
    populatedWords.add(rows.result(row));
    populating = true;
    // What was flushed since the last update was the page that is copied here.
    work.flushes.truncate(ownFlushes);
    flushLines.truncate(ownFlushes);
    work.flushes.hypercalls = ownFlushHypercalls;
  }

  private void modify(CallRows rows, int row) {
    ownFlushes = work.flushes.size();
    ownFlushHypercalls = work.flushes.hypercalls;
    if (rows.flags(row) == 0) {
      startedPage = rows.address(row);
      startedWord = rows.result(row);
    } else if (startedPage == rows.address(row)) {
      update(rows, row, startedWord);
      startedPage = UNKNOWN;
    } else {
      unreadable = Reason.INCOMPLETE;
    }
  }

  private void update(CallRows rows, int row, long old) {
    work.pages.add(rows.address(row));
    work.olds.add(old);
    work.news.add(rows.result(row));
    pageLines.add(rows.line(row));
    updated = true;
  }

  private void event(CallRows rows, int row) {
    long flags = rows.flags(row);
    long detail = XenEvent.detail(flags);
    switch (XenEvent.ofFlags(flags)) {
      case WRITE_CR3 -> switching = true;
      case MC_ENTRY -> entry(detail, rows.length(row));
      case MC_EXTEND -> extend(detail, rows.result(row));
      case MC_FLUSH -> send(rows, row);
      case FLUSH_TLB_ONE_USER -> flush(rows, row, rows.address(row), 1, 0);
      case FLUSH_TLB_MULTI -> {
        long length = rows.length(row);
        long pages = length == UNKNOWN ? 0 : length >> Machine.PAGE_SHIFT;
        flush(rows, row, pages == 0 ? Work.Flushes.ALL : rows.address(row), pages, detail - 1);
      }
      case FLUSH_TLB -> flush(rows, row, Work.Flushes.ALL, 0, 0);
      case PTWR_EMULATION, HYPERCALL, SUBCALL -> {
        // The hypervisor's own recording, which names no task: no part of a guest's recording.
      }
    }
  }

  private void flush(CallRows rows, int row, long start, long pages, long others) {
    work.flushes.add(start, pages, others);
    flushLines.add(rows.line(row));
    flushing = true;
  }

  private void entry(long op, long length) {
    lastIsOwn = false;
    if (op == MMU_UPDATE && populating) {
      populating = false;
    } else if ((op == MMU_UPDATE || op == UPDATE_VA_MAPPING) && updated) {
      entries++;
      requests = op == MMU_UPDATE ? length : 1;
      updated = false;
      lastIsOwn = true;
    } else if (op == MMUEXT && !switching) {
      flushEntries++;
    } else {
      foreign++;
      unplaced(op);
    }
  }

  private void unplaced(long op) {
    if (op == MMU_UPDATE) {
      unreadable = Reason.UNPLACED;
    }
  }

  private void extend(long op, long result) {
    if (result == 0 && op == MMU_UPDATE && updated && lastIsOwn) {
      requests++;
      updated = false;
    } else if (result == 0) {
      unplaced(op);
    }
  }

  private void send(CallRows rows, int row) {
    switching = false;
    if (flushEntries > 0) {
      work.flushes.hypercalls += flushEntries;
      if (!flushing) {
        // A full flush of this CPU has no tracepoint of its own, only its request.
        work.flushes.add(Work.Flushes.ALL, 0, 0);
        flushLines.add(rows.line(row));
      }
      flushing = false;
    }
    if (entries > 0 && foreign + flushEntries > 0) {
      unreadable = Reason.INTERRUPTED;
    }
    if (entries == 1) {
      work.hypercalls.add(requests);
      hypercallLines.add(rows.line(row));
    } else if (entries > 1) {
      work.multicalls.add(entries);
      multicallLines.add(rows.line(row));
    }
    sent();
  }

  private void sent() {
    entries = 0;
    requests = 0;
    foreign = 0;
    flushEntries = 0;
    lastIsOwn = false;
  }
}
