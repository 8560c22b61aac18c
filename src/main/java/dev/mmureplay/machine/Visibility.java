package dev.mmureplay.machine;

/**
 * Which changes of page tables a capture shows, as far as knowledge of pages depends on it.
 *
 * @param everyTouch every access to a page is shown, by the program and by the kernel for it
 * @param everyPteSet every PTE that the kernel sets is shown
 * @param faultsOnly the accesses shown are those that faulted
 */
public record Visibility(boolean everyTouch, boolean everyPteSet, boolean faultsOnly) {
  /** Nothing stays unseen. */
  public static final Visibility COMPLETE = new Visibility(true, true, false);

  /** Returns whether a PTE may have got accessed or dirty bits that nothing in the trace shows. */
  boolean touchesUnseen() {
    return !everyTouch;
  }

  /**
   * Returns whether the kernel may have populated a page, or made it writable for a write of its
   * own, where nothing in the trace shows it: for a system call's buffer, or through get_user_pages
   * (mlock, direct I/O), which takes no fault.
   */
  boolean populatesUnseen() {
    return !everyTouch && !everyPteSet;
  }
}
