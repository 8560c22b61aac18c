package dev.mmureplay.importer.tracepoint;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;

import dev.mmureplay.event.EventRow;
import dev.mmureplay.importer.EventSequencer;
import dev.mmureplay.importer.SystemCall;
import org.jspecify.annotations.Nullable;

/** What is known of one task between two of its lines. */
public final class TracepointTask {
  public final int tid;

  /** The system call that it is in, or null. */
  public @Nullable SystemCall call;

  public final long[] arguments = new long[SystemCall.MAX_ARGUMENTS];
  public int argumentCount;
  long time;
  int cpu;
  public long line;
  EventSequencer.@Nullable Place place;

  /** The identity of the file that the call maps, once a record has named it, or unknown. */
  public int file;

  /** Length of the segment that the call attaches, once a record has shown it; else 0. */
  public long segmentLength;

  /** What that segment may be used for. */
  public int segmentProtection;

  /** Whether a record has shown that the file which the call maps cannot be executed. */
  public boolean unexecutable;

  /** The address of the last fault, if nothing has happened since; else unknown. */
  public long lastFault = UNKNOWN;

  /**
   * The address of the fault that is being handled, in either mode; unknown after the next call.
   */
  public long faulting = UNKNOWN;

  /** Whether the program has been replaced and the loader is at work. */
  public boolean loading;

  /** Whether the execve under way is already an event. */
  public boolean execTold;

  /** The child that is already an event, of the clone under way; 0 if none. */
  int childTold;

  /** A PERF_RECORD_FORK that becomes an event unless a better record of the same child follows. */
  public @Nullable Fork fork;

  TracepointTask(int tid) {
    this.tid = tid;
  }

  /** A new task as PERF_RECORD_FORK tells it, with its place in the sequence. */
  record Fork(int child, EventRow row, EventSequencer.Place place) {}

  /** Notes that no system call is under way. */
  void close() {
    call = null;
    place = null;
    file = UNKNOWN_INT;
    unexecutable = false;
    segmentLength = 0;
  }

  /** Returns whether this is in a call that makes or changes mappings. */
  public boolean inMemoryCall() {
    SystemCall current = call;
    return current != null && current.isMemory();
  }
}
