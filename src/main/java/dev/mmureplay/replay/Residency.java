package dev.mmureplay.replay;

import java.util.Locale;

/** Where the knowledge which pages are resident comes from. */
public enum Residency {
  /** From the accesses in the trace; nothing is assumed. */
  RECORDED,
  /**
   * Assumed: no page is resident at any mprotect, except as accesses in the trace show. The lower
   * bound.
   */
  NONE,
  /**
   * Assumed: every page of an accessible VMA is resident, and written if it may be, at every
   * mprotect. The upper bound.
   */
  ALL;

  /** Returns the name in the database and on the command line, such as {@code all}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns whether results rest on an assumption. */
  public boolean assumed() {
    return this != RECORDED;
  }
}
