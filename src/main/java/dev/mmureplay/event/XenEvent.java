package dev.mmureplay.event;

/**
 * Which tracepoint of Linux under Xen, or record of Xen itself, an {@link EventKind#OBSERVED_XEN}
 * is. {@code flags} is {@link #flags}: the code in the low byte, a detail above it.
 *
 * <pre>
 *                      detail        address   length      length2     result
 * MC_ENTRY             op            -         requests    -           -
 * MC_EXTEND            op            -         bytes       -           0 done, 1 another op, 2 no space
 * MC_FLUSH             -             -         hypercalls  bytes       callbacks
 * FLUSH_TLB_ONE_USER   -             page      one page    -           -
 * FLUSH_TLB_MULTI      CPUs          start     bytes       -           -
 * FLUSH_TLB            -             -         -           -           -
 * WRITE_CR3            -             -         -           -           -
 * PTWR_EMULATION       -             of the PTE -          -           the new PTE
 * HYPERCALL, SUBCALL   op            -         requests    -           -
 * </pre>
 *
 * <p>An op is the number of a hypercall: 1 {@code mmu_update}, 3 {@code stack_switch}, 14 {@code
 * update_va_mapping}, 26 {@code mmuext_op}. The requests of an entry are those it begins with,
 * known for ops 1 and 26 (of Xen's own records also for 13, {@code multicall}): each {@code
 * MC_EXTEND} with result 0 that follows adds one. A {@code FLUSH_TLB_MULTI} without a length
 * flushes everything.
 *
 * <p>These rows stand where they were recorded: those inside a call of the same task are in front
 * of the call's own row, with lines behind the line on which the call began. What an interrupt or a
 * context switch inside the call adds is there too: a {@code WRITE_CR3} marks it.
 */
public enum XenEvent {
  /** {@code xen_mc_entry}: a hypercall is queued. */
  MC_ENTRY(1),
  /** {@code xen_mc_extend_args}: a request is to be added to the hypercall queued last. */
  MC_EXTEND(2),
  /** {@code xen_mc_flush}: what is queued is sent to Xen. */
  MC_FLUSH(3),
  /** {@code xen_mmu_flush_tlb_one_user}: one page is flushed on this CPU. */
  FLUSH_TLB_ONE_USER(4),
  /** {@code xen_mmu_flush_tlb_multi}: a range is flushed on several CPUs. */
  FLUSH_TLB_MULTI(5),
  /** {@code xen_mmu_flush_tlb}: everything is flushed on this CPU; older kernels only. */
  FLUSH_TLB(6),
  /** {@code xen_mmu_write_cr3}: this CPU changes to another page table. */
  WRITE_CR3(7),
  /** Xen's own record: a trapped write to a page table is emulated. */
  PTWR_EMULATION(8),
  /** Xen's own record: a hypercall comes in. */
  HYPERCALL(9),
  /** Xen's own record: one entry of a multicall is carried out. */
  SUBCALL(10);

  private static final int DETAIL_SHIFT = 8;
  private static final XenEvent[] ALL = values();

  private final int code;

  XenEvent(int code) {
    this.code = code;
  }

  /** Returns the number stored in the low byte of {@code flags}; never reused for another. */
  public int code() {
    return code;
  }

  /** Returns what to store in {@code flags}. */
  public long flags(long detail) {
    return (detail << DETAIL_SHIFT) | code;
  }

  /** Returns the detail in {@code flags}: the op or the number of CPUs. */
  public static long detail(long flags) {
    return flags >>> DETAIL_SHIFT;
  }

  /**
   * Returns the event whose code is in {@code flags}.
   *
   * @throws IllegalArgumentException if no event has that code
   */
  public static XenEvent ofFlags(long flags) {
    int code = (int) (flags & 0xff);
    if (code < 1 || code > ALL.length) {
      throw new IllegalArgumentException("expected the code of a Xen event but found " + code);
    }
    return ALL[code - 1];
  }
}
