package dev.mmureplay.importer.merge;

import static dev.mmureplay.event.EventSchema.UNKNOWN;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What two runs of the same program have in common in a call, wherever their mappings lie.
 *
 * @param task the task, by the order in which tasks make their first call
 * @param length its length; for brk by how much it moves the break
 * @param protection what it asks for, or unknown
 * @param detail what else tells calls of its kind apart: flags, advice, a second length
 */
record CallKey(int task, EventKind kind, long length, int protection, long detail) {
  private static final long KERNEL_FLAGS = 0xffff_ffffL;
  private static final long MAP_DENYWRITE = 0x800;
  private static final long CLONE_THREAD = 0x10000;

  @Override
  public String toString() {
    String text = kind.name().toLowerCase(Locale.ROOT);
    return length == UNKNOWN ? text : text + " of " + length + " bytes";
  }

  /** Makes the keys of one trace, in its order. */
  static final class Maker {
    private final List<Integer> tasks = new ArrayList<>();
    private final Map<Integer, Long> breaks = new HashMap<>();
    private boolean begun;

    /** Returns the key of a row; null if it is no call to match. */
    @Nullable CallKey of(EventRow row) {
      long known = row.flags == UNKNOWN ? 0 : row.flags;
      CallKey key =
          switch (row.kind) {
            case MMAP ->
                (known & (EventSchema.BY_LOADER | EventSchema.INITIAL_STACK)) != 0
                    ? null
                    : key(row, row.length, known & KERNEL_FLAGS & ~MAP_DENYWRITE);
            case MUNMAP, MPROTECT -> key(row, row.length, 0);
            case PKEY_MPROTECT, MADVISE -> key(row, row.length, known);
            case MREMAP -> key(row, row.length, row.length2 ^ (known << 56));
            case BRK -> key(row, moved(row), 0);
            case CLONE -> key(row, UNKNOWN, known & CLONE_THREAD);
            // The first one is the tracer's, and not every tool shows it.
            case EXECVE -> begun ? key(row, UNKNOWN, 0) : null;
            default -> null;
          };
      begun |= key != null;
      return key;
    }

    private CallKey key(EventRow row, long length, long detail) {
      int task = tasks.indexOf(row.tid);
      if (task < 0) {
        task = tasks.size();
        tasks.add(row.tid);
      }
      return new CallKey(task, row.kind, length, row.protection, detail);
    }

    private long moved(EventRow row) {
      Long before = breaks.get(row.pid);
      if (row.result != UNKNOWN) {
        breaks.put(row.pid, row.result);
      }
      return row.address == 0 || before == null ? 0 : row.address - before;
    }
  }
}
