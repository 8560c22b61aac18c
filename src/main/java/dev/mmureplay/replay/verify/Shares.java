package dev.mmureplay.replay.verify;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * How much of what a recording of plain Linux shows is as the model has it, and what became of the
 * rest.
 */
public final class Shares {
  /** What is compared. */
  public enum Subject {
    /** PTEs in the range of an mprotect, when it began. */
    PTE_BEFORE,
    /** The same when it had ended. */
    PTE_AFTER,
    /** The PTE of the page that a fault was about. */
    PTE_AT_FAULT,
    /** The VMA that resulted from a call, or from a fault that let a stack grow. */
    VMA,
    /** What an mprotect flushed from the TLB, or that it flushed nothing. */
    FLUSH;

    /** Returns the name in the report, such as {@code pte-before}. */
    public String id() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private static final Outcome[] OUTCOMES = Outcome.values();

  private final Map<Subject, long[]> counts = new EnumMap<>(Subject.class);

  Shares() {
    for (Subject subject : Subject.values()) {
      counts.put(subject, new long[OUTCOMES.length]);
    }
  }

  void add(Subject subject, Outcome outcome) {
    row(subject)[outcome.ordinal()]++;
  }

  private long[] row(Subject subject) {
    long[] row = counts.get(subject);
    if (row == null) {
      throw new IllegalStateException("expected counts of " + subject);
    }
    return row;
  }

  /** Returns how often one outcome was found. */
  public long of(Subject subject, Outcome outcome) {
    return row(subject)[outcome.ordinal()];
  }

  /** Returns how many were determined by the recording and so were compared. */
  public long compared(Subject subject) {
    return of(subject, Outcome.EQUAL) + of(subject, Outcome.DIFFERENT);
  }

  /** Returns how many are different and unexplained, of every kind. */
  public long different() {
    long different = 0;
    for (Subject subject : Subject.values()) {
      different += of(subject, Outcome.DIFFERENT);
    }
    return different;
  }

  /** Returns how many are equal, of every kind. */
  public long equal() {
    long equal = 0;
    for (Subject subject : Subject.values()) {
      equal += of(subject, Outcome.EQUAL);
    }
    return equal;
  }
}
