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

  /** A in the model's PTE; {@link #accessedState} says how far that is known. */
  public boolean accessed;

  /** D, or the bit that stands for it, in the model's PTE. */
  public boolean dirty;

  /** Whether it is known that the page is resident. A page that is not reported may be, too. */
  public boolean residencyKnown;

  public BitState accessedState = BitState.UNKNOWN;
  public BitState dirtyState = BitState.UNKNOWN;
}
