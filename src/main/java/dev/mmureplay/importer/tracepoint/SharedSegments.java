package dev.mmureplay.importer.tracepoint;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.importer.SystemCall;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * System V shared memory. Neither shmat nor shmdt says how long a segment is, but a record of the
 * mapping that shmat makes does: where there is one, the two are an mmap and a munmap of it.
 */
final class SharedSegments {
  private static final long MAP_SHARED = 1;

  private final TracepointTrace trace;

  /** Bytes of every segment by where it was attached; forks have it in the same place. */
  private final Map<Long, Long> lengths = new HashMap<>();

  SharedSegments(TracepointTrace trace) {
    this.trace = trace;
  }

  static boolean isAbout(SystemCall call) {
    return call == SystemCall.SHMAT || call == SystemCall.SHMDT;
  }

  /** Takes the end of a shmat. */
  void attached(TracepointTask task, long result) throws IOException {
    if (result <= 0 || task.segmentLength == 0) {
      ignore(task);
      return;
    }
    lengths.put(result, task.segmentLength);
    EventRow row = trace.row(EventKind.MMAP);
    trace.sinceBegin(row, task);
    row.address = task.arguments[1];
    row.length = task.segmentLength;
    row.protection = task.segmentProtection;
    row.flags = MAP_SHARED | SystemCall.MAP_ANONYMOUS;
    row.offset = 0;
    row.result = result;
    take(task, row);
  }

  /** Takes the end of a shmdt. */
  void detached(TracepointTask task, long result) throws IOException {
    Long length = lengths.get(task.arguments[0]);
    if (result != 0 || length == null) {
      ignore(task);
      return;
    }
    EventRow row = trace.row(EventKind.MUNMAP);
    trace.sinceBegin(row, task);
    row.address = task.arguments[0];
    row.length = length;
    row.result = 0;
    take(task, row);
  }

  private void take(TracepointTask task, EventRow row) throws IOException {
    trace.events.append(row);
    task.close();
    trace.account.parsed(2);
  }

  private void ignore(TracepointTask task) throws IOException {
    SystemCall call = task.call;
    if (call != null) {
      trace.ignore(call.callName());
      trace.abandon(task, call.callName());
    }
  }
}
