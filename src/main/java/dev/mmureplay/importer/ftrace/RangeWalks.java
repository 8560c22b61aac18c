package dev.mmureplay.importer.ftrace;

import static dev.mmureplay.event.EventSchema.UNKNOWN;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.importer.tracepoint.TracepointTask;
import dev.mmureplay.importer.tracepoint.TracepointTrace;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The walks of all tasks whose calls are under way, see {@link RangeWalk}. */
final class RangeWalks {
  private final TracepointTrace trace;
  private final AddressSpaces spaces;
  private final PageTables tables;
  private final Map<Integer, RangeWalk> walks = new HashMap<>();
  private boolean placed;

  RangeWalks(TracepointTrace trace, AddressSpaces spaces, PageTables tables) {
    this.trace = trace;
    this.spaces = spaces;
    this.tables = tables;
  }

  /** Returns whether any PTE that was held back has found its page. */
  boolean placed() {
    return placed;
  }

  /** Holds an entry back until its call has ended and shown which tables it went through. */
  void hold(TracepointTask task, long start, long length, long entry, long value)
      throws IOException {
    RangeWalk walk = walks.get(task.tid);
    if (walk == null || !walk.isOf(start, length)) {
      finish(task.tid);
      walk = new RangeWalk(start, length);
      walks.put(task.tid, walk);
    }
    EventRow row = new EventRow().set(trace.row(EventKind.SET_PTE));
    row.result = value;
    row.flags = 0;
    walk.add(new RangeWalk.Held(entry, row, trace.events.reserve()));
  }

  /** Notes a flush of a task, whose call may be one of those that are held back. */
  void flushed(EventRow row) {
    RangeWalk walk = walks.get(row.tid);
    if (walk != null && row.length != UNKNOWN) {
      walk.flushed(row.address, row.length);
    }
  }

  /** Places what a task's call on a long range has set, now that the call is over. */
  void finish(int tid) throws IOException {
    RangeWalk walk = walks.remove(tid);
    if (walk == null) {
      return;
    }
    walk.settle(tables);
    for (RangeWalk.Held held : walk.held()) {
      long page = walk.page(held.entry());
      if (page == UNKNOWN) {
        trace.account.ignored(XenEvents.UNKNOWN_ADDRESS, 1);
        trace.events.fill(held.place(), null);
      } else {
        if (walk.isAssumed(held.entry())) {
          tables.assume(held.entry(), page, spaces.current());
          held.row().flags = EventSchema.PLACE_ASSUMED;
        } else {
          tables.learn(held.entry(), page, spaces.current());
        }
        held.row().address = page;
        placed = true;
        trace.account.parsed(1);
        trace.events.fill(held.place(), held.row());
      }
    }
  }

  /** Places what is still held back, as at the end of a trace. */
  void finish() throws IOException {
    for (int tid : List.copyOf(walks.keySet())) {
      finish(tid);
    }
  }
}
