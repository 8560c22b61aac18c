package dev.mmureplay.importer;

import dev.mmureplay.event.Ledger;
import java.io.IOException;

/** A trace with a line that its importer did not understand, where that is not accepted. */
public final class RejectedLineException extends IOException {
  private static final long serialVersionUID = 1L;

  /** One sentence: file and line, expectation, finding. */
  private RejectedLineException(String message) {
    super(message);
  }

  /**
   * Accepts a trace whose lines were all understood, or ignored by a rule.
   *
   * @param trace its name in the message
   * @param importer the name of its importer
   * @throws RejectedLineException if a line was rejected, naming the first
   */
  public static void requireNone(String trace, String importer, Ledger ledger)
      throws RejectedLineException {
    if (ledger.rejectedCount() == 0) {
      return;
    }
    Ledger.Rejection first = ledger.rejections().get(0);
    throw new RejectedLineException(
        trace
            + ":"
            + first.line()
            + ": expected a line that "
            + importer
            + " understands but found \""
            + first.text()
            + "\" ("
            + first.reason()
            + "); rejected "
            + ledger.rejectedCount()
            + " of "
            + ledger.lines()
            + " lines");
  }
}
