package dev.mmureplay.machine;

import dev.mmureplay.mmu.Cause;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.MmuBackend;
import dev.mmureplay.mmu.Operation;
import dev.mmureplay.mmu.OperationCounter;
import dev.mmureplay.mmu.Pte;
import dev.mmureplay.mmu.PtePage;
import dev.mmureplay.mmu.TableLevel;
import dev.mmureplay.mmu.XenPte;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of the simulated guest kernel share: the kernel's rules, the backends, the frames,
 * small helpers.
 */
final class Guest {
  private static final TableLevel[] TOP_DOWN = {TableLevel.PUD, TableLevel.PMD, TableLevel.PTE};

  final GuestPlatform platform;
  final GuestKernel kernel;
  final BackendState[] backends;
  final FrameTable frames = new FrameTable();
  final VmaMerger merger;
  final Assumptions assumptions = new Assumptions();
  final Doubts doubts = new Doubts();
  private final MachineObserver observer;

  /** How many pages faults have made resident; not their neighbours. */
  long populated;

  /** Looks at mprotect, where somebody wants to. */
  @Nullable ProtectionObserver protectionObserver;

  final Cpus cpus = new Cpus();

  Guest(
      GuestPlatform platform,
      List<MmuBackend> backends,
      MachineObserver observer,
      Supplier<OperationCounter> counters) {
    this.platform = platform;
    this.kernel = platform.kernel();
    this.observer = observer;
    this.backends = new BackendState[backends.size()];
    for (int i = 0; i < this.backends.length; i++) {
      this.backends[i] = new BackendState(backends.get(i), platform, i, counters.get());
    }
    this.merger = new VmaMerger(kernel, this.backends);
  }

  /**
   * Does something with every backend that still takes part; one that throws is out from then on.
   */
  void each(Consumer<BackendState> action) {
    for (BackendState backend : backends) {
      if (backend.failure() == null) {
        try {
          action.accept(backend);
        } catch (RuntimeException e) {
          // A plug-in's defect costs its own row, not the run; the failure is part of the result.
          backend.fail(e);
        }
      }
    }
  }

  /** Counts what follows under a cause. */
  void cause(Cause cause) {
    for (BackendState backend : backends) {
      backend.counter().cause(cause);
    }
  }

  /** Counts guest work that is the same under every backend. */
  void count(Operation operation, long n) {
    BackendState.count(backends, operation, n);
  }

  /** A system call begins. */
  void enterSyscall(Cause cause) {
    cause(cause);
    count(Operation.SYSCALL, 1);
    each(backend -> backend.mmu.enterSyscall());
  }

  /**
   * Returns the PTE page of an address in an address space that runs; page-table pages that it
   * lacks are allocated (pud_alloc, pmd_alloc and pte_alloc of include/linux/mm.h).
   */
  LeafTable table(AddressSpace space, long address) {
    long chunk = address >>> Machine.CHUNK_SHIFT;
    LeafTable there = space.tables.get(chunk);
    if (there != null) {
      return there;
    }
    return make(space, chunk, level -> each(backend -> backend.mmu.allocTable(level)));
  }

  /**
   * Returns the PTE page of a chunk of an address space that is being built: its tables are
   * ordinary memory, which even a Xen guest writes directly.
   */
  LeafTable unpinnedTable(AddressSpace space, long chunk) {
    return make(space, chunk, level -> count(Operation.TABLE_STORE, 1));
  }

  private LeafTable make(AddressSpace space, long chunk, Consumer<TableLevel> enter) {
    for (TableLevel level : TOP_DOWN) {
      if (!space.tables.has(level, chunk)) {
        count(Operation.TABLE_ALLOC, 1);
        enter.accept(level);
      }
    }
    return space.tables.getOrCreate(chunk);
  }

  /** A page-table page of an address space that runs is freed (free_pgd_range of mm/memory.c). */
  void freeTable(TableLevel level) {
    each(backend -> backend.mmu.releaseTable(level));
    count(Operation.TABLE_FREE, 1);
  }

  /** Gives a PTE a new value under every backend (set_pte_at). */
  void setPte(LeafTable leaf, int index, long pte) {
    each(backend -> backend.mmu.setPte(leaf.pages[backend.index], index, pte));
    leaf.replace(index, pte);
  }

  /**
   * Gives a PTE a value that nobody wrote as far as counts go: state from before the trace, or
   * assumed.
   */
  void place(LeafTable leaf, int index, long pte) {
    each(
        backend ->
            leaf.pages[backend.index].entries[index] =
                backend.backend().underXen() ? XenPte.adjust(pte) : pte);
    leaf.replace(index, pte);
    leaf.doubt(index, Unknown.ALL);
  }

  /**
   * Compares what a backend's PTE held when it died with the reference (I1, I2, I14), and a page
   * that was written with its dirtiness (I9). What was reported of the PTE before is not again.
   */
  void check(BackendState backend, AddressSpace space, LeafTable leaf, int index, long pte) {
    long expected = leaf.reference[index];
    long found = comparable(backend, leaf, index, pte, expected);
    if (found != expected && leaf.report(index, backend.index)) {
      breach(backend, adOr("I14", expected, found), space, leaf.address(index), expected, found);
    }
    if (leaf.written(index) && !Pte.isDirty(found)) {
      breach(
          backend,
          "I9",
          space,
          leaf.address(index),
          String.format("expected a page that was written to be dirty but found %016x", found));
    }
  }

