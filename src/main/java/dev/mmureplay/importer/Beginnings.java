package dev.mmureplay.importer;

import static dev.mmureplay.event.EventSchema.UNKNOWN;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSink;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * Looks at every event that passes to find out whether each process was seen to begin: with an
 * execve, or as the copy of one that was.
 */
public final class Beginnings implements EventSink {
  private final EventSink next;
  private final Set<Integer> begun = new HashSet<>();
  private boolean memorySeen;
  private boolean unexplained;

  /** Passes every event on. */
  public Beginnings(EventSink next) {
    this.next = next;
  }

  @Override
  public void append(EventRow row) throws IOException {
    if (row.kind == EventKind.EXECVE) {
      begun.add(row.pid);
    } else if (row.kind == EventKind.CLONE) {
      cloned(row);
    } else if (row.kind == EventKind.LOST) {
      unexplained = true;
    } else if (row.kind == EventKind.SET_PTE
        || row.kind.isAccess()
        || EventKind.isMemoryCall(row.kind.code())) {
      memorySeen = true;
      unexplained |= !begun.contains(row.pid);
    }
    next.append(row);
  }

  private void cloned(EventRow row) {
    if (row.flags == UNKNOWN || (row.flags & TaskTable.CLONE_THREAD) != 0) {
      return;
    }
    if (begun.contains(row.pid)) {
      begun.add((int) row.result);
    } else {
      begun.remove((int) row.result);
    }
  }

  /** Returns whether no process did anything before it was seen to begin. */
  public boolean fromStart() {
    return memorySeen && !unexplained;
  }
}
