package dev.mmureplay.replay.verify;

import dev.mmureplay.event.EventBatch;
import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.machine.Machine;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds out whether a recording pauses at times, from what it contradicts itself in: a call
 * rewrites a page to the protection that the last call gave it, which Linux does not do, or finds
 * another PTE than the last one shown, though nothing that changes PTEs was recorded in between.
 */
final class Pauses {
  private static final int UNKNOWN_PROTECTION = -1;

  /** What was last shown of the pages of one process. */
  private static final class Pages {
    private final Map<Long, Integer> protections = new HashMap<>();
    private final Map<Long, Long> words = new HashMap<>();
  }

  private final Map<Integer, Pages> processes = new HashMap<>();
  private boolean found;

  /** Returns whether protections changed while it did not record. */
  boolean found() {
    return found;
  }

  /** Looks at any row. */
  void look(EventBatch batch, int row, EventKind kind) {
    if (kind == EventKind.LOST) {
      processes.clear();
    } else if (kind == EventKind.OBSERVED_PTE || kind == EventKind.SET_PTE) {
      word(batch, row, kind);
    } else if (kind.isAccess()) {
      Pages pages = processes.get(batch.pid(row));
      if (pages != null) {
        pages.words.remove(batch.address(row) & -Machine.PAGE_SIZE);
      }
    } else if (kind.code() <= EventKind.EXIT.code() && !changesProtection(kind)) {
      processes.remove(batch.pid(row));
    }
  }

  private static boolean changesProtection(EventKind kind) {
    return kind == EventKind.MPROTECT || kind == EventKind.PKEY_MPROTECT;
  }

  private void word(EventBatch batch, int row, EventKind kind) {
    long word = batch.result(row);
    Map<Long, Long> words = pages(batch, row).words;
    if (kind == EventKind.OBSERVED_PTE && batch.flags(row) == EventSchema.PTE_BEFORE) {
      Long last = words.get(batch.address(row));
      found |= last != null && !SeenWords.permitTheSame(last, word);
    } else {
      words.put(batch.address(row), word);
    }
  }

  private Pages pages(EventBatch batch, int row) {
    return processes.computeIfAbsent(batch.pid(row), pid -> new Pages());
  }

  /** A call has rewritten pages. */
  void rewrote(EventBatch batch, int row, EventKind kind, Longs rewritten) {
    Map<Long, Integer> protections = pages(batch, row).protections;
    int protection = kind == EventKind.MPROTECT ? batch.protection(row) : UNKNOWN_PROTECTION;
    for (int i = 0; i < rewritten.size(); i++) {
      Integer last = protections.put(rewritten.get(i), protection);
      found |= last != null && last != UNKNOWN_PROTECTION && last == protection;
    }
  }
}
