package dev.mmureplay.mmu;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The guest kernels: what differs between Linux releases and is no matter of the backend.
 *
 * <pre>
 *                             linux-2.6.27          linux-6.1                   linux-6.18
 * multicall argument area     used + need &gt; 512    used + need &gt;= 512         as linux-6.1
 *   full                      (32 updates)          (31 updates)
 * one queued entry            multicall of one      direct hypercall            as linux-6.1
 * set_pte_at under Xen        update_va_mapping     mmu_update                  as linux-6.1
 * new PTE page under Xen      two hypercalls        one multicall of two        as linux-6.1
 * TLB flush of mprotect       full, once per        one hull per call if a PTE  as linux-6.1
 *                             changed VMA piece     needs it, 33 pages at most
 *                                                   one by one, else full
 * upgrade to writable         shared and dirty      dirty, and shared or        exclusive, or
 *                                                   exclusive                   shared and dirty
 * dirty and read-only         D                     D                           SAVED_DIRTY (bit 58)
 * PROT_NONE marker            bit 7                 bit 8                       bit 8
 * merge of a written with a   either way            only into the written one   either way, unless
 *   never written VMA                                                           the written is a fork's
 * execve's own update         none                  the stack's PTEs            none
 * MAP_STACK                   nothing               nothing                     VM_NOHUGEPAGE
 * VM_ACCOUNT                  stays                 stays                       goes with WRITE while
 *                                                                               nothing was written
 * </pre>
 *
 * Large folios, which 6.17 and later change in one go, change no count: each PTE is still started
 * and committed once.
 *
 * <p>Sources: arch/x86/xen/multicalls.c, arch/x86/xen/mmu.c (mmu_pv.c), mm/mprotect.c, mm/vma.c,
 * arch/x86/include/asm/pgtable.h, arch/x86/mm/tlb.c of the releases.
 */
public enum GuestKernel {
  /** The release in which PRESERVE_AD first appeared, 2008. */
  LINUX_2_6_27(false, false, false, 7),
  /** The release of the recorded Xen guests. */
  LINUX_6_1(true, true, false, 8),
  /** The release of the recorded native programs. */
  LINUX_6_18(true, true, true, 8);

  private final boolean mmuUpdateQueue;
  private final boolean modernMm;
  private final boolean recentMm;
  private final int protNoneBit;

  GuestKernel(boolean mmuUpdateQueue, boolean modernMm, boolean recentMm, int protNoneBit) {
    this.mmuUpdateQueue = mmuUpdateQueue;
    this.modernMm = modernMm;
    this.recentMm = recentMm;
    this.protNoneBit = protNoneBit;
  }

