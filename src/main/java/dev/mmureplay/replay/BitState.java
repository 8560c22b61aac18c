package dev.mmureplay.replay;

import java.util.Locale;

/** What is known of an accessed or dirty bit. */
public enum BitState {
  SET,
  CLEAR,
  /** The capture does not decide it. */
  UNKNOWN;

  static BitState of(boolean set, boolean known) {
    return !known ? UNKNOWN : set ? SET : CLEAR;
  }

  /** Returns the name in the database, such as {@code set}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
