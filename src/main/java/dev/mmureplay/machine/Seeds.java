package dev.mmureplay.machine;

import dev.mmureplay.mmu.Pte;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;

/**
 * Puts into a machine what was there before the trace began, as far as the trace shows it later:
 * resident pages by the first PTE word seen of each, mappings by what such words permit, CPUs by
 * the first flush ({@link CpuSeeds}). Where the trace shows how a mapping came to be, nothing is
 * put into it.
 */
public final class Seeds {
  /** Sets of protections have bit n for the protection n. */
  private static final int ALL = 0xff;

  /** PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE | PROT_EXEC, then the less usual ones. */
  private static final int[] BY_LIKELIHOOD = {3, 7, 1, 5, 2, 6, 4, 0};

  /** Stands for the backing of older mappings that turn out to be shared. */
  private static final int SHARED_MEMORY = Integer.MIN_VALUE;

  private static final long TAKEN =
      Pte.PRESENT | Pte.RW | Pte.USER | Pte.ACCESSED | Pte.DIRTY_BITS | Pte.SPECIAL | Pte.NX;

  private final Guest guest;
  private final CpuSeeds cpus;

  Seeds(Guest guest) {
    this.guest = guest;
    this.cpus = new CpuSeeds(guest);
  }

  /** Returns whether the trace does not show how the mapping of a page came to be. */
  public boolean isOlder(AddressSpace space, long address) {
    Vma vma = space.vmas.containing(address);
    return vma == null || vma.has(Vma.ASSUMED);
  }

  /** Returns the PTE of a page without bits that Xen owns, 0 if it is not resident. */
  public long pte(AddressSpace space, long address) {
    LeafTable leaf = space.tables.get(address >>> Machine.CHUNK_SHIFT);
    return leaf == null ? 0 : leaf.reference[Machine.index(address)];
  }

  /**
   * Returns whether a range reaches into memory of which the trace does not show how it was mapped.
   *
   * @param mapped whether all of it is known to be mapped
   */
  public boolean reachesOlder(AddressSpace space, long start, long end, boolean mapped) {
    for (long at = start; at < end; ) {
      Vma vma = space.vmas.at(space.vmas.firstEndingBehind(at));
      if (vma == null || vma.start > at) {
        if (mapped || vma == null || vma.start >= end) {
          return mapped;
        }
      }
      if (vma.start < end && vma.has(Vma.ASSUMED)) {
        return true;
      }
      at = vma.end;
    }
    return false;
  }

  /** Gives a page the PTE that it had; whether its frame is the program's alone is left open. */
  public void unsettledPage(AddressSpace space, long address, long word) {
    page(space, address, word);
    guest.frames.unsettle(Pte.frame(pte(space, address)));
  }

  /** Gives a page the PTE that was seen of it. */
  public void page(AddressSpace space, long address, long word) {
    LeafTable leaf = space.tables.getOrCreate(address >>> Machine.CHUNK_SHIFT);
    int index = Machine.index(address);
    long flags = flagsOf(word);
    long old = leaf.reference[index];
    int frame;
    if (old != 0 && ((old ^ word) & Pte.SPECIAL) == 0) {
      frame = Pte.frame(old);
      if (frame != FrameTable.ZERO_PAGE && Pte.isPresent(word) && Pte.isWritable(word)) {
        guest.frames.makeExclusive(frame);
      }
    } else {
      if (old != 0) {
        guest.frames.release(Pte.frame(old));
      }
      frame = frameOf(word);
    }
    guest.place(leaf, index, guest.kernel.settleDirty(Pte.of(frame, flags)));
    Vma vma = space.vmas.containing(address);
    boolean copy = Pte.isDirty(word) || (Pte.isPresent(word) && Pte.isWritable(word));
    if (copy && vma != null && vma.isPrivate() && !vma.has(Vma.ASSUMED)) {
      guest.merger.prepareAnonVma(space.vmas, vma);
    }
  }

  /** Returns the flags of a PTE that was seen, as this kernel has them. */
  private long flagsOf(long word) {
    return Pte.isPresent(word)
        ? word & TAKEN
        : (word & (Pte.ACCESSED | Pte.DIRTY_BITS | Pte.SPECIAL)) | guest.kernel.protNone();
  }

  /** Gives a page of a mapping that the trace shows the PTE that the kernel set. */
  void setPte(AddressSpace space, Vma vma, long address, long word) {
    LeafTable leaf = space.tables.getOrCreate(address >>> Machine.CHUNK_SHIFT);
    int index = Machine.index(address);
    long old = leaf.reference[index];
    long flags = flagsOf(word);
    boolean opens = vma.isPrivate() && Pte.isPresent(word) && Pte.isWritable(word);
    int frame;
    if (old != 0
        && ((old ^ word) & Pte.SPECIAL) == 0
        && (!opens || guest.frames.isAnonymous(Pte.frame(old)))) {
      frame = Pte.frame(old);
    } else {
      if (old != 0) {
        guest.frames.release(Pte.frame(old));
      }
      frame = vma.has(Vma.SHARED) ? guest.frames.allocateFile() : frameOf(word);
    }
    if (opens) {
      guest.merger.prepareAnonVma(space.vmas, vma);
      guest.frames.makeExclusive(frame);
    }
    guest.place(leaf, index, guest.kernel.settleDirty(Pte.of(frame, flags)));
  }