  /** Returns the name in the database and on the command line, such as {@code linux-6.1}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replaceFirst("_", "-").replace("_", ".");
  }

  /**
   * Returns the kernel with the given name.
   *
   * @throws IllegalArgumentException naming the known ones, if there is none
   */
  public static GuestKernel named(String name) {
    return Arrays.stream(values())
        .filter(kernel -> kernel.id().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "expected a guest kernel ("
                        + Arrays.stream(values())
                            .map(GuestKernel::id)
                            .collect(Collectors.joining(", "))
                        + ") but found \""
                        + name
                        + "\""));
  }

  /**
   * Returns whether an argument that would fill the multicall argument area to its last byte no
   * longer fits (3.1 on).
   */
  public boolean argumentAreaOffByOne() {
    return mmuUpdateQueue;
  }

  /**
   * Returns whether a lone queued entry is issued as a direct hypercall instead of a multicall (3.1
   * on).
   */
  public boolean singletonBypass() {
    return mmuUpdateQueue;
  }

  /** Returns whether set_pte_at is an mmu_update under Xen (3.1 on), else update_va_mapping. */
  public boolean setPteByMmuUpdate() {
    return mmuUpdateQueue;
  }

  /**
   * Returns whether a new page-table page is made read-only and pinned by one multicall (3.1 on at
   * the latest), else by hypercalls of their own.
   */
  public boolean pinsTablesByMulticall() {
    return mmuUpdateQueue;
  }

  /**
   * Returns whether the kernel refuses to run under a Xen without XENFEAT_mmu_pt_update_preserve_ad
   * (5.15 on).
   */
  public boolean requiresPreserveAd() {
    return modernMm;
  }

  /**
   * Returns whether a read fault of anonymous memory maps the shared zero page; 2.6.24 to 2.6.31
   * had none.
   */
  public boolean mapsZeroPage() {
    return modernMm;
  }

  /** Returns whether one read fault of a file mapping also maps its neighbours (3.15 on). */
  public boolean faultsAround() {
    return modernMm;
  }

  /**
   * Returns whether a VMA merges only into one whose anon_vma chain is singular, which that of a
   * VMA that was never written is not (2.6.38 to 6.15).
   */
  public boolean mergesOnlySingularAnonVma() {
    return modernMm && !recentMm;
  }

  /**
   * Returns whether a new mapping that could merge with either neighbour, but not with both, takes
   * the one behind it (mmap_region of 6.1 to 6.11); before and since it takes the one in front.
   */
  public boolean mapsNewIntoNext() {
    return modernMm && !recentMm;
  }

  /**
   * Returns whether a VMA that fork has copied takes no part in a merge with one that has no
   * anon_vma (2.6.38 on).
   */
  public boolean keepsForkedAnonVmaApart() {
    return modernMm;
  }

  /**
   * Returns whether new memory behind the break merges only with the heap in front of it, not with
   * what is in front of the heap or behind the break (6.1 on).
   */
  public boolean keepsHeapApart() {
    return modernMm;
  }

  /**
   * Returns whether mprotect gathers one flush for the whole call and skips it where no PTE needs
   * it (5.19 on).
   */
  public boolean gatheredFlush() {
    return modernMm;
  }

  /**
   * Returns whether execve rewrites the PTEs of the new program's stack: where VM_SOFTDIRTY is
   * tracked (CONFIG_MEM_SOFT_DIRTY, 3.11 on), which the recorded 6.1 does and the recorded 6.18
   * does not.
   */
  public boolean rewritesNewStack() {
    return modernMm && !recentMm;
  }

  /** Returns whether mprotect may make exclusive private pages writable at once (5.19 on). */
  public boolean upgradesExclusivePages() {
    return modernMm;
  }

  /** Returns whether a clean exclusive page is made writable at once as well (6.2 on). */
  public boolean upgradesCleanExclusivePages() {
    return recentMm;
  }

  /**
   * Returns whether a PTE that is dirty and not writable says so with {@link Pte#SAVED_DIRTY},
   * because W=0, D=1 marks a shadow stack (6.6 on).
   */
  public boolean savesDirty() {
    return recentMm;
  }

  /**
   * Returns whether mprotect gives the commit charge of an anonymous VMA back that loses WRITE
   * before anything was written to it (6.7 on).
   */
  public boolean unaccountsUnwritten() {
    return recentMm;
  }

  /**
   * Returns whether MAP_STACK asks for no huge pages, which keeps a thread's stack apart from other
   * mappings (6.7 on).
   */
  public boolean keepsStacksFromHugePages() {
    return recentMm;
  }

  /**
   * Returns whether the kernel can clean and record the dirty pages of shared mappings
   * (mm/mapping_dirty_helpers.c, 5.5 on).
   */
  public boolean recordsDirtyPages() {
    return modernMm;
  }

  /** Returns whether userfaultfd can protect pages against writes (5.7 on). */
  public boolean protectsByUffd() {
    return modernMm;
  }

  /**
   * Returns whether userfaultfd can protect absent pages of anonymous memory, by an entry that says
   * so (UFFD_FEATURE_WP_UNPOPULATED, 6.4 on).
   */
  public boolean marksUnpopulated() {
    return recentMm;
  }

  /**
   * Returns whether ending userfaultfd's protection makes pages writable at once as mprotect does
   * (6.2 on).
   */
  public boolean upgradesAfterUffd() {
    return recentMm;
  }

  /** Returns the PTE without the right to write (pte_wrprotect). */
  public long writeProtect(long pte) {
    return settleDirty(pte & ~Pte.RW);
  }

  /** Returns the PTE with the right to write (pte_mkwrite). */
  public long makeWritable(long pte) {
    return settleDirty(pte | Pte.RW);
  }

  /**
   * Returns a PTE, perhaps of an older or a newer kernel, with its dirtiness in the bit where this
   * kernel keeps it.
   */
  public long settleDirty(long pte) {
    if (savesDirty()) {
      return Pte.settleDirty(pte);
    }
    return (pte & Pte.SAVED_DIRTY) == 0 ? pte : (pte & ~Pte.SAVED_DIRTY) | Pte.DIRTY;
  }

  /** Returns the PTE with new permission flags (pte_modify). */
  public long modify(long pte, long newFlags) {
    return savesDirty() ? Pte.modifySavingDirty(pte, newFlags) : Pte.modify(pte, newFlags);
  }

  /** Returns the bit that marks a non-present PTE as PROT_NONE. */
  public long protNone() {
    return 1L << protNoneBit;
  }
}
