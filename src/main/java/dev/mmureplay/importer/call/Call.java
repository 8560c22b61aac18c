package dev.mmureplay.importer.call;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;

import dev.mmureplay.importer.EventSequencer;
import dev.mmureplay.importer.SystemCall;
import org.jspecify.annotations.Nullable;

/** One system call as a trace tells it; an importer keeps one and refills it for every call. */
public final class Call {
  /** The call, or null for one that is not about memory. */
  public @Nullable SystemCall system;

  public int tid;

  /** The CPU on which it began, or unknown. */
  public int cpu;

  /** When it began, ns, or unknown. */
  public long time;

  /** How long it took, ns, or unknown. */
  public long duration;

  /** The line of the source on which it began. */
  public long line;

  /** How many lines of the source are to be entered into the ledger with it. */
  public int lines;

  /** The arguments in the order of the manual. */
  public final long[] arguments = new long[SystemCall.MAX_ARGUMENTS];

  /** How many arguments the trace shows. */
  public int count;

  /** The identity of the file that an mmap maps, where the trace names it; or unknown. */
  public int file;

  /** The clone flags where they are known and are not the first argument of clone; or unknown. */
  public long cloneFlags;

  /** What it returned, or -errno; unknown where the trace does not say. */
  public long result;

  EventSequencer.@Nullable Place place;

  public Call() {
    reset(null, 0, UNKNOWN, 0);
  }

  /** Makes this a call by a task of which nothing more is known; it takes one line. */
  public Call reset(@Nullable SystemCall newSystem, int newTid, long newTime, long newLine) {
    system = newSystem;
    tid = newTid;
    cpu = UNKNOWN_INT;
    time = newTime;
    duration = UNKNOWN;
    line = newLine;
    lines = 1;
    count = 0;
    file = UNKNOWN_INT;
    cloneFlags = UNKNOWN;
    result = UNKNOWN;
    place = null;
    return this;
  }

  /** Adds an argument; one more than a call can have is dropped. */
  public void add(long argument) {
    if (count < arguments.length) {
      arguments[count++] = argument;
    }
  }

  /** Returns whether the trace shows as many arguments as the event needs. */
  public boolean isComplete() {
    return system == null || count >= system.arguments();
  }

  /** Returns a copy that the caller may keep. */
  public Call copy() {
    Call copy = new Call().reset(system, tid, time, line);
    copy.cpu = cpu;
    copy.duration = duration;
    copy.lines = lines;
    System.arraycopy(arguments, 0, copy.arguments, 0, count);
    copy.count = count;
    copy.file = file;
    copy.cloneFlags = cloneFlags;
    copy.result = result;
    return copy;
  }

  /** Returns the flags of a clone as far as the call tells them, or unknown. */
  long flags() {
    SystemCall call = system;
    if (call == null || cloneFlags != UNKNOWN || call.flagsByName() != UNKNOWN) {
      return call == null || cloneFlags != UNKNOWN ? cloneFlags : call.flagsByName();
    }
    return call == SystemCall.CLONE && count > 0 ? arguments[0] : UNKNOWN;
  }
}
