package dev.mmureplay.replay.minimise;

import static dev.mmureplay.event.EventSchema.UNKNOWN;

import dev.mmureplay.event.EventBatch;
import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventReader;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.TraceInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The events of a trace that can have to do with one page of one process, in their order. */
final class TraceSlice {
  /** How much is left in. */
  enum Width {
    /** What touches the 2 MiB around the page, and what makes or ends processes. */
    CHUNK,
    /** Everything that the process and its ancestors did. */
    PROCESS,
    /** Everything. */
    ALL
  }

  /** More rows than this are not held in memory. */
  static final int MAX_ROWS = 4_000_000;

  private static final long CHUNK_BYTES = 1L << 21;

  private TraceSlice() {}

  /**
   * Reads a slice.
   *
   * @param address the page, or 0 if what is looked for concerns none: then everything
   * @throws IOException if the file cannot be read, or the slice is too long
   */
  static List<EventRow> read(Path eventFile, Width width, int pid, long address)
      throws IOException {
    Set<Integer> family = width == Width.ALL ? Set.of() : family(eventFile, pid);
    List<EventRow> rows = new ArrayList<>();
    try (EventReader reader = EventReader.open(eventFile)) {
      while (reader.nextBatch()) {
        EventBatch batch = reader.batch();
        for (int row = 0; row < batch.rows(); row++) {
          if (belongs(batch, row, width, family, address)) {
            if (rows.size() == MAX_ROWS) {
              throw new IOException(
                  eventFile
                      + ": expected at most "
                      + MAX_ROWS
                      + " events around the finding but found more");
            }
            rows.add(new EventRow().set(batch, row));
          }
        }
      }
    }
    return rows;
  }

  /** Returns the process and its ancestors, as far as the trace shows them. */
  private static Set<Integer> family(Path eventFile, int pid) throws IOException {
    List<int[]> children = new ArrayList<>();
    try (EventReader reader = EventReader.open(eventFile)) {
      while (reader.nextBatch()) {
        EventBatch batch = reader.batch();
        for (int row = 0; row < batch.rows(); row++) {
          if (batch.kind(row) == EventKind.CLONE && batch.result(row) != UNKNOWN) {
            children.add(new int[] {batch.pid(row), (int) batch.result(row)});
          }
        }
      }
    }
    Set<Integer> family = new HashSet<>();
    family.add(pid);
    boolean more = true;
    while (more) {
      more = false;
      for (int[] child : children) {
        more |= family.contains(child[1]) && family.add(child[0]);
      }
    }
    return family;
  }

  private static boolean belongs(
      EventBatch batch, int row, Width width, Set<Integer> family, long address) {
    if (width == Width.ALL) {
      return true;
    }
    if (!family.contains(batch.pid(row))) {
      return false;
    }
    if (width == Width.PROCESS || address == 0) {
      return true;
    }
    EventKind kind = batch.kind(row);
    return switch (kind) {
      case CLONE, EXECVE, EXIT, LOST, MREMAP, BRK -> true;
      case SIGNAL, MARKER -> false;
      default -> overlaps(batch, row, kind, address);
    };
  }

  private static boolean overlaps(EventBatch batch, int row, EventKind kind, long address) {
    long start = kind == EventKind.MMAP ? batch.result(row) : batch.address(row);
    if (start == UNKNOWN) {
      return true;
    }
    long length = batch.length(row) == UNKNOWN ? 1 : batch.length(row);
    long from = address & -CHUNK_BYTES;
    return start < from + CHUNK_BYTES && start + length > from;
  }

  /** Returns what a file knows about itself. */
  static TraceInfo info(Path eventFile) throws IOException {
    try (EventReader reader = EventReader.open(eventFile)) {
      return reader.info();
    }
  }
}
