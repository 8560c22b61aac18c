package dev.mmureplay.store;

import java.io.IOException;

/** A result file or cost file that cannot be read or written. The message is one sentence. */
public final class StoreException extends IOException {
  private static final long serialVersionUID = 1L;

  /** One sentence: file, expectation, value. */
  public StoreException(String message) {
    super(message);
  }

  /** One sentence: file, expectation, value; and what the database said. */
  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
