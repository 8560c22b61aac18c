package dev.mmureplay.machine;

/** How a page is touched. */
public enum AccessKind {
  READ,
  WRITE,
  FETCH
}
