package dev.mmureplay.replay.verify;

import static dev.mmureplay.event.EventSchema.UNKNOWN;

import dev.mmureplay.event.EventBatch;
import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.machine.Machine;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which calls and faults of other tasks of its process every call meets in time, found before the
 * replay: those that end later are in the recording behind it.
 */
final class Overlaps {
  /** Calls and faults are remembered up to this many. */
  private static final int KEPT = 512;

  /** How long a fault, or reading the PTEs behind a call, takes at most while its task rests. */
  private static final long REST = 1_000_000;

  /** A fault that is no write may map up to so many pages beside its own (fault_around_bytes). */
  private static final long AROUND = 16 * Machine.PAGE_SIZE;

  /** A call, with what is seen of its pages behind it, or a fault with what comes of it. */
  static final class Span {
    private final boolean fault;
    private final int pid;
    private final int tid;
    private final long begin;
    private final long start;
    private final long behind;
    private long end;

    /** When its own end, or the fault itself, was seen. */
    private final long ended;

    private Span(EventBatch batch, int row, long ended, long start, long behind, boolean fault) {
      this.fault = fault;
      this.pid = batch.pid(row);
      this.tid = batch.tid(row);
      this.begin = batch.time(row);
      this.ended = ended;
      this.end = ended;
      this.start = start;
      this.behind = behind;
    }

    /** Returns whether it is about any of these pages. */
    boolean isAbout(long from, long to) {
      return start < to && from < behind;
    }

    /** Returns whether it is a fault. */
    boolean isFault() {
      return fault;
    }

    /** Returns whether it may still be under way. */
    boolean isOpenAt(long time) {
      return end >= time;
    }
  }

  private final Deque<Span> recent = new ArrayDeque<>();

  /** By task and by CPU, what ends at the latest when these are next seen. */
  private final Map<Integer, Span> unended = new HashMap<>();

  private final Map<Integer, Span> unendedOnCpu = new HashMap<>();

  /** The task and the time at which a call or a fault begins. */
  private record Beginning(int tid, long time) {}

  private final Map<Beginning, List<Span>> met = new HashMap<>();

  /** Takes the next row of the recording. */
  void look(EventBatch batch, int row, EventKind kind) {
    int tid = batch.tid(row);
    long time = batch.time(row);
    if (kind == EventKind.OBSERVED_PTE && batch.flags(row) == EventSchema.PTE_AFTER) {
      stayOpen(tid, batch.cpu(row), time);
      return;
    }
    end(unended.get(tid), time);
    end(unendedOnCpu.get(batch.cpu(row)), time);
    if ((batch.flags(row) & EventSchema.FROM_FAULT) != 0 && kind.isAccess()) {
      long bytes = kind == EventKind.WRITE ? Machine.PAGE_SIZE : AROUND;
      long start = batch.address(row) & -bytes;
      Span fault = new Span(batch, row, time, start, start + bytes, true);
      begin(fault, batch.cpu(row));
      meet(fault);
      return;
    }
    long duration = batch.duration(row);
    long length = batch.length(row);
    switch (kind) {
      case MPROTECT, PKEY_MPROTECT, MUNMAP, MADVISE ->
          call(batch, row, duration, batch.address(row), length);
      case MMAP -> call(batch, row, duration, batch.result(row), length);
      case MREMAP -> {
        call(batch, row, duration, batch.address(row), length);
        call(batch, row, duration, batch.result(row), batch.length2(row));
      }
      default -> {
        // Nothing else changes mappings or PTEs of a range.
      }
    }
  }

  private void begin(Span span, int cpu) {
    span.end = span.ended + REST;
    unended.put(span.tid, span);
    unendedOnCpu.put(cpu, span);
  }

  private static void end(@Nullable Span span, long time) {
    if (span != null && time > span.ended) {
      span.end = Math.min(span.end, time);
    }
  }

  /** What a call has left behind is read after its end, at an unknown time. */
  private void stayOpen(int tid, int cpu, long time) {
    for (Span span : recent) {
      if (span.tid == tid && span.ended == time) {
        begin(span, cpu);
      }
    }
  }

  private void call(EventBatch batch, int row, long duration, long start, long length) {
    long ended = batch.time(row) + (duration == UNKNOWN ? 0 : duration);
    meet(new Span(batch, row, ended, start, start + length, false));
  }

  private void meet(Span span) {
    for (Span other : recent) {
      if (other.pid == span.pid
          && other.tid != span.tid
          && other.begin <= span.end
          && span.begin <= other.end) {
        note(span, other);
        note(other, span);
      }
    }
    recent.addLast(span);
    if (recent.size() > KEPT) {
      recent.removeFirst();
    }
  }

  private void note(Span span, Span other) {
    met.computeIfAbsent(new Beginning(span.tid, span.begin), key -> new ArrayList<>()).add(other);
  }

  /** Returns what the call or fault meets that a task began at a time. */
  List<Span> of(int tid, long time) {
    return met.getOrDefault(new Beginning(tid, time), List.of());
  }
}
