package dev.mmureplay.store;

import java.io.IOException;

/** Operations were counted that a cost profile has no price for, so a sum would be too low. */
public final class UnpricedException extends IOException {
  private static final long serialVersionUID = 1L;

  /** One sentence that names the operations and the profile. */
  public UnpricedException(String message) {
    super(message);
  }
}
