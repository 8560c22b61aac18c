package dev.mmureplay.importer;

import java.io.IOException;
import java.util.PriorityQueue;

/**
 * Puts records into the order of their times, for tools that write one CPU's after another's: a
 * record moves in front of at most {@link #MAX_WAITING} others. Equal times stay in source order.
 *
 * @param <T> what a record is
 */
public final class TimeOrder<T> {
  /** How many records may wait. */
  public static final int MAX_WAITING = 1 << 17;

  /** Takes the records in order. */
  @FunctionalInterface
  public interface Receiver<T> {
    void receive(T item) throws IOException;
  }

  private record Waiting<T>(long time, long place, T item) implements Comparable<Waiting<T>> {
    @Override
    public int compareTo(Waiting<T> other) {
      return time == other.time ? Long.compare(place, other.place) : Long.compare(time, other.time);
    }
  }

  private final Receiver<T> receiver;
  private final PriorityQueue<Waiting<T>> waiting = new PriorityQueue<>();
  private long added;
  private long latest = Long.MIN_VALUE;

  public TimeOrder(Receiver<T> receiver) {
    this.receiver = receiver;
  }

  /** Adds a record with a time of its own, ns. */
  public void add(T item, long time) throws IOException {
    latest = time;
    addBehindLast(item);
  }

  /** Adds a record that has no time of its own: it stays behind the one added before it. */
  public void addBehindLast(T item) throws IOException {
    waiting.add(new Waiting<>(latest, added++, item));
    if (waiting.size() > MAX_WAITING) {
      receiver.receive(waiting.remove().item);
    }
  }

  /** Notes the time of a line that is no record, for those without a time that follow it. */
  public void passed(long time) {
    latest = time;
  }

  /** Passes on all records, as at the end of a trace or where records were lost. */
  public void finish() throws IOException {
    while (!waiting.isEmpty()) {
      receiver.receive(waiting.remove().item);
    }
  }
}