  /**
   * Compares a PTE that mprotect updated with what an atomic update makes of it, when the lazy-MMU
   * region has ended and the lock is about to be dropped.
   */
  void checkUpdate(
      BackendState backend, AddressSpace space, LeafTable leaf, int index, long old, long changed) {
    long entry = leaf.pages[backend.index].entries[index];
    long found = comparable(backend, leaf, index, entry, changed);
    if (found != changed && leaf.report(index, backend.index)) {
      long kept = Pte.KEPT_BY_MODIFY & ~(Pte.FRAME | Pte.ACCESSED | Pte.DIRTY_BITS);
      long wrong = found ^ changed;
      String otherwise =
          (wrong & Pte.FRAME) != 0 ? "I3" : (wrong & kept) != 0 ? "I4" : found == old ? "I7" : "I5";
      breach(backend, adOr(otherwise, changed, found), space, leaf.address(index), changed, found);
    }
  }

  /**
   * Returns a PTE as it compares with the reference. Of one that stayed dirty under this backend
   * when it was to be cleaned, dirtiness says nothing, nor does the right to write that an mprotect
   * gives to dirty pages only.
   */
  private static long comparable(
      BackendState backend, LeafTable leaf, int index, long pte, long expected) {
    long found = backend.comparable(pte);
    long open = leaf.keepsDirty(index, backend.index) ? Pte.DIRTY_BITS | Pte.RW : 0;
    return (found & ~open) | (expected & open);
  }

  /** A backend did something with pages that breaks no invariant and is worth to be known. */
  void outcome(
      BackendState backend, Outcome outcome, AddressSpace space, long address, long pages) {
    backend.countOutcome(outcome, pages);
    observer.outcome(backend, outcome, space, address, pages);
  }

  /** Returns I1 or I2 if nothing but A and dirtiness differ. */
  private static String adOr(String otherwise, long expected, long found) {
    long state = Pte.ACCESSED | Pte.DIRTY_BITS;
    if (((expected ^ found) & ~state) != 0) {
      return otherwise;
    }
    return (expected & ~found) != 0 ? "I1" : "I2";
  }

  private void breach(
      BackendState backend,
      String invariant,
      AddressSpace space,
      long address,
      long expected,
      long found) {
    breach(
        backend,
        invariant,
        space,
        address,
        String.format("expected the PTE %016x but found %016x", expected, found));
  }

  /** A backend broke an invariant at a page. */
  void breach(
      BackendState backend, String invariant, AddressSpace space, long address, String message) {
    backend.countBreach();
    observer.breach(backend, invariant, space, address, message);
  }

  void finalPte(AddressSpace space, LeafTable leaf, int index) {
    long address = leaf.address(index);
    long reference = leaf.reference[index];
    for (BackendState backend : backends) {
      if (backend.failure() == null) {
        long pte = leaf.pages[backend.index].entries[index];
        long compared = comparable(backend, leaf, index, pte, reference);
        backend.addToDigest(space.id(), address, compared);
      }
    }
    observer.finalPte(space, address, reference, doubts.ended(space, leaf, index));
  }

  /** Collects the indexes of resident PTEs in {@code [from, to)}; returns how many. */
  static int collectResident(LeafTable leaf, int from, int to, int[] into) {
    long[] reference = leaf.reference;
    int n = 0;
    for (int i = from; i < to; i++) {
      if (reference[i] != 0) {
        into[n++] = i;
      }
    }
    return n;
  }

  /** Returns the first index of a chunk that lies in a range. */
  static int from(LeafTable leaf, long start) {
    return (int) Math.max(0, (start - leaf.address(0)) >> Machine.PAGE_SHIFT);
  }

  /** Returns the index behind the last of a chunk that lies in a range. */
  static int to(LeafTable leaf, long end) {
    return (int) Math.min(PtePage.ENTRIES, (end - leaf.address(0)) >> Machine.PAGE_SHIFT);
  }

  /**
   * Flushes a range for a cause other than mprotect: the kernel's range flush, or 2.6.27's full
   * one.
   */
  void flush(AddressSpace space, long pages) {
    long counted = kernel.gatheredFlush() ? TlbFlush.pages(pages) : -1;
    each(backend -> flush(backend, space, counted));
    if (!cpus.flushesTold) {
      cpus.flushed(space);
    }
  }

  /**
   * Flushes {@code pages} pages one by one, or everything for -1, on every CPU that may hold
   * translations. The caller says behind it that this was done, see {@link Cpus#flushed}.
   */
  void flush(BackendState backend, AddressSpace space, long pages) {
    int others = cpus.others(space);
    boolean full = others == 0 && backend.backend().underXen() && cpus.isBehind(space);
    TlbFlush.carryOut(backend.mmu, others, full ? -1 : pages);
  }

  /**
   * Returns the permission flags of new PTEs in a VMA (vm_page_prot); A is set, as in Linux's
   * PAGE_* constants.
   */
  long pageFlags(Vma vma) {
    long key = (long) vma.protectionKey << 59;
    if (!vma.isAccessible()) {
      return kernel.protNone() | Pte.ACCESSED | key;
    }
    long flags = Pte.PRESENT | Pte.USER | Pte.ACCESSED | key;
    if (!vma.has(Vma.EXEC)) {
      flags |= Pte.NX;
    }
    if (vma.has(Vma.WRITE) && vma.has(Vma.SHARED) && !wantsWriteNotify(vma)) {
      flags |= Pte.RW;
    }
    return flags;
  }

  /**
   * Returns whether the first write to each page must fault (vma_wants_writenotify): a shared file
   * mapping. Which file system it is on is not known; one with page_mkwrite or dirty accounting is
   * assumed until the trace shows a clean page that is writable.
   */
  static boolean wantsWriteNotify(Vma vma) {
    return vma.has(Vma.SHARED) && vma.file > Vma.ANONYMOUS && !vma.unnotified;
  }
}
