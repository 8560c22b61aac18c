package dev.mmureplay.importer;

import java.io.IOException;

/** A trace that no importer recognises, or more than one. */
public final class UnknownFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  /** One sentence: file, expectation, finding. */
  public UnknownFormatException(String message) {
    super(message);
  }
}