  /**
   * A call has given a page of a shared file mapping the right to write: if it is clean, its file
   * system does not want to know of the first write.
   */
  public void learnNotify(AddressSpace space, long address, long word) {
    Vma vma = space.vmas.containing(address);
    if (vma == null) {
      return;
    }
    if (vma.has(Vma.ASSUMED) && Pte.isPresent(word)) {
      learnShared(space, vma, address & -Machine.PAGE_SIZE, word);
    } else {
      RecordedPages.learnNotify(vma, word);
    }
  }

  /**
   * No private mapping has a page that is clean and writable behind an mprotect: from there on the
   * older mapping is shared memory, up to a page that cannot be in one.
   */
  private void learnShared(AddressSpace space, Vma vma, long page, long word) {
    boolean shared = Pte.isWritable(word) && !Pte.isDirty(word);
    boolean privately = (word & Pte.SPECIAL) != 0;
    if (guest.kernel.upgradesCleanExclusivePages()
        || (vma.has(Vma.SHARED) ? !privately : !shared)) {
      return;
    }
    Vma from = guest.merger.split(space.vmas, vma, page);
    from.flags ^= Vma.SHARED;
    from.file = shared ? SHARED_MEMORY : Vma.ANONYMOUS;
  }

  /** What mappings in a range permit that the trace does not show being made is open once more. */
  public void guessAgain(AddressSpace space, long start, long end) {
    for (int i = space.vmas.firstEndingBehind(start); i < space.vmas.size(); i++) {
      Vma vma = space.vmas.get(i);
      if (vma.start >= end) {
        break;
      }
      if (vma.has(Vma.ASSUMED)) {
        vma.flags |= Vma.GUESSED;
      }
    }
  }

  /** Tells where in a range two mappings meet that the trace does not show being made. */
  public void olderBorders(AddressSpace space, long start, long end, LongConsumer told) {
    for (int i = space.vmas.firstEndingBehind(start); i < space.vmas.size() - 1; i++) {
      Vma vma = space.vmas.get(i);
      if (vma.end >= end) {
        break;
      }
      if (vma.has(Vma.ASSUMED) && space.vmas.get(i + 1).has(Vma.ASSUMED)) {
        told.accept(vma.end);
      }
    }
  }

  /**
   * There is no gap in a range that a call has walked through: mappings of which nothing is known.
   */
  public void bridge(AddressSpace space, long start, long end) {
    for (long at = start; at < end; ) {
      Vma vma = space.vmas.at(space.vmas.firstEndingBehind(at));
      long next = vma == null ? end : Math.min(end, vma.start);
      if (next > at) {
        long flags = Vma.ACCESS | Vma.ASSUMED | Vma.GUESSED;
        guest.merger.insert(
            space.vmas, new Vma(at, next, flags, Vma.ANONYMOUS, at >> Machine.PAGE_SHIFT));
      }
      at = vma == null ? end : vma.end;
    }
  }

  /** Takes pages away that are in mappings which the trace does not show being made. */
  public void dropOlder(AddressSpace space, long start, long end, LongPredicate which) {
    for (LeafTable leaf : space.tables.range(start, end)) {
      for (int i = Guest.from(leaf, start); i < Guest.to(leaf, end); i++) {
        long page = leaf.address(i);
        if (leaf.reference[i] != 0 && isOlder(space, page) && which.test(page)) {
          noPage(space, page);
        }
      }
    }
  }

  /** Takes a page away that was seen not to be there. */
  public void noPage(AddressSpace space, long address) {
    LeafTable leaf = space.tables.getOrCreate(address >>> Machine.CHUNK_SHIFT);
    int index = Machine.index(address);
    if (leaf.reference[index] != 0) {
      guest.frames.release(Pte.frame(leaf.reference[index]));
      guest.place(leaf, index, 0);
    }
  }

  private int frameOf(long word) {
    if ((word & Pte.SPECIAL) != 0) {
      return FrameTable.ZERO_PAGE;
    }
    if (Pte.isPresent(word) && Pte.isWritable(word)) {
      return guest.frames.allocateAnonymous();
    }
    return Pte.isDirty(word) ? guest.frames.allocateUnsettled() : guest.frames.allocateFile();
  }

  /** Hardware has set bits of a PTE that the trace does not show being set. */
  public void hardwareBits(AddressSpace space, long address, long bits) {
    LeafTable leaf = space.tables.getOrCreate(address >>> Machine.CHUNK_SHIFT);
    int index = Machine.index(address);
    long found = leaf.reference[index] | (bits & Pte.ACCESSED_DIRTY);
    guest.place(leaf, index, guest.kernel.settleDirty(found));
  }

  /**
   * Says whether the frame of a page belongs to its address space alone, where that was not known.
   */
  public void exclusive(AddressSpace space, long address, boolean exclusive) {
    guest.frames.settle(Pte.frame(pte(space, address)), exclusive);
  }

