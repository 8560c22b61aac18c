package dev.mmureplay.event;

import java.io.IOException;

/**
 * An event file that cannot be read: not Arrow, cut short, of a newer version, or without our
 * columns.
 */
public final class EventFileException extends IOException {
  private static final long serialVersionUID = 1L;

  /** One sentence: file, expectation, value. */
  public EventFileException(String message) {
    super(message);
  }

  /** One sentence: file, expectation, value; and what the Arrow library said. */
  public EventFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
