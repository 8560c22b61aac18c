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
  /** A place in the sequence that a call has reserved. */
  public static final class Place {
    private final EventRow row = new EventRow();
    private boolean open = true;
    private boolean used;

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
  }

  /** Reserves a place for a call that has begun. */
  public Place reserve() {
    Place place = new Place();
    waiting.add(place);
    return place;
  }

  /** Fills a reserved place; with null it is given up, because the call came to nothing. */
  public void fill(Place place, @Nullable EventRow row) throws IOException {
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

  private void drain() throws IOException {
    for (Place first = waiting.peek(); first != null && !first.open; first = waiting.peek()) {
      waiting.remove();
      if (first.used) {
        sink.append(first.row);
      }
    }
  }
}
