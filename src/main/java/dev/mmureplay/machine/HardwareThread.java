package dev.mmureplay.machine;

import dev.mmureplay.mmu.Pte;
import dev.mmureplay.mmu.PtePage;
import java.util.IdentityHashMap;

/**
 * One CPU's own part in paging: its TLB, and the page walks that set A and D in memory.
 *
 * <p>A TLB entry holds the right to write, the right to execute and the dirty flag as they were
 * when it was made. With D cached a write touches no PTE; without, the CPU goes back to the PTE,
 * checks it as it is in memory at that instant, and sets D there with a locked update. No entry is
 * made from a PTE with P = 0, and A is in memory before an entry is made. A fault drops the entry
 * of its page. Source: Intel SDM vol. 3A, 4.8, 4.10.2.2, 4.10.4; AMD64 APM vol. 2, 5.4.2.
 */
public final class HardwareThread {
  /** How an access ended. */
  public enum Outcome {
    /** The TLB allowed it, and memory still did. */
    HIT,
    /** The TLB allowed it, although the PTE in memory no longer does: legal until the flush. */
    STALE_USE,
    /** A page walk allowed it, and set A and D where they were missing. */
    WALK,
    /** The PTE was not present. */
    FAULT_NOT_PRESENT,
    /** The PTE was present and does not permit the access. */
    FAULT_PROTECTION;

    /** Returns whether the access was carried out. */
    public boolean done() {
      return this != FAULT_NOT_PRESENT && this != FAULT_PROTECTION;
    }
  }

  private static final int CACHED = 1;
  private static final int WRITE = 1 << 1;
  private static final int DIRTY = 1 << 2;
  private static final int EXECUTE = 1 << 3;

  private final boolean lateDirtyOnReadOnly;
  private final IdentityHashMap<PtePage, byte[]> tlb = new IdentityHashMap<>(4);
  private long bitsSet;

  /**
   * Makes a CPU with an empty TLB.
   *
   * @param lateDirtyOnReadOnly whether a write through a cached writable, clean entry still goes
   *     through, and sets D, where the PTE has become read-only meanwhile: older CPUs may, CPUs
   *     with shadow stacks promise not to
   */
  public HardwareThread(boolean lateDirtyOnReadOnly) {
    this.lateDirtyOnReadOnly = lateDirtyOnReadOnly;
  }

  /** Touches a page; a locked update of its PTE if A or D must be set. */
  public Outcome access(PtePage page, int index, AccessKind kind) {
    bitsSet = 0;
    long pte = page.entries[index];
    int cached = cached(page, index);
    if (cachedPermits(cached, kind)) {
      return FaultHandler.permits(pte, kind) ? Outcome.HIT : Outcome.STALE_USE;
    }
    if (!Pte.isPresent(pte)) {
      invalidate(page, index);
      return Outcome.FAULT_NOT_PRESENT;
    }
    boolean late =
        lateDirtyOnReadOnly
            && kind == AccessKind.WRITE
            && (cached & (CACHED | WRITE)) == (CACHED | WRITE);
    if (!FaultHandler.permits(pte, kind) && !late) {
      invalidate(page, index);
      return Outcome.FAULT_PROTECTION;
    }
    long bits = kind == AccessKind.WRITE ? Pte.ACCESSED_DIRTY : Pte.ACCESSED;
    bitsSet = bits & ~pte;
    page.entries[index] = pte | bits;
    cache(page, index, page.entries[index]);
    return late && !Pte.isWritable(pte) ? Outcome.STALE_USE : Outcome.WALK;
  }

  /** Returns the A and D bits that the last access set in memory. */
  public long bitsSet() {
    return bitsSet;
  }

  /** Fills the TLB with a PTE as it is in memory, if hardware would cache it: P and A are set. */
  public void prefill(PtePage page, int index) {
    long pte = page.entries[index];
    if (Pte.isPresent(pte) && Pte.isAccessed(pte)) {
      cache(page, index, pte);
    }
  }

  /** Drops one translation (INVLPG). */
  public void invalidate(PtePage page, int index) {
    byte[] entries = tlb.get(page);
    if (entries != null) {
      entries[index] = 0;
    }
  }

  /** Drops all translations (a CR3 write). */
  public void flush() {
    tlb.clear();
  }

  /** Returns whether the TLB lets an access through now without a look at memory. */
  public boolean holds(PtePage page, int index, AccessKind kind) {
    return cachedPermits(cached(page, index), kind);
  }

  /** Returns whether the TLB lets an access through that the PTE in memory does not permit. */
  public boolean holdsStale(PtePage page, int index, AccessKind kind) {
    return holds(page, index, kind) && !FaultHandler.permits(page.entries[index], kind);
  }

  /** Returns whether a page walk lets an access through that finds this PTE. */
  public static boolean permits(long pte, AccessKind kind) {
    return FaultHandler.permits(pte, kind);
  }

  private static boolean cachedPermits(int cached, AccessKind kind) {
    int needed =
        switch (kind) {
          case READ -> CACHED;
          case WRITE -> CACHED | WRITE | DIRTY;
          case FETCH -> CACHED | EXECUTE;
        };
    return (cached & needed) == needed;
  }

  private int cached(PtePage page, int index) {
    byte[] entries = tlb.get(page);
    return entries == null ? 0 : entries[index];
  }

  private void cache(PtePage page, int index, long pte) {
    int entry = CACHED;
    if (Pte.isWritable(pte)) {
      entry |= WRITE;
    }
    if (Pte.isDirty(pte)) {
      entry |= DIRTY;
    }
    if ((pte & Pte.NX) == 0) {
      entry |= EXECUTE;
    }
    tlb.computeIfAbsent(page, key -> new byte[PtePage.ENTRIES])[index] = (byte) entry;
  }
}
