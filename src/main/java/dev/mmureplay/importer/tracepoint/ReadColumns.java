package dev.mmureplay.importer.tracepoint;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;

/** Columns as they have been read from a line. */
public abstract class ReadColumns implements Columns {
  protected int pid = UNKNOWN_INT;
  protected int tid = UNKNOWN_INT;
  protected int cpu = UNKNOWN_INT;
  protected long time = UNKNOWN;

  @Override
  public final int pid() {
    return pid;
  }

  @Override
  public final int tid() {
    return tid;
  }

  @Override
  public final int cpu() {
    return cpu;
  }

  @Override
  public final long time() {
    return time;
  }
}
