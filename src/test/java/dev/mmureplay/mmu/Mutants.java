package dev.mmureplay.mmu;

import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The backend of every released kernel with one rule changed, to be found out. */
public final class Mutants {
  private static final MmuBackend ORIGINAL = new MmuUpdateBatchBackend();

  private Mutants() {}

  /** Up to 32 updates fit into one hypercall. */
  public static MmuBackend batchesOf32() {
    return mutant((platform, counter) -> queueing(platform, counter, false, true));
  }

  /** A lone queued hypercall goes out as a multicall. */
  public static MmuBackend noSingletonBypass() {
    return mutant((platform, counter) -> queueing(platform, counter, true, false));
  }

  /** What is queued for one PTE page waits for the next. */
  public static MmuBackend batchesAcrossPtePages() {
    return changed(LateFlush::new);
  }

  /** More than 32 pages are flushed in full. */
  public static MmuBackend flushCeilingOf32() {
    return changed(
        mmu ->
            new Changed(mmu) {
              @Override
              public void flushTlbPages(long pages) {
                if (pages > 32) {
                  mmu.flushTlbLocal();
                } else {
                  mmu.flushTlbPages(pages);
                }
              }
            });
  }

  /** Linux does not see the global bit that Xen sets, as if it ran on the bare machine. */
  public static MmuBackend noGlobalBit() {
    return changed(
        mmu ->
            new Changed(mmu) {
              @Override
              public long ptepModifyProtStart(PtePage page, int index) {
                return XenPte.withoutXenBits(mmu.ptepModifyProtStart(page, index));
              }
            });
  }

  /** A PTE that would not change is not updated. */
  public static MmuBackend skipsWhatIsRightAlready() {
    return changed(
        mmu ->
            new Changed(mmu) {
              @Override
              public void ptepModifyProtCommit(PtePage page, int index, long oldPte, long newPte) {
                if (XenPte.withoutXenBits(oldPte) != newPte) {
                  mmu.ptepModifyProtCommit(page, index, oldPte, newPte);
                }
              }
            });
  }

  /** Only the CPU that makes the call is flushed. */
  public static MmuBackend forgetsOtherCpus() {
    return changed(
        mmu ->
            new Changed(mmu) {
              @Override
              public void flushTlbMulti(int otherCpus, long pages) {
                if (pages > 0) {
                  mmu.flushTlbPages(pages);
                } else {
                  mmu.flushTlbLocal();
                }
              }
            });
  }

  /** A PTE that becomes read-only goes in as a normal update, and clean. */
  public static MmuBackend forgetsDirtyOfReadOnlyPtes() {
    return mutant(
        (platform, counter) ->
            new XenMmu(platform, counter) {
              @Override
              public long ptepModifyProtStart(PtePage page, int index) {
                return plainRead(page, index);
              }

              @Override
              public void ptepModifyProtCommit(PtePage page, int index, long oldPte, long newPte) {
                boolean forgets = Pte.isPresent(newPte) && !Pte.isWritable(newPte);
                MulticallBuffer.Op op =
                    forgets ? MulticallBuffer.Op.NORMAL : MulticallBuffer.Op.PRESERVE_AD;
                queueExtended(op, page, index, forgets ? newPte & ~Pte.DIRTY_BITS : newPte);
              }
            });
  }

  /** Start leaves the PTE live, and commit empties it for a moment. */
  public static MmuBackend goesAbsentInTheCommit() {
    return changed(
        mmu ->
            new Changed(mmu) {
              @Override
              public void ptepModifyProtCommit(PtePage page, int index, long oldPte, long newPte) {
                long found = page.exchange(index, 0);
                page.store(index, XenPte.adjust(newPte) | (found & Pte.ACCESSED_DIRTY));
              }
            });
  }

  /** Start hides the right to write that the PTE gives, and the global bit. */
  public static MmuBackend hidesTheRightToWrite() {
    return changed(
        mmu ->
            new Changed(mmu) {
              @Override
              public long ptepModifyProtStart(PtePage page, int index) {
                return XenPte.withoutXenBits(mmu.ptepModifyProtStart(page, index)) & ~Pte.RW;
              }
            });
  }

  /** A flush of single pages leaves the last one out. */
  public static MmuBackend flushesOnePageLess() {
    return changed(
        mmu ->
            new Changed(mmu) {
              @Override
              public void flushTlbPages(long pages) {
                mmu.flushTlbPages(pages - 1);
              }
            });
  }

  /**
   * At the end of a lazy-MMU region the slot at some distance from the last PTE is written, within
   * its PTE page.
   */
  public static MmuBackend writesBeside(int distance) {
    return changed(
        mmu ->
            new Changed(mmu) {
              private @Nullable PtePage last;
              private int slot;

              @Override
              public void ptepModifyProtCommit(PtePage page, int index, long oldPte, long newPte) {
                mmu.ptepModifyProtCommit(page, index, oldPte, newPte);
                last = page;
                slot = (index + distance) & (PtePage.ENTRIES - 1);
              }

              @Override
              public void leaveLazyMmu() {
                mmu.leaveLazyMmu();
                PtePage page = last;
                if (page != null) {
                  page.entries[slot] ^= Pte.RW;
                  last = null;
                }
              }
            });
  }

