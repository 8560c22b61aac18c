package dev.mmureplay.machine.check;

import dev.mmureplay.machine.AccessKind;

/** One access by a user thread to one of the program's pages. */
record UserAccess(int pte, AccessKind kind) {
  @Override
  public String toString() {
    return kind.name().toLowerCase(java.util.Locale.ROOT) + " " + pte;
  }
}
