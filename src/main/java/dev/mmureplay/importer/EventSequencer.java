package dev.mmureplay.importer;

import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSink;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Puts events into the order in which they can have taken effect.
 *
 * <p>Most calls take effect at their end and are appended when their end is seen. A call that gives
 * memory up ({@code munmap}, {@code mremap}) may have done so long before its end is seen, and
 * another thread may already have been given that memory. Such a call <em>reserves</em> its place
 * at its beginning; everything behind it waits until the place is filled or given up.
 */
public final class EventSequencer {
  /**
   * How many events may wait for a reserved place. A call that blocks for longer loses its place
   * and is put where its end is seen, so that one lost end cannot make a whole trace wait.
   */
  static final int MAX_WAITING = 1 << 16;

  /** A place in the sequence that a call has reserved. */
  public static final class Place {
    private final EventRow row = new EventRow();
    private boolean open = true;
    private boolean used;
    private boolean lost;

    private Place() {}
  }

  private final EventSink sink;
  private final Deque<Place> waiting = new ArrayDeque<>();

  /** Passes ordered events on to a sink. */
  public EventSequencer(EventSink sink) {
    this.sink = sink;
  }

  /** Appends an event behind everything seen so far. */
  public void append(EventRow row) throws IOException {
    if (waiting.isEmpty()) {
      sink.append(row);
      return;
    }
    Place place = new Place();
    place.row.set(row);
    place.open = false;
    place.used = true;
    waiting.add(place);
    boundWaiting();
  }

  /** Reserves a place for a call that has begun. */
  public Place reserve() throws IOException {
    Place place = new Place();
    waiting.add(place);
    boundWaiting();
    return place;
  }

  /** Fills a reserved place; with null it is given up, because the call came to nothing. */
  public void fill(Place place, @Nullable EventRow row) throws IOException {
    if (place.lost) {
      if (row != null) {
        append(row);
      }
      return;
    }
    if (row != null) {
      place.row.set(row);
      place.used = true;
    }
    place.open = false;
    drain();
  }

  /** Passes on everything that waits, as at the end of a trace; places still open are given up. */
  public void finish() throws IOException {
    waiting.forEach(place -> place.open = false);
    drain();
  }

  private void boundWaiting() throws IOException {
    if (waiting.size() > MAX_WAITING) {
      Place first = waiting.remove();
      if (first.open) {
        first.lost = true;
      } else if (first.used) {
        sink.append(first.row);
      }
      drain();
    }
  }

  private void drain() throws IOException {
    for (Place first = waiting.peek(); first != null && !first.open; first = waiting.peek()) {
      waiting.remove();
      if (first.used) {
        sink.append(first.row);
      }
    }
  }
}
