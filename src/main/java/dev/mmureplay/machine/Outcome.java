package dev.mmureplay.machine;

import java.util.Locale;

/** What can become of an operation that breaks no invariant of the backend and still goes wrong. */
public enum Outcome {
  /**
   * A PTE was to be cleaned inside a start/commit transaction and is still dirty: an update that
   * keeps A and D, as PRESERVE_AD does, cannot clear them. The page is recorded as dirty again and
   * again; no write is lost.
   */
  DIRTY_NOT_CLEARED("left D set in pages that the kernel cleaned"),
  /**
   * A page that was to be write-protected by userfaultfd was absent, the kernel left no mark in its
   * place, and a write to it went unannounced: a snapshot misses it. The same under every backend.
   */
  UFFD_WRITE_MISSED("did not announce a write to a page that was absent when it was protected");

  private final String sentence;

  Outcome(String sentence) {
    this.sentence = sentence;
  }

  /** Returns the name in the database, such as {@code dirty-not-cleared}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns what happened, without a subject. */
  public String sentence() {
    return sentence;
  }
}
