package dev.mmureplay.replay.verify;

import java.util.Locale;

/** What became of comparing one thing that a recording of plain Linux shows. */
public enum Outcome {
  /** It is as the model has it. */
  EQUAL,
  /** It is not, and nothing below explains it: the model is wrong. */
  DIFFERENT,
  /** It is about a mapping of which not enough is known: it is older than the recording. */
  OLDER_MAPPING,
  /** The first that is seen of a page in a mapping that is older than the recording. */
  PAGE_OF_OLDER_MAPPING,
  /** Permissions in a mapping that is older than the recording. */
  PERMISSIONS_OF_OLDER_MAPPING,
  /**
   * A page can be executed though the call that mapped it did not ask for it: the program's
   * personality has READ_IMPLIES_EXEC, which the recording shows only behind an mprotect.
   */
  READ_IMPLIES_EXEC,
  /**
   * A page that no recorded fault has made resident: the kernel's own copies, mlock, fault-around.
   */
  RESIDENT_WITHOUT_A_FAULT,
  /**
   * A page that is not known to be resident in the model is not: what a read fault maps beside
   * itself (fault-around) depends on the page cache, and an execve may not be recorded.
   */
  ASSUMED_PAGE_ABSENT,
  /**
   * It is about a mapping with MADV_HUGEPAGE: its pages may be huge, one PTE for 512 of them, which
   * the model does not have.
   */
  HUGE_PAGES,
  /** A or D is set where the model has it clear: a touch that needed no fault is not recorded. */
  TOUCHED_WITHOUT_A_FAULT,
  /** A is clear where the model has it set: the kernel has looked for idle pages. */
  ACCESSED_BIT_TAKEN_BACK,
  /** Another task was in a call or took a fault about the same pages: the order is not recorded. */
  OVERLAPPING_CALL,
  /**
   * Another task was changing PTEs or flushing meanwhile, and Linux flushed everything instead
   * (mm_tlb_flush_nested; a TLB generation that was left out).
   */
  FLUSH_MADE_FULL_BY_ANOTHER;

  /** Returns the name in the report, such as {@code overlapping-call}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns whether the recording determines it, so that it counts for or against the model. */
  public boolean isCompared() {
    return this == EQUAL || this == DIFFERENT;
  }
}
