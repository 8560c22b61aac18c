package dev.mmureplay.replay;

/**
 * One page at the end of its address space's life, or of the trace. One object, refilled for every
 * page.
 */
public final class PageState {
  /** Number of the address space within the trace, from 0. */
  public int addressSpace;

  public int pid;

  /** Address of the page. */
  public long address;

  /** The PTE, with the bits that Xen owns masked out. */
  public long pte;

  public boolean present;
  public boolean protNone;
  public boolean writable;
  public boolean accessed;
  public boolean dirty;
}
