package dev.mmureplay.replay.verify;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.machine.AddressSpace;
import dev.mmureplay.machine.Machine;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What became of the words of one snapshot. One object, refilled for every snapshot. */
final class SnapshotWords {
  static final String PTE = EventKind.OBSERVED_PTE.name().toLowerCase(Locale.ROOT);

  private final String name;
  private final Shares.Subject subject;
  private final long protNone;
  private CallCheck.@Nullable Attribute difference;
  private long compared;

  /** How many were not compared. */
  long takenOver;

  /** Whether pages could be executed though the model's mapping does not let them be. */
  boolean executable;

  /** How often A was lost in the call, for which something else may be to blame. */
  long lost;

  /** The first page of which it was, or null. */
  CallCheck.@Nullable Attribute firstLost;

  private SnapshotWords(String name, Shares.Subject subject, long protNone) {
    this.name = name;
    this.subject = subject;
    this.protNone = protNone;
  }

  static SnapshotWords before(long protNone) {
    return new SnapshotWords("old PTE", Shares.Subject.PTE_BEFORE, protNone);
  }

  static SnapshotWords after(long protNone) {
    return new SnapshotWords("new PTE", Shares.Subject.PTE_AFTER, protNone);
  }

  private void clear() {
    difference = null;
    compared = 0;
    takenOver = 0;
    executable = false;
    lost = 0;
    firstLost = null;
  }

  /**
   * Compares every page of a snapshot.
   *
   * @param from when the call began
   */
  void compare(Snapshot snapshot, long from, AddressSpace owner, int tid, PteWitness told) {
    clear();
    int next = 0;
    for (long page = snapshot.start; page < snapshot.end; page += Machine.PAGE_SIZE) {
      boolean shown = next < snapshot.size() && snapshot.page(next) == page;
      long word = shown ? snapshot.word(next) : 0;
      long line = shown ? snapshot.line(next) : snapshot.line;
      next += shown ? 1 : 0;
      long model = told.model(owner, page);
      if (word == 0 && model == 0) {
        continue;
      }
      Outcome found = told.compare(subject, owner, tid, from, snapshot.time, page, word);
      compared += found.isCompared() ? 1 : 0;
      takenOver += found.isCompared() ? 0 : 1;
      executable |= found == Outcome.READ_IMPLIES_EXEC;
      boolean open = told.isOpenQuestion(subject, found);
      if (found == Outcome.DIFFERENT && difference == null) {
        difference = difference(name, line, page, model, word, protNone);
      } else if (open && lost++ == 0) {
        firstLost = difference(name, line, page, model, word, protNone);
      }
    }
  }

  /** Says of a PTE what it should be and what it is. */
  static CallCheck.Attribute difference(
      String name, long line, long page, long model, long word, long protNone) {
    String expected = PteText.of(model, protNone);
    String found = PteText.of(word, protNone);
    return new CallCheck.Attribute(name, PTE, line, page, expected, found, false);
  }

  /** Adds the outcome to that of a call. */
  void addTo(CallCheck check) {
    CallCheck.Attribute first = difference;
    if (first != null) {
      check.add(first);
    } else if (compared > 0) {
      String text = compared + (compared == 1 ? " word" : " words");
      check.add(new CallCheck.Attribute(name, PTE, check.call().line, -1, text, text, true));
    }
    check.pages = compared;
  }
}
