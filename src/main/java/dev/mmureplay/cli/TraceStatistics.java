package dev.mmureplay.cli;

import dev.mmureplay.cli.stats.Distribution;
import dev.mmureplay.event.EventBatch;
import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventReader;
import dev.mmureplay.event.EventSchema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** What the mprotect calls of a trace look like, before any replay. */
final class TraceStatistics {
  private record Range(int pid, long address, long length) {}

  private final Set<Range> ranges = new HashSet<>();
  private final Distribution pages = new Distribution();
  private long calls;
  private long failed;
  private long unknownResult;
  private long firstTime = EventSchema.UNKNOWN;
  private long lastTime = EventSchema.UNKNOWN;

  private TraceStatistics() {}

  /** Reads a whole event file; holds one batch and the distinct ranges. */
  static TraceStatistics of(Path eventFile) throws IOException {
    TraceStatistics statistics = new TraceStatistics();
    try (EventReader reader = EventReader.open(eventFile)) {
      while (reader.nextBatch()) {
        EventBatch batch = reader.batch();
        for (int row = 0; row < batch.rows(); row++) {
          statistics.add(batch, row);
        }
      }
    }
    return statistics;
  }

  private void add(EventBatch batch, int row) {
    byte code = batch.kindCode(row);
    if (code <= EventKind.FETCH.code()) {
      return; // Nearly all rows of a trace with accesses.
    }
    long time = batch.time(row);
    if (time != EventSchema.UNKNOWN) {
      firstTime = firstTime == EventSchema.UNKNOWN ? time : firstTime;
      lastTime = time;
    }
    if (code == EventKind.MPROTECT.code() || code == EventKind.PKEY_MPROTECT.code()) {
      addCall(batch, row);
    }
  }

  private void addCall(EventBatch batch, int row) {
    long length = batch.length(row);
    long result = batch.result(row);
    calls++;
    if (result == EventSchema.UNKNOWN) {
      unknownResult++;
    } else if (result < 0) {
      failed++;
    }
    if (length != EventSchema.UNKNOWN) {
      ranges.add(new Range(batch.pid(row), batch.address(row), length));
      long whole = length / EventSchema.PAGE_SIZE + (length % EventSchema.PAGE_SIZE == 0 ? 0 : 1);
      pages.add(whole);
    }
  }

  /** Returns the number of mprotect and pkey_mprotect calls. */
  long calls() {
    return calls;
  }

  /** Returns the number of calls that the kernel refused. */
  long failed() {
    return failed;
  }

  /** Returns the number of calls whose result the trace does not show. */
  long unknownResult() {
    return unknownResult;
  }

  /** Returns the number of distinct ranges of one process. */
  long distinctRanges() {
    return ranges.size();
  }

  /** Returns ns from the first to the last event with a time, or {@link EventSchema#UNKNOWN}. */
  long span() {
    return firstTime == EventSchema.UNKNOWN ? EventSchema.UNKNOWN : lastTime - firstTime;
  }

  /**
   * Returns the number of pages that a share of the calls does not exceed.
   *
   * @param share from 0, the smallest, to 1, the largest
   */
  long pages(double share) {
    return pages.quantile(share);
  }
}
