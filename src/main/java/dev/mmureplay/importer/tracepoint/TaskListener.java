package dev.mmureplay.importer.tracepoint;

import dev.mmureplay.event.EventSchema;
import java.io.IOException;

/** Is told when a task has its event, in the order of the events. */
public interface TaskListener {
  /** Does nothing. */
  TaskListener NONE = new TaskListener() {};

  /** A new task has become an event; its clone flags may be unknown. */
  default void cloned(int parent, int child, long flags) throws IOException {}

  /**
   * Returns the flags of the clone that a task is in, as far as what the kernel does for it tells;
   * unknown if it does not.
   */
  default long cloneFlags(int parent) {
    return EventSchema.UNKNOWN;
  }

  /** A clone under way has come to nothing, or its end will not be seen. */
  default void clonedNothing(int parent) throws IOException {}

  /**
   * A replaced program has become an event.
   *
   * @param caller the task that entered the execve
   * @param tid the task that it is from here on, which is its group's leader
   */
  default void execed(int caller, int tid) throws IOException {}

  /** An execve under way has failed, or its end will not be seen. */
  default void execFailed(int tid) throws IOException {}
}
