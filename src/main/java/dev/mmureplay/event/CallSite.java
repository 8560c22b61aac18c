package dev.mmureplay.event;

import static java.util.Objects.requireNonNull;

/**
 * A place in the traced program that changes protections, where the trace has call stacks.
 *
 * @param stack the innermost frames, the caller of the system call's own wrapper first
 * @param calls mprotect and pkey_mprotect calls made there
 * @param pages pages in their ranges
 */
public record CallSite(String stack, long calls, long pages) {
  /** How many call sites an event file keeps; what is made elsewhere counts for one more. */
  public static final int KEPT = 1_000;

  public CallSite {
    requireNonNull(stack, "stack");
  }
}
