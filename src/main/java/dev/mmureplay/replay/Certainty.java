package dev.mmureplay.replay;

import java.util.Locale;

/** How far the capture carries what a replay says of one mprotect call. */
public enum Certainty {
  /** The counts follow from what the capture shows. */
  KNOWN,
  /**
   * The capture does not show all that the counts depend on, and a named assumption stands in for
   * it: which pages are resident, which mapping was there, that the kernel touched no other page.
   */
  ASSUMED,
  /**
   * The counts cannot be known: events are missing, or the memory is older than the trace. The
   * model goes on with what it has.
   */
  UNKNOWN;

  /** Returns the name in the database, such as {@code known}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
