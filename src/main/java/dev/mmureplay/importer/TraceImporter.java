package dev.mmureplay.importer;

import dev.mmureplay.event.EventSink;
import java.io.IOException;

/**
 * Reads what one tracing tool wrote and appends canonical events. Implementations are public,
 * final, have a no-argument constructor and a line in {@code META-INF/services}, and keep no state
 * between imports.
 *
 * <p>Every line of the source must end up in the {@link dev.mmureplay.event.Ledger}: parsed,
 * ignored by a named rule, or rejected with its number and a reason. A line is never a reason to
 * stop.
 */
public interface TraceImporter {
  /** Returns the name used on the command line, such as {@code strace}. */
  String name();

  /**
   * Returns one sentence for {@code list importers}: the tool and the options that its trace needs.
   */
  String description();

  /**
   * Returns whether the trace was written by this importer's tool.
   *
   * @param head the first bytes of the unpacked trace, at most {@link Importers#HEAD_BYTES}; it may
   *     end in mid-line
   */
  boolean recognises(byte[] head);

  /**
   * Reads a whole trace and appends its events in source order.
   *
   * @return the account of every line, and what this capture can know
   * @throws IOException if the source cannot be read or the events cannot be written
   */
  ImportReport importTrace(TraceSource source, ImportOptions options, EventSink events)
      throws IOException;
}
