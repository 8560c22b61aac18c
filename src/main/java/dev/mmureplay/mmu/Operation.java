package dev.mmureplay.mmu;

import java.util.Locale;

/**
 * The primitive operations that backends and guest kernels carry out. Every one is counted, none is
 * priced here.
 *
 * <p>The sources are Linux (arch/x86/xen/mmu_pv.c and multicalls.c, mm/mprotect.c,
 * arch/x86/mm/tlb.c) and Xen (arch/x86/mm.c, arch/x86/pv/ro-page-fault.c, common/multicall.c).
 */
public enum Operation {
  // What the guest kernel does whatever the backend.
  SYSCALL("one system call entered and left, with the checks of its arguments"),
  MMAP_LOCK("mmap_lock taken for writing and dropped, with the look-up of a call's first VMA"),
  VMA_CHECK(
      "one VMA of an mprotect checked: its new flags computed and compared, security hook called"),
  FILE_CHECK("the security hook's look at the file of one mapping"),
  VMA_NEXT("one look-up of the VMA that follows, in a call that reaches beyond the first"),
  VMA_CHANGE(
      "one VMA piece whose flags change: attempt to merge it, new flags, empty walk of its page tables"),
  VMA_SPLIT_LOW("one VMA split so that the new VMA is the lower part (split_vma, new_below)"),
  VMA_SPLIT_HIGH("one VMA split so that the new VMA is the upper part (split_vma)"),
  ANON_VMA_CLONE("the anon_vma chain of a split VMA copied (anon_vma_clone)"),
  VMA_EXTEND("the border between two VMAs moved (vma_merge: a neighbour takes part of one)"),
  VMA_MERGE("one whole VMA merged into a neighbour (vma_merge)"),
  VMA_MERGE_BOTH("one whole VMA and its successor merged into the one before (vma_merge)"),
  HUGE_BOUNDARY(
      "a new border inside a 2 MiB block of one VMA with a PTE page: walk for a huge page to split"),
  DATA_LIMIT_CHECK("the limits checked for one VMA piece that becomes writable (may_expand_vm)"),
  COMMIT_CHARGE(
      "memory charged to the commit limit for one VMA piece that becomes writable and was not accounted"),
  ACCOUNT_DATA(
      "pages of one writable private VMA added to or taken from data_vm (vm_stat_account)"),
  ACCOUNT_EXEC("pages of one executable unwritable VMA added to or taken from exec_vm"),
  ACCOUNT_OTHER("pages of one VMA of neither kind added to or taken from total_vm alone"),
  PROTECTION_MASK("one page protection with P set masked by the supported bits (vm_get_page_prot)"),
  SHARED_CHECK("one shared VMA piece asked whether its PTEs may be made writable one by one"),
  WRITE_NOTIFY_CHECK(
      "one writable shared VMA asked whether first writes must fault (vma_wants_writenotify)"),
  TABLE_DESCENT("the descent from the top-level table to the PTE pages of one VMA piece"),
  PTE_PAGE_WALK("one PTE page within one VMA piece: mapped, locked, walked in one lazy-MMU region"),
  PTE_READ(
      "one plain read of a PTE: the walk looks at every slot, and Xen's start reads once more"),
  PTE_EMPTY("guest work for one slot of a walk that holds no PTE"),
  PTE_DOWNGRADE("guest work for one PTE that loses the right to write (RW to R, RW to RX)"),
  PTE_UPGRADE("guest work for one PTE that gains the right to write"),
  PTE_TO_NONE("guest work for one PTE that becomes PROT_NONE"),
  PTE_FROM_NONE("guest work for one PTE that was PROT_NONE"),
  PTE_KEEP(
      "guest work for one PTE whose right to write stays as it was (R to RX, or no change at all)"),
  UPGRADE_CHECK("one PTE asked whether it may be made writable (can_change_pte_writable)"),
  PAGE_LOOKUP(
      "the page of one PTE looked up for that question (vm_normal_page), and its PTE made writable"),
  FLUSH_GATHER("one PTE added to the range that must be flushed (tlb_flush_pte_range)"),

