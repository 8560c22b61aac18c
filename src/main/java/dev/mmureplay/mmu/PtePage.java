package dev.mmureplay.mmu;

import org.jspecify.annotations.Nullable;

/**
 * One last-level page table: 512 PTEs, which map 2 MiB.
 *
 * <p>A backend reads and writes PTEs through the methods here, each of which is one memory
 * operation: atomic, and preceded by a moment in which the hardware of another CPU may set bits
 * ({@link MemoryWatch}). What a backend does with {@link #entries} instead cannot be interleaved
 * with anything.
 */
public final class PtePage {
  /** PTEs in a PTE page. */
  public static final int ENTRIES = 512;

  /** The PTEs as they are in memory, for everybody to see: kernel, hypervisor and hardware. */
  public final long[] entries = new long[ENTRIES];

  /**
   * Whether Xen holds the page as a page table, which makes it read-only to the guest. A page of an
   * address space that is being built or torn down is not pinned, and direct writes to it do not
   * trap.
   */
  public boolean pinned = true;

  private @Nullable MemoryWatch watch;

  /** Sets who is told of every memory operation on this page, or null for nobody. */
  public void watch(@Nullable MemoryWatch watch) {
    this.watch = watch;
  }

  /** Reads a PTE: one plain load. */
  public long read(int index) {
    before(index, MemoryOperation.READ, 0);
    return entries[index];
  }

  /** Writes a PTE: one plain store, whatever is there. */
  public void store(int index, long pte) {
    before(index, MemoryOperation.STORE, pte);
    entries[index] = pte;
    after(index, MemoryOperation.STORE, pte, true);
  }

  /** Writes a PTE and returns what was there (xchg). */
  public long exchange(int index, long pte) {
    before(index, MemoryOperation.EXCHANGE, pte);
    long old = entries[index];
    entries[index] = pte;
    after(index, MemoryOperation.EXCHANGE, pte, true);
    return old;
  }

  /**
   * Writes a PTE if it is still as expected (lock cmpxchg).
   *
   * @return what was there: {@code expected} if the PTE was written
   */
  public long compareExchange(int index, long expected, long pte) {
    before(index, MemoryOperation.COMPARE_EXCHANGE, pte);
    long old = entries[index];
    boolean written = old == expected;
    if (written) {
      entries[index] = pte;
    }
    after(index, MemoryOperation.COMPARE_EXCHANGE, pte, written);
    return old;
  }

  /** Takes the right to write away, keeping what hardware sets meanwhile (ptep_set_wrprotect). */
  void writeProtect(int index, GuestKernel kernel) {
    long expected = read(index);
    while (true) {
      long found = compareExchange(index, expected, kernel.writeProtect(expected));
      if (found == expected) {
        return;
      }
      expected = found;
    }
  }

  private void before(int index, MemoryOperation operation, long operand) {
    MemoryWatch told = watch;
    if (told != null) {
      told.before(this, index, operation, operand);
    }
  }

  private void after(int index, MemoryOperation operation, long operand, boolean written) {
    MemoryWatch told = watch;
    if (told != null) {
      told.after(this, index, operation, operand, written);
    }
  }
}
