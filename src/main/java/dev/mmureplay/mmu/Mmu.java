package dev.mmureplay.mmu;

/**
 * What the guest kernel asks of the MMU: Linux's own names, from include/linux/pgtable.h and struct
 * pv_mmu_ops.
 *
 * <p>An implementation changes PTEs through the methods of {@link PtePage} as the real thing
 * changes memory, now or, for what it queues, when its queue is flushed, and counts every primitive
 * operation. The kernel holds the PTE page's lock around each lazy-MMU region and leaves lazy mode
 * before it drops the lock, so nothing may stay queued after {@link #leaveLazyMmu}.
 */
public interface Mmu {
  /** The kernel begins a system call. */
  void enterSyscall();

  /** The kernel is given a page fault. */
  void pageFault();

  /** Begins a lazy-MMU region, in which updates may be queued (arch_enter_lazy_mmu_mode). */
  void enterLazyMmu();

  /** Ends a lazy-MMU region: whatever is queued takes effect (arch_leave_lazy_mmu_mode). */
  void leaveLazyMmu();

  /**
   * Begins a read-modify-write of one PTE (ptep_modify_prot_start): afterwards hardware either
   * leaves the PTE alone or its A/D updates survive the commit.
   *
   * @return the PTE as the kernel reads it
   */
  long ptepModifyProtStart(PtePage page, int index);

  /**
   * Ends a read-modify-write (ptep_modify_prot_commit): {@code newPte} takes effect now or when the
   * queue is flushed.
   */
  void ptepModifyProtCommit(PtePage page, int index, long oldPte, long newPte);

  /**
   * Writes a PTE (set_pte_at); the kernel knows that hardware cannot change it meanwhile, or does
   * not care.
   */
  void setPte(PtePage page, int index, long pte);

  /** Clears a PTE and returns what it held, A/D bits included (ptep_get_and_clear). */
  long ptepGetAndClear(PtePage page, int index);

  /**
   * Clears a PTE of an address space that no CPU uses any more (ptep_get_and_clear_full); returns
   * what it held.
   */
  long ptepGetAndClearFull(PtePage page, int index);

  /** Takes the right to write from a PTE without losing A/D bits (ptep_set_wrprotect). */
  void ptepSetWrprotect(PtePage page, int index);

  /**
   * A page-table page joins the tables of a running process, outside lazy MMU mode: it becomes one
   * (alloc_pte, alloc_pmd, alloc_pud) and is entered above (set_pmd, set_pud, set_p4d). Does
   * nothing unless a backend says otherwise.
   */
  default void allocTable(TableLevel level) {}

  /**
   * A page-table page leaves the tables of a running process, outside lazy MMU mode: it is cleared
   * above and becomes an ordinary page (release_pte, release_pmd, release_pud). Does nothing unless
   * a backend says otherwise.
   */
  default void releaseTable(TableLevel level) {}

  /** Flushes the given number of pages from this CPU's TLB, one by one. */
  void flushTlbPages(long pages);

  /** Flushes this CPU's TLB. */
  void flushTlbLocal();

  /**
   * Flushes this CPU's TLB and those of other CPUs.
   *
   * @param otherCpus how many others, at least 1
   * @param pages pages to flush one by one, or -1 for a full flush
   */
  void flushTlbMulti(int otherCpus, long pages);
}