  /** A backend that commits every PTE twice, under its own name. */
  public static MmuBackend commitsTwice(MmuBackend backend) {
    return mutant(
        backend.name(),
        backend.underXen(),
        (platform, counter) ->
            new Changed(backend.create(platform, counter)) {
              @Override
              public void ptepModifyProtCommit(PtePage page, int index, long oldPte, long newPte) {
                super.ptepModifyProtCommit(page, index, oldPte, newPte);
                super.ptepModifyProtCommit(page, index, oldPte, newPte);
              }
            });
  }

  /** A mutant that claims to be the backend it was made from. */
  public static MmuBackend asOriginal(MmuBackend mutant) {
    return mutant(ORIGINAL.name(), true, mutant::create);
  }

  private static Mmu queueing(
      GuestPlatform platform, OperationCounter counter, boolean offByOne, boolean bypass) {
    MulticallBuffer buffer = new MulticallBuffer(offByOne, bypass, counter);
    return new XenMmu(platform, counter, buffer) {
      @Override
      public long ptepModifyProtStart(PtePage page, int index) {
        return plainRead(page, index);
      }

      @Override
      public void ptepModifyProtCommit(PtePage page, int index, long oldPte, long newPte) {
        queueExtended(MulticallBuffer.Op.PRESERVE_AD, page, index, newPte);
      }
    };
  }

  private static MmuBackend changed(UnaryOperator<Mmu> change) {
    return mutant((platform, counter) -> change.apply(ORIGINAL.create(platform, counter)));
  }

  private static MmuBackend mutant(BiFunction<GuestPlatform, OperationCounter, Mmu> made) {
    return mutant("mutant", true, made);
  }

  private static MmuBackend mutant(
      String name, boolean underXen, BiFunction<GuestPlatform, OperationCounter, Mmu> made) {
    return new MmuBackend() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public String description() {
        return "one rule changed";
      }

      @Override
      public boolean underXen() {
        return underXen;
      }

      @Override
      public Mmu create(GuestPlatform platform, OperationCounter counter) {
        return made.apply(platform, counter);
      }
    };
  }

  /** Leaves lazy MMU mode only when something else is to happen. */
  private static final class LateFlush extends Changed {
    LateFlush(Mmu mmu) {
      super(mmu);
    }

    @Override
    public void leaveLazyMmu() {}

    @Override
    public void enterSyscall() {
      super.leaveLazyMmu();
      super.enterSyscall();
    }

    @Override
    public void flushTlbPages(long pages) {
      super.leaveLazyMmu();
      super.flushTlbPages(pages);
    }

    @Override
    public void flushTlbLocal() {
      super.leaveLazyMmu();
      super.flushTlbLocal();
    }

    @Override
    public void flushTlbMulti(int otherCpus, long pages) {
      super.leaveLazyMmu();
      super.flushTlbMulti(otherCpus, pages);
    }
  }

  /** Passes everything on. */
  private abstract static class Changed implements Mmu {
    private final Mmu mmu;

    Changed(Mmu mmu) {
      this.mmu = mmu;
    }

    @Override
    public void enterSyscall() {
      mmu.enterSyscall();
    }

    @Override
    public void pageFault() {
      mmu.pageFault();
    }

    @Override
    public void enterLazyMmu() {
      mmu.enterLazyMmu();
    }

    @Override
    public void leaveLazyMmu() {
      mmu.leaveLazyMmu();
    }

    @Override
    public long ptepModifyProtStart(PtePage page, int index) {
      return mmu.ptepModifyProtStart(page, index);
    }

    @Override
    public void ptepModifyProtCommit(PtePage page, int index, long oldPte, long newPte) {
      mmu.ptepModifyProtCommit(page, index, oldPte, newPte);
    }

    @Override
    public void setPte(PtePage page, int index, long pte) {
      mmu.setPte(page, index, pte);
    }

    @Override
    public long ptepGetAndClear(PtePage page, int index) {
      return mmu.ptepGetAndClear(page, index);
    }

    @Override
    public long ptepGetAndClearFull(PtePage page, int index) {
      return mmu.ptepGetAndClearFull(page, index);
    }

    @Override
    public void ptepSetWrprotect(PtePage page, int index) {
      mmu.ptepSetWrprotect(page, index);
    }

    @Override
    public void flushTlbPages(long pages) {
      mmu.flushTlbPages(pages);
    }

    @Override
    public void flushTlbLocal() {
      mmu.flushTlbLocal();
    }

    @Override
    public void flushTlbMulti(int otherCpus, long pages) {
      mmu.flushTlbMulti(otherCpus, pages);
    }
  }
}
