package dev.mmureplay.importer;

import java.io.IOException;

/** A trace with a line that its importer did not understand, imported strictly. */
public final class RejectedLineException extends IOException {
  private static final long serialVersionUID = 1L;

  /** One sentence: file and line, expectation, finding. */
  public RejectedLineException(String message) {
    super(message);
  }
}
