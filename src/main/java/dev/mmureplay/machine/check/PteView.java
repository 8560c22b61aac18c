package dev.mmureplay.machine.check;

import dev.mmureplay.machine.AccessKind;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.MmuBackend;
import dev.mmureplay.mmu.Pte;
import dev.mmureplay.mmu.XenPte;
import java.util.ArrayList;
import java.util.List;

/** How PTEs are made, compared and written down under one backend. */
final class PteView {
  /** The bits in which A and dirtiness may stand. */
  private static final long ACCESSED_DIRTY_BITS = Pte.ACCESSED | Pte.DIRTY_BITS;

  private final boolean underXen;
  private final GuestKernel kernel;

  PteView(MmuBackend backend, GuestKernel kernel) {
    this.underXen = backend.underXen();
    this.kernel = kernel;
  }

  /** Returns the PTE as it stands in memory when the guest has it so. */
  long inMemory(long pte) {
    return underXen ? XenPte.adjust(pte) : pte;
  }

  /** Returns the PTE with new permissions (pte_modify). */
  long modify(long pte, long flags) {
    return kernel.modify(pte, flags);
  }

  /** Returns the PTE as clean (pte_mkclean). */
  static long clean(long pte) {
    return pte & ~Pte.DIRTY_BITS;
  }

  /** Returns the PTE without what Xen owns, and without A and dirtiness. */
  long rights(long pte) {
    return (underXen ? XenPte.withoutXenBits(pte) : pte) & ~ACCESSED_DIRTY_BITS;
  }

  /** Returns A and dirtiness alone, as {@link Pte#ACCESSED} and {@link Pte#DIRTY}. */
  static long accessedDirty(long pte) {
    return (Pte.isAccessed(pte) ? Pte.ACCESSED : 0) | (Pte.isDirty(pte) ? Pte.DIRTY : 0);
  }

  /** Returns which invariant two PTEs break that should have the same rights. */
  static Invariant difference(long expected, long found) {
    long differing = expected ^ found;
    if ((differing & Pte.FRAME) != 0) {
      return Invariant.I3;
    }
    if ((differing & (Pte.PRESENT | Pte.RW | Pte.USER | Pte.NX)) != 0) {
      return Invariant.I5;
    }
    return (differing & Pte.KEPT_BY_MODIFY) != 0 ? Invariant.I4 : Invariant.I14;
  }

  /** Returns a PTE in words, such as {@code "P RW US A NX frame 7"}. */
  static String text(long pte) {
    if (pte == 0) {
      return "empty";
    }
    List<String> words = new ArrayList<>();
    add(words, pte, Pte.PRESENT, "P");
    add(words, pte, Pte.RW, "RW");
    add(words, pte, Pte.USER, "US");
    add(words, pte, Pte.ACCESSED, "A");
    add(words, pte, Pte.DIRTY, "D");
    add(words, pte, 1L << 7, Pte.isPresent(pte) ? "PSE" : "NONE");
    add(words, pte, Pte.GLOBAL, Pte.isPresent(pte) ? "G" : "NONE");
    add(words, pte, Pte.SPECIAL, "SPECIAL");
    add(words, pte, Pte.SAVED_DIRTY, "SAVED_DIRTY");
    add(words, pte, Pte.NX, "NX");
    long named =
        Pte.PRESENT
            | Pte.RW
            | Pte.USER
            | Pte.ACCESSED_DIRTY
            | (1L << 7)
            | Pte.GLOBAL
            | Pte.SPECIAL
            | Pte.SAVED_DIRTY
            | Pte.NX
            | Pte.FRAME;
    if ((pte & ~named) != 0) {
      words.add(String.format("+%x", pte & ~named));
    }
    words.add("frame " + Pte.frame(pte));
    return String.join(" ", words);
  }

  private static void add(List<String> words, long pte, long bit, String word) {
    if ((pte & bit) != 0) {
      words.add(word);
    }
  }

  /** Returns A and D bits in words. */
  static String bits(long bits) {
    return bits == 0
        ? "none"
        : bits == Pte.ACCESSED_DIRTY ? "A and D" : bits == Pte.ACCESSED ? "A" : "D";
  }

  /** The kinds of access; an array that nobody copies. */
  static final List<AccessKind> KINDS = List.of(AccessKind.values());
}
