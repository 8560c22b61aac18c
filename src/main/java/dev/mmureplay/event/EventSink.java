package dev.mmureplay.event;

import java.io.IOException;

/** Takes events in source order, one at a time. */
@FunctionalInterface
public interface EventSink {
  /**
   * Takes one event. The row is read during the call and stays the caller's, who may refill it
   * afterwards.
   *
   * @throws IOException if the event cannot be kept
   */
  void append(EventRow row) throws IOException;
}
