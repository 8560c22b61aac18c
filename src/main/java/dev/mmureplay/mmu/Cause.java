package dev.mmureplay.mmu;

/** What the kernel was doing when it asked for an operation. */
public enum Cause {
  /** {@code mprotect} or {@code pkey_mprotect}, with the TLB flush that belongs to the call. */
  MPROTECT,
  /** A page fault, or the access that took it. */
  FAULT,
  /** {@code mmap}, and {@code brk} that grows. */
  MMAP,
  /**
   * {@code munmap}, {@code brk} that shrinks, {@code madvise} that gives pages up, {@code mremap}.
   */
  MUNMAP,
  /** {@code fork}: copying the parent's page tables. */
  FORK,
  /** {@code execve}: the new image's own updates. */
  EXEC,
  /** Tearing an address space down. */
  EXIT,
  /** Cleaning and recording dirty pages of shared mappings. */
  CLEAN_RECORD,
  /** {@code ioctl(UFFDIO_WRITEPROTECT)}. */
  UFFD_WRITEPROTECT;

  /** Returns the name in the database and on the command line, such as {@code mprotect}. */
  public String id() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
