package dev.mmureplay.importer.adsnap;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Puts lines into the order of their times. bpftrace drains its buffers one CPU after another, so
 * that a line can stand behind lines of later times; how far behind depends on the load (251 ms was
 * seen). A line leaves the window when a line has been read whose time is {@link #NANOS} later, or
 * when more than {@link #LINES} wait.
 */
final class TimeWindow {
  /** How much earlier a line may be than the latest before it. */
  static final long NANOS = 2_000_000_000L;

  /** How many lines wait at most. */
  static final int LINES = 1 << 17;

  /** Takes the lines in the order of their times. */
  interface Receiver {
    void receive(AdsnapLine line) throws IOException;
  }

  private final Receiver receiver;
  private final PriorityQueue<AdsnapLine> waiting = new PriorityQueue<>();
  private final Deque<AdsnapLine> free = new ArrayDeque<>();
  private long latest = Long.MIN_VALUE;
  private long gone = Long.MIN_VALUE;

  TimeWindow(Receiver receiver) {
    this.receiver = receiver;
  }

  /** Returns the latest time seen. */
  long latest() {
    return latest;
  }

  /** Returns whether lines of a later time have left already, so that this one is too late. */
  boolean isTooLate(long time) {
    return time < gone;
  }

  /** Returns a line to be filled and added. */
  AdsnapLine take() {
    @Nullable AdsnapLine line = free.poll();
    return line == null ? new AdsnapLine() : line;
  }

  /** Adds a line; earlier ones may leave. */
  void add(AdsnapLine line) throws IOException {
    waiting.add(line);
    latest = Math.max(latest, line.time);
    AdsnapLine first = waiting.peek();
    while (first != null && (first.time < latest - NANOS || waiting.size() > LINES)) {
      leave();
      first = waiting.peek();
    }
  }

  /** Lets every line leave, as at the end of the trace. */
  void finish() throws IOException {
    while (!waiting.isEmpty()) {
      leave();
    }
  }

  private void leave() throws IOException {
    AdsnapLine line = waiting.remove();
    gone = line.time;
    receiver.receive(line);
    free.add(line);
  }
}
