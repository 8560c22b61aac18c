package dev.mmureplay.mmu;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The guest kernels: what differs between Linux releases and is no matter of the backend.
 *
 * <pre>
 *                                  linux-2.6.27                        linux-6.1
 * multicall argument area full      used + need &gt; 512 (32 updates)     used + need &gt;= 512 (31 updates)
 * one queued entry                  multicall of one entry              direct hypercall
 * set_pte_at under Xen              update_va_mapping                   mmu_update
 * TLB flush of mprotect             full, once per changed VMA piece    one hull per call if a PTE needs it, 33 pages
 *                                                                       at most one by one, else full
 * upgrade to writable               shared and dirty                    dirty, and shared or exclusive
 * PROT_NONE marker                  bit 7                               bit 8
 * </pre>
 *
 * Sources: arch/x86/xen/multicalls.c, arch/x86/xen/mmu.c (mmu_pv.c), mm/mprotect.c,
 * arch/x86/mm/tlb.c of the releases.
 */
public enum GuestKernel {
  /** The release in which PRESERVE_AD first appeared, 2008. */
  LINUX_2_6_27(false, false, false, 7),
  /** The release of the recorded ground truth. */
  LINUX_6_1(true, true, true, 8);

  private final boolean argumentAreaOffByOne;
  private final boolean singletonBypass;
  private final boolean modernMm;
  private final int protNoneBit;

  GuestKernel(
      boolean argumentAreaOffByOne, boolean singletonBypass, boolean modernMm, int protNoneBit) {
    this.argumentAreaOffByOne = argumentAreaOffByOne;
    this.singletonBypass = singletonBypass;
    this.modernMm = modernMm;
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
    return argumentAreaOffByOne;
  }

  /**
   * Returns whether a lone queued entry is issued as a direct hypercall instead of a multicall (3.1
   * on).
   */
  public boolean singletonBypass() {
    return singletonBypass;
  }

  /** Returns whether set_pte_at is an mmu_update under Xen (3.1 on), else update_va_mapping. */
  public boolean setPteByMmuUpdate() {
    return singletonBypass;
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
   * Returns whether a VMA with an empty anon_vma chain refuses to merge with one that has been
   * written (2.6.38 to 6.15).
   */
  public boolean mergesOnlySingularAnonVma() {
    return modernMm;
  }

  /**
   * Returns whether mprotect gathers one flush for the whole call and skips it where no PTE needs
   * it (5.19 on).
   */
  public boolean gatheredFlush() {
    return modernMm;
  }

  /** Returns whether mprotect may make exclusive private pages writable at once (5.19 on). */
  public boolean upgradesExclusivePages() {
    return modernMm;
  }

  /** Returns the bit that marks a non-present PTE as PROT_NONE. */
  public long protNone() {
    return 1L << protNoneBit;
  }
}
