package dev.mmureplay.event;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;

/**
 * One event while it is being put together: the columns of {@link EventSchema} as mutable fields,
 * to be filled and handed to {@link EventWriter#append}. An importer keeps one and {@link #reset
 * resets} it for every event.
 */
public final class EventRow {
  /**
   * Absolute time in ns on the tracer's clock, or {@link EventSchema#UNKNOWN}; the writer makes it
   * relative.
   */
  public long time;

  /** See {@link EventSchema} for this and all following fields. */
  public long duration;

  public int pid;
  public int tid;
  public int cpu;
  public EventKind kind = EventKind.READ;
  public long address;
  public long length;
  public int protection;
  public long flags;
  public long address2;
  public long length2;
  public int file;
  public long offset;
  public long result;
  public int count;
  public long line;

  public EventRow() {
    reset(EventKind.READ, 0, 0);
  }

  /**
   * Makes this the given kind of event by the given task; everything else becomes unknown, {@code
   * count} 1.
   */
  public EventRow reset(EventKind newKind, int newPid, int newTid) {
    kind = newKind;
    pid = newPid;
    tid = newTid;
    cpu = UNKNOWN_INT;
    time = UNKNOWN;
    duration = UNKNOWN;
    address = UNKNOWN;
    length = UNKNOWN;
    protection = UNKNOWN_INT;
    flags = UNKNOWN;
    address2 = UNKNOWN;
    length2 = UNKNOWN;
    file = UNKNOWN_INT;
    offset = UNKNOWN;
    result = UNKNOWN;
    count = 1;
    line = UNKNOWN;
    return this;
  }

  /** Copies one event of a batch into this row. */
  public EventRow set(EventBatch batch, int row) {
    reset(batch.kind(row), batch.pid(row), batch.tid(row));
    cpu = batch.cpu(row);
    time = batch.time(row);
    duration = batch.duration(row);
    address = batch.address(row);
    length = batch.length(row);
    protection = batch.protection(row);
    flags = batch.flags(row);
    address2 = batch.address2(row);
    length2 = batch.length2(row);
    file = batch.file(row);
    offset = batch.offset(row);
    result = batch.result(row);
    count = batch.count(row);
    line = batch.line(row);
    return this;
  }

  /** Copies every field of another row into this one. */
  public EventRow set(EventRow other) {
    kind = other.kind;
    pid = other.pid;
    tid = other.tid;
    cpu = other.cpu;
    time = other.time;
    duration = other.duration;
    address = other.address;
    length = other.length;
    protection = other.protection;
    flags = other.flags;
    address2 = other.address2;
    length2 = other.length2;
    file = other.file;
    offset = other.offset;
    result = other.result;
    count = other.count;
    line = other.line;
    return this;
  }
}
