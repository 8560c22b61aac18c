package dev.mmureplay.machine;

import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.Mmu;
import dev.mmureplay.mmu.MmuBackend;
import dev.mmureplay.mmu.Operation;
import dev.mmureplay.mmu.OperationCounter;
import dev.mmureplay.mmu.Pte;
import dev.mmureplay.mmu.XenPte;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One backend at work in a machine: its MMU, its counts, and what was found wrong with it. */
public final class BackendState {
  private final MmuBackend backend;
  private final OperationCounter counter;
  final Mmu mmu;
  final int index;
  private final boolean savesDirty;
  private @Nullable String failure;
  private long digest = 1;
  private long breaches;
  private final long[] outcomes = new long[Outcome.values().length];

  /**
   * Hull of the PTEs that need a flush in the call under way: {@code [flushStart, flushEnd)}, empty
   * if equal.
   */
  long flushStart;

  long flushEnd;

  BackendState(MmuBackend backend, GuestPlatform platform, int index, OperationCounter counter) {
    this.backend = backend;
    this.counter = counter;
    this.index = index;
    this.savesDirty = platform.kernel().savesDirty();
    this.mmu = backend.create(platform, counter);
  }

  /** Returns the backend. */
  public MmuBackend backend() {
    return backend;
  }

  /** Returns the counts so far. */
  public OperationCounter counter() {
    return counter;
  }

  /** Counts guest work that is the same under every backend that still takes part. */
  static void count(BackendState[] backends, Operation operation, long n) {
    for (BackendState backend : backends) {
      if (backend.failure == null) {
        backend.counter.count(operation, n);
      }
    }
  }

  /** Returns one sentence if the backend threw; from then on it takes no part. */
  public @Nullable String failure() {
    return failure;
  }

  /** Returns a checksum of the final PTEs reported so far. */
  public long digest() {
    return digest;
  }

  /** Returns how many breaches of invariants were found. */
  public long breaches() {
    return breaches;
  }

  /** Returns to how many pages something happened, of what did. */
  public Map<Outcome, Long> outcomes() {
    Map<Outcome, Long> counts = new EnumMap<>(Outcome.class);
    for (Outcome outcome : Outcome.values()) {
      if (outcomes[outcome.ordinal()] > 0) {
        counts.put(outcome, outcomes[outcome.ordinal()]);
      }
    }
    return counts;
  }

  void countOutcome(Outcome outcome, long pages) {
    outcomes[outcome.ordinal()] += pages;
  }

  void fail(RuntimeException e) {
    failure = backend.name() + " failed: " + e;
  }

  void countBreach() {
    breaches++;
  }

  /**
   * Returns the PTE as it compares with the reference: without the bits that Xen owns, and with its
   * dirtiness in one bit. Where Linux moves D to SAVED_DIRTY, a PRESERVE_AD update still ors the
   * live D in, so that a Xen guest's PTE may have both.
   */
  long comparable(long pte) {
    if (!backend.underXen()) {
      return pte;
    }
    long own = XenPte.withoutXenBits(pte);
    return savesDirty ? Pte.settleDirty(own) : own;
  }

  void addToDigest(int space, long address, long pte) {
    long mixed = ((address ^ ((long) space << 48)) * 0x9e37_79b9_7f4a_7c15L) ^ pte;
    digest = (digest ^ mixed ^ (mixed >>> 29)) * 0xbf58_476d_1ce4_e5b9L;
  }

  void widenFlush(long address) {
    if (flushStart == flushEnd) {
      flushStart = address;
    }
    flushEnd = address + Machine.PAGE_SIZE;
  }
}
