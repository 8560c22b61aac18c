package dev.mmureplay.importer.tracepoint;

/** How a tool writes the arguments and the result of a system call. */
public interface CallValues {
  /**
   * Reads the rest of the line at hand into the task's arguments.
   *
   * @return false if it cannot be read
   */
  boolean readArguments(TracepointTask task);

  /** Reads a result; {@link dev.mmureplay.importer.LineScanner#NONE} if it cannot be read. */
  long readResult();
}
