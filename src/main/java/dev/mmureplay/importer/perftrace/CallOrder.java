package dev.mmureplay.importer.perftrace;

import static dev.mmureplay.event.EventSchema.UNKNOWN;

import dev.mmureplay.importer.call.Call;
import dev.mmureplay.importer.call.CallLog;
import java.io.IOException;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Puts calls into the order of their ends, as far as a bounded number of them reaches. */
final class CallOrder {
  /** How many calls may wait. */
  static final int MAX_WAITING = 1 << 17;

  private record Waiting(long end, long place, Call call, boolean endOnly) {}

  private final CallLog calls;
  private final PriorityQueue<Waiting> waiting =
      new PriorityQueue<>(Comparator.comparingLong(Waiting::end).thenComparingLong(Waiting::place));
  private long added;
  private long latest = Long.MIN_VALUE;

  CallOrder(CallLog calls) {
    this.calls = calls;
  }

  /** Notes the time of a line that is no call. */
  void passed(long time) {
    if (time != UNKNOWN) {
      latest = time;
    }
  }

  /** Adds a call that is over; without a time of its own it stays behind the line before it. */
  void add(Call call, boolean endOnly) throws IOException {
    if (call.time != UNKNOWN) {
      latest = call.duration == UNKNOWN ? call.time : call.time + call.duration;
    }
    waiting.add(new Waiting(latest, added++, call, endOnly));
    if (waiting.size() > MAX_WAITING) {
      next();
    }
  }

  /** Passes on all calls. */
  void finish() throws IOException {
    while (!waiting.isEmpty()) {
      next();
    }
  }

  private void next() throws IOException {
    Waiting first = waiting.remove();
    if (first.endOnly) {
      calls.ends(first.call);
    } else {
      calls.whole(first.call);
    }
  }
}
