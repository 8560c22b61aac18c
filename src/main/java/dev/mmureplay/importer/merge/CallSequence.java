package dev.mmureplay.importer.merge;

import dev.mmureplay.event.EventRow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The calls of the first process of a capture, in order. */
final class CallSequence {
  private final List<CallKey> keys = new ArrayList<>();
  private final List<EventRow> rows = new ArrayList<>();
  private @Nullable Integer pid;
  private boolean otherProcesses;

  static CallSequence read(Path eventFile, long linesBefore) throws IOException {
    CallSequence sequence = new CallSequence();
    CallKey.Maker maker = new CallKey.Maker();
    try (EventCursor cursor = new EventCursor(eventFile, linesBefore)) {
      while (cursor.next()) {
        if (!sequence.isOwn(cursor.row())) {
          continue;
        }
        CallKey key = maker.of(cursor.row());
        if (key != null) {
          sequence.keys.add(key);
          sequence.rows.add(new EventRow().set(cursor.row()));
        }
      }
    }
    return sequence;
  }

  private boolean isOwn(EventRow row) {
    if (row.kind.isAccess() || row.kind.isObservation()) {
      return false;
    }
    if (pid == null) {
      pid = row.pid;
    }
    otherProcesses |= row.pid != pid;
    return row.pid == pid;
  }

  /** Returns whether a row is of the process whose calls these are. */
  boolean has(int process) {
    return pid != null && pid == process;
  }

  /** Returns whether the capture shows other processes, too. */
  boolean otherProcesses() {
    return otherProcesses;
  }

  List<CallKey> keys() {
    return keys;
  }

  int size() {
    return rows.size();
  }

  EventRow row(int call) {
    return rows.get(call);
  }
}
