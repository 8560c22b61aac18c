package dev.mmureplay.importer.merge;

import dev.mmureplay.event.EventReader;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.TraceInfo;
import java.io.IOException;
import java.nio.file.Path;

/** Goes through an event file row by row, with absolute times and lines that count on. */
final class EventCursor implements AutoCloseable {
  private final EventReader reader;
  private final long linesBefore;
  private final long origin;
  private final EventRow row = new EventRow();
  private int next;

  /**
   * Opens a file.
   *
   * @param linesBefore how many lines the inputs before this one have
   */
  EventCursor(Path eventFile, long linesBefore) throws IOException {
    this.reader = EventReader.open(eventFile);
    this.linesBefore = linesBefore;
    this.origin = reader.info().clockOrigin();
  }

  TraceInfo info() {
    return reader.info();
  }

  /** Moves to the next row; returns false at the end. */
  boolean next() throws IOException {
    while (next >= reader.batch().rows()) {
      if (!reader.nextBatch()) {
        return false;
      }
      next = 0;
    }
    reader.batch().copyTo(next++, row);
    if (row.time != EventSchema.UNKNOWN && origin != EventSchema.UNKNOWN) {
      row.time += origin;
    }
    if (row.line != EventSchema.UNKNOWN) {
      row.line += linesBefore;
    }
    return true;
  }

  /** Returns the current row: one object, refilled by {@link #next}. */
  EventRow row() {
    return row;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
