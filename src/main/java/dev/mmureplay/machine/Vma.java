package dev.mmureplay.machine;

/**
 * One virtual memory area: {@code [start, end)} with the same flags and backing (struct
 * vm_area_struct).
 */
public final class Vma {
  // include/linux/mm.h
  static final long READ = 0x1;
  static final long WRITE = 0x2;
  static final long EXEC = 0x4;
  static final long ACCESS = READ | WRITE | EXEC;
  static final long SHARED = 0x8;
  static final long GROWSDOWN = 0x100;
  static final long LOCKED = 0x2000;
  static final long SEQ_READ = 0x8000;
  static final long RAND_READ = 0x10000;
  static final long DONTCOPY = 0x20000;
  static final long ACCOUNT = 0x100000;
  static final long NORESERVE = 0x200000;
  static final long HUGETLB = 0x400000;
  static final long WIPEONFORK = 0x2000000;
  static final long DONTDUMP = 0x4000000;
  static final long HUGEPAGE = 0x20000000;
  static final long NOHUGEPAGE = 0x40000000;
  static final long MERGEABLE = 0x80000000L;

  /**
   * Ours, not Linux's: the trace does not show who made this mapping; it was deduced from its use.
   */
  static final long ASSUMED = 1L << 62;

  /**
   * Ours, not Linux's: what an {@link #ASSUMED} mapping permits is not known; it is taken to permit
   * everything.
   */
  static final long GUESSED = 1L << 61;

  /** The backing of private anonymous memory. */
  static final int ANONYMOUS = 0;

  long start;
  long end;
  long flags;

  /**
   * {@link #ANONYMOUS}, or the identity of a file; negative for shared anonymous memory, which
   * Linux backs by shmem.
   */
  int file;

  /**
   * Page offset of {@code start} in the file; for anonymous memory the page number it was first
   * mapped at.
   */
  long pageOffset;

  /** Protection key, 0 to 15. */
  int protectionKey;

  /**
   * Whether the trace has shown that the file system of a shared mapping does not want to know of
   * the first write to each page, as tmpfs does not.
   */
  boolean unnotified;

  /** Identity of the anon_vma, 0 while no page was ever written. */
  int anonVma;

  /** Entries in the anon_vma chain: 0, 1, or 2 for a VMA inherited by fork. */
  int anonVmaChain;

  Vma(long start, long end, long flags, int file, long pageOffset) {
    this.start = start;
    this.end = end;
    this.flags = flags;
    this.file = file;
    this.pageOffset = pageOffset;
  }

  Vma copy() {
    Vma vma = new Vma(start, end, flags, file, pageOffset);
    vma.become(this);
    return vma;
  }

  /** Takes over all that another VMA is. */
  final void become(Vma other) {
    start = other.start;
    end = other.end;
    flags = other.flags;
    file = other.file;
    pageOffset = other.pageOffset;
    protectionKey = other.protectionKey;
    unnotified = other.unnotified;
    anonVma = other.anonVma;
    anonVmaChain = other.anonVmaChain;
  }

  /** Returns the first address. */
  public long start() {
    return start;
  }

  /** Returns the address behind the last. */
  public long end() {
    return end;
  }

  /**
   * Returns the offset of the first address in the file, bytes; for private anonymous memory the
   * address that it was first mapped at (vm_pgoff).
   */
  public long offset() {
    return pageOffset << Machine.PAGE_SHIFT;
  }

  /**
   * Returns whether nothing in the trace made this mapping, so that it was deduced from its use.
   */
  public boolean isDeduced() {
    return has(ASSUMED);
  }

  /** Returns whether its memory may be in huge pages (MADV_HUGEPAGE). */
  public boolean mayHaveHugePages() {
    return has(HUGEPAGE);
  }

  /** Returns PROT_READ 1, PROT_WRITE 2, PROT_EXEC 4. */
  public int protection() {
    return (int) (flags & ACCESS);
  }

  boolean has(long flag) {
    return (flags & flag) != 0;
  }

  boolean isAccessible() {
    return has(ACCESS);
  }

  /** Returns whether writes go to private copies (is_cow_mapping). */
  boolean isPrivate() {
    return !has(SHARED);
  }

  boolean isAnonymous() {
    return file == ANONYMOUS;
  }

  long pageOffsetOf(long address) {
    return pageOffset + ((address - start) >> Machine.PAGE_SHIFT);
  }

  /** Moves the start, keeping the offset of every page. */
  void startAt(long newStart) {
    pageOffset = pageOffsetOf(newStart);
    start = newStart;
  }
}
