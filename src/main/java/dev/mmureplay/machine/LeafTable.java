package dev.mmureplay.machine;

import dev.mmureplay.mmu.Pte;
import dev.mmureplay.mmu.PtePage;
import org.jspecify.annotations.Nullable;

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

  /** In {@link #marks}: the page was written since it was last cleaned. */
  private static final int WRITTEN = 1;

  /** In {@link #marks}: a backend lost the A bit to a race, and the finding has been made. */
  private static final int LOST_ACCESSED = 1 << 1;

  /** In {@link #marks}: a backend lost the D bit to a race, and the finding has been made. */
  private static final int LOST_DIRTY = 1 << 2;

  /** The PTEs as they would be if every update were atomic; without bits that Xen owns. */
  final long[] reference = new long[PtePage.ENTRIES];

  /** For every PTE, which accesses change nothing: the test that lets most accesses end at once. */
  final byte[] settled = new byte[PtePage.ENTRIES];

  /** For every resident PTE, what the capture does not decide about it: {@link Unknown}. */
  private final byte[] unknown = new byte[PtePage.ENTRIES];

  /** Whether anything is known of the table since {@link #forget}. */
  private boolean informed;

  private boolean known;

  private final byte[] marks = new byte[PtePage.ENTRIES];

  /**
   * For every PTE, the backends of which a breach was reported, one bit each; mostly there is none.
   */
  private long @Nullable [] reported;

  /**
   * For every PTE, the backends under which it is still dirty although the kernel cleaned it, one
   * bit each; mostly there is none.
   */
  private long @Nullable [] keptDirty;

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

  /**
   * Gives the reference PTE a new value; what is remembered of the page stays while it is mapped.
   */
  void set(int index, long pte) {
    if ((reference[index] == 0) != (pte == 0)) {
      resident += pte == 0 ? -1 : 1;
      forget(index);
      unknown[index] = 0;
    }
    reference[index] = pte;
    settled[index] = settledBy(pte, marks[index], unknown[index]);
  }

  /** Gives the reference PTE a value that is the same under every backend. */
  void replace(int index, long pte) {
    forget(index);
    set(index, pte);
  }

  private void forget(int index) {
    marks[index] = 0;
    long[] known = reported;
    if (known != null) {
      known[index] = 0;
    }
    notKept(index);
  }

  private void notKept(int index) {
    long[] kept = keptDirty;
    if (kept != null) {
      kept[index] = 0;
    }
  }

  /** Notes that a PTE is still dirty under a backend although the kernel cleaned it. */
  void keepDirty(int index, int backend) {
    long[] kept = keptDirty;
    if (kept == null) {
      kept = new long[PtePage.ENTRIES];
      keptDirty = kept;
    }
    kept[index] |= 1L << backend;
  }

  /** Returns whether a PTE is still dirty under a backend since the kernel cleaned it. */
  boolean keepsDirty(int index, int backend) {
    long[] kept = keptDirty;
    return kept != null && (kept[index] & (1L << backend)) != 0;
  }

  /** Notes that a breach of a backend at a PTE is reported; false if it was before. */
  boolean report(int index, int backend) {
    long[] known = reported;
    if (known == null) {
      known = new long[PtePage.ENTRIES];
      reported = known;
    }
    long bit = 1L << backend;
    boolean first = (known[index] & bit) == 0;
    known[index] |= bit;
    return first;
  }

  /** Returns whether a breach of any backend at a PTE is reported. */
  boolean isReported(int index) {
    long[] known = reported;
    return known != null && known[index] != 0;
  }

  /** Hardware set A, and D for a write, under every backend. */
  void touched(int index, boolean write) {
    marks[index] &= (byte) ~(write ? LOST_ACCESSED | LOST_DIRTY : LOST_ACCESSED);
    marks[index] |= (byte) (write ? WRITTEN : 0);
    if (write) {
      notKept(index);
    }
    set(index, reference[index] | (write ? Pte.ACCESSED_DIRTY : Pte.ACCESSED));
  }

  /** The kernel cleared A or D on purpose, under every backend. */
  void clean(int index, long bits) {
    int forgotten = (bits & Pte.ACCESSED) != 0 ? LOST_ACCESSED : 0;
    forgotten |= (bits & Pte.DIRTY) != 0 ? LOST_DIRTY | WRITTEN : 0;
    marks[index] &= (byte) ~forgotten;
    set(index, reference[index] & ~bits);
  }

  /** A backend lost A or D bits; the next access that would set them goes to the PTE again. */
  void lose(int index, long bits) {
    marks[index] |= (byte) ((bits & Pte.ACCESSED) != 0 ? LOST_ACCESSED : 0);
    marks[index] |= (byte) ((bits & Pte.DIRTY) != 0 ? LOST_DIRTY : 0);
    settled[index] = settledBy(reference[index], marks[index], unknown[index]);
  }

  /** Returns whether the page was written since it was last cleaned. */
  boolean written(int index) {
    return (marks[index] & WRITTEN) != 0;
  }

  /** Returns which of A and D a backend is known to have lost. */
  long lost(int index) {
    return ((marks[index] & LOST_ACCESSED) != 0 ? Pte.ACCESSED : 0)
        | ((marks[index] & LOST_DIRTY) != 0 ? Pte.DIRTY : 0);
  }

  /** The page moved here with all that is known of it. */
  void moveHere(int index, LeafTable from, int fromIndex) {
    set(index, from.reference[fromIndex]);
    marks[index] = from.marks[fromIndex];
    long[] kept = from.keptDirty;
    for (int backend = 0; kept != null && backend < pages.length; backend++) {
      if (from.keepsDirty(fromIndex, backend)) {
        keepDirty(index, backend);
      }
    }
    learn(index, Unknown.ALL & ~from.unknown[fromIndex]);
    doubt(index, from.unknown[fromIndex]);
    from.set(fromIndex, 0);
  }

  /** Returns what is not known of a resident page: {@link Unknown}. */
  int unknown(int index) {
    return unknown[index];
  }

  /** Something is not known any more. */
  void doubt(int index, int mask) {
    unknown[index] |= (byte) mask;
    settled[index] = settledBy(reference[index], marks[index], unknown[index]);
  }

  /** Something is known now. */
  void learn(int index, int mask) {
    unknown[index] &= (byte) ~mask;
    settled[index] = settledBy(reference[index], marks[index], unknown[index]);
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

  private static byte settledBy(long pte, int marks, int unknown) {
    boolean learned = (unknown & (Unknown.RESIDENCY | Unknown.ACCESSED)) == 0;
    boolean accessed = Pte.isAccessed(pte) && (marks & LOST_ACCESSED) == 0;
    if (!Pte.isPresent(pte) || !accessed || !learned) {
      return 0;
    }
    int bits = READ;
    boolean writtenAndKept = (marks & (WRITTEN | LOST_DIRTY)) == WRITTEN;
    if (Pte.isWritable(pte) && Pte.isDirty(pte) && writtenAndKept && unknown == 0) {
      bits |= WRITE;
    }
    if ((pte & Pte.NX) == 0) {
      bits |= FETCH;
    }
    return (byte) bits;
  }
}