  /**
   * Finds out what the mappings in a range permit that the trace does not show being made, from the
   * PTEs in them and from which of these a successful mprotect to {@code protection} rewrites: one
   * that it leaves alone was permitted that already, one that it rewrites was not. Neighbours that
   * may be one mapping are taken to be one.
   *
   * @param pages the pages that it rewrites, ascending
   * @param words their PTEs before that, 0 where not seen
   * @param n how many there are
   */
  public void mappings(
      AddressSpace space, long start, long end, int protection, long[] pages, long[] words, int n) {
    long at = start;
    while (at < end) {
      long until = guessedUntil(space, at, end);
      if (until > at) {
        new Guess(space, 1 << (protection & (int) Vma.ACCESS), pages, words, n).settle(at, until);
        at = until;
      } else {
        Vma known = space.vmas.containing(at);
        at = known == null ? end : known.end;
      }
    }
  }

  /** Returns where the gaps and guesses that begin at an address end. */
  private static long guessedUntil(AddressSpace space, long start, long end) {
    long at = start;
    while (at < end) {
      Vma vma = space.vmas.at(space.vmas.firstEndingBehind(at));
      if (vma == null) {
        return end;
      }
      if (vma.start > at) {
        at = vma.start;
      } else if (vma.has(Vma.GUESSED)) {
        at = vma.end;
      } else {
        return at;
      }
    }
    return end;
  }

  /** One stretch of memory whose mappings are not known, while they are being found out. */
  private final class Guess {
    private final AddressSpace space;
    private final int wanted;
    private final long[] pages;
    private final long[] words;
    private final int n;
    private long pieceStart;
    private int candidates = ALL;

    Guess(AddressSpace space, int wanted, long[] pages, long[] words, int n) {
      this.space = space;
      this.wanted = wanted;
      this.pages = pages;
      this.words = words;
      this.n = n;
    }

    void settle(long start, long end) {
      pieceStart = start;
      int next = 0;
      while (next < n && pages[next] < start) {
        next++;
      }
      boolean evidence = false;
      for (long page = start; page < end; page = nextPage(page, end, next)) {
        boolean updated = next < n && pages[next] == page;
        long word = pte(space, page);
        if (updated) {
          word = words[next] == 0 ? word : words[next];
          next++;
        }
        if (updated || word != 0) {
          evidence = true;
          narrow(page, permittedBy(word), updated);
        }
      }
      if (evidence) {
        map(end);
      }
    }

    /** Leaps over chunks without a PTE page. */
    private long nextPage(long page, long end, int next) {
      long following = page + Machine.PAGE_SIZE;
      if (space.tables.get(following >>> Machine.CHUNK_SHIFT) != null) {
        return following;
      }
      long chunkEnd = (following & -Machine.CHUNK_SIZE) + Machine.CHUNK_SIZE;
      return Math.max(following, Math.min(next < n ? pages[next] : end, chunkEnd));
    }

    private void narrow(long page, int permitted, boolean updated) {
      int own = updated ? permitted & ~wanted : permitted & wanted;
      own = own == 0 ? permitted : own;
      if ((candidates & own) == 0) {
        map(page);
        pieceStart = page;
        candidates = own;
      } else {
        candidates &= own;
      }
    }

    /** Makes one mapping of what was found out, up to an address. */
    private void map(long end) {
      for (int i = space.vmas.firstEndingBehind(pieceStart); i < space.vmas.size(); ) {
        Vma vma = space.vmas.get(i);
        if (vma.start >= end) {
          break;
        }
        if (vma.start < pieceStart) {
          i = space.vmas.indexOf(guest.merger.split(space.vmas, vma, pieceStart));
          continue;
        }
        guest.merger.split(space.vmas, vma, end);
        space.vmas.remove(i);
      }
      long flags = likeliest() | Vma.ASSUMED;
      Vma vma = new Vma(pieceStart, end, flags, Vma.ANONYMOUS, pieceStart >> Machine.PAGE_SHIFT);
      guest.merger.insert(space.vmas, vma);
    }

    private long likeliest() {
      for (int protection : BY_LIKELIHOOD) {
        if ((candidates & (1 << protection)) != 0) {
          return protection;
        }
      }
      throw new IllegalStateException("expected a protection but none is left");
    }
  }

  /** Returns the protections under which a page can have a PTE, 0 if that is not known. */
  private static int permittedBy(long word) {
    if (word == 0) {
      return ALL;
    }
    if (!Pte.isPresent(word)) {
      return 1;
    }
    int permitted = 0;
    for (int protection = 1; protection <= Vma.ACCESS; protection++) {
      boolean executable = (protection & Vma.EXEC) != 0;
      boolean writable = (protection & Vma.WRITE) != 0;
      if (executable == ((word & Pte.NX) == 0) && (writable || !Pte.isWritable(word))) {
        permitted |= 1 << protection;
      }
    }
    return permitted;
  }

  /** Returns what does the same for CPUs. */
  public CpuSeeds cpus() {
    return cpus;
  }
}
