package dev.mmureplay.machine.check;

/**
 * What becomes of a transaction that clears D in the value it commits (clean_record_pte). A backend
 * that can only or A and D into the new value cannot do it; mprotect never asks for it, so this is
 * a property of a backend and no breach of its contract.
 */
public enum CleanOutcome {
  /** D is clear afterwards, and later writes set it again. */
  CLEARS("clears"),
  /** D stays. */
  CANNOT_CLEAR("cannot clear"),
  /** A page written after the flush is not dirty. */
  LOSES_WRITES("loses writes");

  private final String id;

  CleanOutcome(String id) {
    this.id = id;
  }

  /** Returns the name in the table. */
  public String id() {
    return id;
  }

  CleanOutcome worse(CleanOutcome other) {
    return compareTo(other) < 0 ? other : this;
  }
}
