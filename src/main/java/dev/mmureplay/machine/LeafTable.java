package dev.mmureplay.machine;

import dev.mmureplay.mmu.Pte;
import dev.mmureplay.mmu.PtePage;

/**
 * What the model knows about one 2 MiB chunk of an address space: its PTE page, once for every
 * backend.
 */
final class LeafTable {
  /**
   * In {@link #settled}: a read changes no PTE under any backend. Bits by access kind: 0 read, 1
   * write, 2 fetch.
   */
  private static final int READ = 1;

  private static final int WRITE = 1 << 1;
  private static final int FETCH = 1 << 2;

  /** The PTEs as they would be if every update were atomic; without bits that Xen owns. */
  final long[] reference = new long[PtePage.ENTRIES];

  /** For every PTE, which accesses change nothing: the test that lets most accesses end at once. */
  final byte[] settled = new byte[PtePage.ENTRIES];

  /** For every resident PTE, what the capture does not decide about it: {@link Unknown}. */
  private final byte[] unknown = new byte[PtePage.ENTRIES];

  /** Whether anything is known of the table since {@link #forget}. */
  private boolean informed;

  private boolean known;

  /** The PTE page of each backend. */
  final PtePage[] pages;

  /** The chunk's number: address divided by 2 MiB. */
  final long chunk;

  private int resident;

  LeafTable(long chunk, int backends) {
    this.chunk = chunk;
    this.pages = new PtePage[backends];
    for (int i = 0; i < backends; i++) {
      pages[i] = new PtePage();
    }
  }

  /** Returns how many PTEs are resident. */
  int resident() {
    return resident;
  }

  /** Returns how many PTEs in {@code [from, to)} are resident. */
  int resident(int from, int to) {
    int n = 0;
    for (int i = from; i < to; i++) {
      if (reference[i] != 0) {
        n++;
      }
    }
    return n;
  }

  long address(int index) {
    return (chunk << Machine.CHUNK_SHIFT) + ((long) index << Machine.PAGE_SHIFT);
  }

  /** Gives the reference PTE a new value. */
  void set(int index, long pte) {
    if ((reference[index] == 0) != (pte == 0)) {
      resident += pte == 0 ? -1 : 1;
      unknown[index] = 0;
    }
    reference[index] = pte;
    settled[index] = settledBy(pte, unknown[index]);
  }

  /** Returns what is not known of a resident page: {@link Unknown}. */
  int unknown(int index) {
    return unknown[index];
  }

  /** Something is not known any more. */
  void doubt(int index, int mask) {
    unknown[index] |= (byte) mask;
    settled[index] = settledBy(reference[index], unknown[index]);
  }

  /** Something is known now. */
  void learn(int index, int mask) {
    unknown[index] &= (byte) ~mask;
    settled[index] = settledBy(reference[index], unknown[index]);
    informed = true;
    known |= (mask & Unknown.RESIDENCY) != 0;
  }

  /** Nothing is known any more, neither of a page nor that there is a PTE page. */
  void forget() {
    if (informed) {
      informed = false;
      known = false;
      for (int i = 0; i < PtePage.ENTRIES; i++) {
        if (reference[i] != 0) {
          doubt(i, Unknown.ALL);
        }
      }
    }
  }

  /** Returns whether it is known that there is a PTE page. */
  boolean isKnown() {
    return known;
  }

  private static byte settledBy(long pte, int unknown) {
    boolean learned = (unknown & (Unknown.RESIDENCY | Unknown.ACCESSED)) == 0;
    if (!Pte.isPresent(pte) || !Pte.isAccessed(pte) || !learned) {
      return 0;
    }
    int bits = READ;
    if (Pte.isWritable(pte) && Pte.isDirty(pte) && unknown == 0) {
      bits |= WRITE;
    }
    if ((pte & Pte.NX) == 0) {
      bits |= FETCH;
    }
    return (byte) bits;
  }
}