  TABLE_ALLOC("one page-table page allocated and cleared"),
  TABLE_FREE("one page-table page freed"),

  // Direct hardware operations on a PTE.
  LOCKED_RMW("one locked read-modify-write on a PTE in memory (xchg, lock cmpxchg, lock btr)"),
  PTE_STORE("one plain store to a PTE in memory"),

  TABLE_STORE("one plain store to an entry of an upper-level table"),

  // Xen PV, guest side.
  SYSCALL_BOUNCE("one system call's way in through Xen and its way out by the iret hypercall"),
  MC_ENTRY("one new entry queued in the guest's multicall buffer"),
  MC_EXTEND("one more update appended to the last queued mmu_update"),
  MC_EMPTY_FLUSH("one flush of the multicall buffer that found nothing queued"),

  // Xen PV, transitions and hypervisor side.
  PTWR_CMPXCHG(
      "one xchg or locked write on a write-protected PTE page: page fault into Xen, emulated as cmpxchg"),
  PTWR_WRITE(
      "one plain store to a write-protected PTE page: page fault into Xen, emulated as write"),
  HYPERCALL_MMU_UPDATE("one direct mmu_update hypercall, whatever number of updates it carries"),
  HYPERCALL_MULTICALL("one multicall hypercall, whatever number of entries it carries"),
  HYPERCALL_UPDATE_VA_MAPPING("one direct update_va_mapping hypercall"),
  HYPERCALL_MMUEXT_OP("one direct mmuext_op hypercall"),
  MULTICALL_ENTRY("one entry dispatched inside a multicall"),
  MMU_UPDATE_FAST(
      "one update inside mmu_update that changes only bits Xen need not check (NX, A, D, available)"),
  MMU_UPDATE_SLOW("one update inside mmu_update that changes RW or the frame of a present PTE"),
  MMU_UPDATE_GET("one update inside mmu_update that makes a PTE present: new reference taken"),
  MMU_UPDATE_PUT(
      "one update inside mmu_update that makes a PTE not present: old reference dropped"),
  MMU_UPDATE_ABSENT("one update inside mmu_update of a PTE that is not present and stays so"),
  MMU_UPDATE_TABLE("one update inside mmu_update of an entry of an upper-level table"),
  TABLE_VALIDATE(
      "one page that becomes a page table in Xen's eyes: its entries checked (validate_page)"),
  TABLE_DEVALIDATE("one page that ceases to be a page table in Xen's eyes (devalidate_page)"),
  L1E_GET("one reference taken for the present PTE that an emulated write makes"),
  L1E_PUT("one reference dropped for the present PTE that an emulated write destroys"),
  WRITABLE_GET("the writable type of a frame taken for a PTE that comes to allow writes"),
  WRITABLE_PUT("the writable type of a frame given back by a PTE that allowed writes"),
  UPDATE_VA_MAPPING("the body of one update_va_mapping"),
  MMUEXT_OP("the body of one mmuext_op, without the flush it carries out"),

  // TLB.
  TLB_RANGE_FLUSH("one flush request carried out page by page (its INVLPGs are counted apart)"),
  INVLPG("one page flushed from this CPU's TLB"),
  TLB_FULL_FLUSH("one full flush of the non-global entries of this CPU's TLB"),
  TLB_SHOOTDOWN("one round of inter-processor interrupts to flush other CPUs' TLBs"),
  TLB_SHOOTDOWN_TARGET("one other CPU that took part in such a round"),

  // Faults that the guest handles.
  PAGE_FAULT("one page fault taken by the guest natively"),
  PAGE_FAULT_BOUNCED("one page fault taken by Xen and passed to the guest");

  private static final Operation[] VALUES = values();

  /** The number of operations. */
  public static final int COUNT = VALUES.length;

  private final String description;

  Operation(String description) {
    this.description = description;
  }

  /** Returns one sentence that says what is counted. */
  public String description() {
    return description;
  }

  /**
   * Returns the name in the database, in cost profiles and on the command line, such as {@code
   * pte_store}.
   */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the operation with the given ordinal. */
  public static Operation of(int ordinal) {
    return VALUES[ordinal];
  }
}
