package dev.mmureplay.importer.tracepoint;

/** What the columns in front of an event say. */
public interface Columns {
  /** Returns the thread group, or unknown where only the task is shown. */
  int pid();

  /** Returns the task. */
  int tid();

  /** Returns the CPU, or unknown. */
  int cpu();

  /** Returns the time in ns. */
  long time();

  /** Returns whether this is a record that the tool made up for what it found at its beginning. */
  default boolean isInitial() {
    return false;
  }
}
