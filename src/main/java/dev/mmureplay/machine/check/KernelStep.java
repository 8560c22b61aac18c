package dev.mmureplay.machine.check;

/**
 * One step of the kernel's work.
 *
 * @param pte the program's PTE that it is about; 0 where it is about none
 * @param value the new flags, or the new PTE of SET; else 0
 */
record KernelStep(Kind kind, int pte, long value) {
  /** What a step does. */
  enum Kind {
    /** Takes the locks that make faulting threads wait. */
    LOCK,
    ENTER_LAZY,
    /** Start, pte_modify, commit. */
    CHANGE,
    /** Start, pte_mkclean, commit (clean_record_pte of mm/mapping_dirty_helpers.c). */
    CLEAN,
    SET,
    GET_AND_CLEAR,
    /** Clears the PTE of an address space that is being torn down, whose table is not pinned. */
    GET_AND_CLEAR_FULL,
    SET_WRPROTECT,
    LEAVE_LAZY,
    /** Flushes what the steps before it need flushed, by the kernel's rule. */
    FLUSH,
    UNLOCK
  }

  static KernelStep of(Kind kind) {
    return new KernelStep(kind, 0, 0);
  }

  static KernelStep of(Kind kind, int pte) {
    return new KernelStep(kind, pte, 0);
  }

  static KernelStep change(int pte, long flags) {
    return new KernelStep(Kind.CHANGE, pte, flags);
  }
}
