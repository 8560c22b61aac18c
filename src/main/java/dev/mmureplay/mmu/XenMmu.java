package dev.mmureplay.mmu;

import static dev.mmureplay.mmu.Operation.HYPERCALL_MMUEXT_OP;
import static dev.mmureplay.mmu.Operation.HYPERCALL_MMU_UPDATE;
import static dev.mmureplay.mmu.Operation.HYPERCALL_MULTICALL;
import static dev.mmureplay.mmu.Operation.HYPERCALL_UPDATE_VA_MAPPING;
import static dev.mmureplay.mmu.Operation.INVLPG;
import static dev.mmureplay.mmu.Operation.LOCKED_RMW;
import static dev.mmureplay.mmu.Operation.MC_ENTRY;
import static dev.mmureplay.mmu.Operation.MC_EXTEND;
import static dev.mmureplay.mmu.Operation.MMUEXT_OP;
import static dev.mmureplay.mmu.Operation.MMU_UPDATE_TABLE;
import static dev.mmureplay.mmu.Operation.MULTICALL_ENTRY;
import static dev.mmureplay.mmu.Operation.PAGE_FAULT_BOUNCED;
import static dev.mmureplay.mmu.Operation.PTE_READ;
import static dev.mmureplay.mmu.Operation.PTE_STORE;
import static dev.mmureplay.mmu.Operation.PTWR_CMPXCHG;
import static dev.mmureplay.mmu.Operation.PTWR_WRITE;
import static dev.mmureplay.mmu.Operation.SYSCALL_BOUNCE;
import static dev.mmureplay.mmu.Operation.TABLE_DEVALIDATE;
import static dev.mmureplay.mmu.Operation.TABLE_VALIDATE;
import static dev.mmureplay.mmu.Operation.TLB_FULL_FLUSH;
import static dev.mmureplay.mmu.Operation.TLB_RANGE_FLUSH;
import static dev.mmureplay.mmu.Operation.TLB_SHOOTDOWN;
import static dev.mmureplay.mmu.Operation.TLB_SHOOTDOWN_TARGET;
import static dev.mmureplay.mmu.Operation.UPDATE_VA_MAPPING;

/**
 * What every backend of a 64-bit Xen PV guest has in common: PTE pages are write-protected, so that
 * direct writes trap; set_pte_at is a hypercall or queued; flushes are mmuext_op hypercalls
 * (arch/x86/xen/mmu_pv.c). What differs is how a protection change starts and commits.
 */
abstract class XenMmu implements Mmu {
  private final OperationCounter counter;
  private final GuestKernel kernel;
  private final MulticallBuffer buffer;
  private boolean lazy;

  XenMmu(GuestPlatform platform, OperationCounter counter) {
    this(platform, counter, new MulticallBuffer(platform.kernel(), counter));
  }

  XenMmu(GuestPlatform platform, OperationCounter counter, MulticallBuffer buffer) {
    this.counter = counter;
    this.kernel = platform.kernel();
    this.buffer = buffer;
  }

  @Override
  public final void enterSyscall() {
    counter.count(SYSCALL_BOUNCE);
  }

  @Override
  public final void pageFault() {
    counter.count(PAGE_FAULT_BOUNCED);
  }

  @Override
  public final void enterLazyMmu() {
    lazy = true;
  }

  @Override
  public final void leaveLazyMmu() {
    lazy = false;
    buffer.flush();
  }

  @Override
  public final void setPte(PtePage page, int index, long pte) {
    if (!kernel.setPteByMmuUpdate()) {
      if (!page.pinned) {
        counter.count(PTE_STORE);
        page.store(index, XenPte.adjust(pte));
      } else {
        issue(MulticallBuffer.Op.UPDATE_VA_MAPPING, page, index, pte);
      }
    } else if (lazy) {
      buffer.extend(MulticallBuffer.Op.NORMAL, page, index, pte);
    } else {
      issue(MulticallBuffer.Op.NORMAL, page, index, pte);
    }
  }

  /**
   * Queues one update in an entry of its own; outside lazy mode it is issued at once, as the direct
   * hypercall it is.
   */
  private void issue(MulticallBuffer.Op op, PtePage page, int index, long pte) {
    if (lazy) {
      buffer.entry(op, page, index, pte);
      return;
    }
    long old = page.read(index);
    long adjusted = XenPte.adjust(pte);
    if (op == MulticallBuffer.Op.UPDATE_VA_MAPPING) {
      counter.count(HYPERCALL_UPDATE_VA_MAPPING);
      counter.count(UPDATE_VA_MAPPING);
    } else {
      counter.count(HYPERCALL_MMU_UPDATE);
      XenPte.countUpdate(counter, old, adjusted);
    }
    page.store(index, adjusted);
  }

  @Override
  public final long ptepGetAndClear(PtePage page, int index) {
    return trappedExchange(page, index);
  }

  @Override
  public final long ptepGetAndClearFull(PtePage page, int index) {
    counter.count(PTE_READ);
    counter.count(PTE_STORE);
    long old = page.read(index);
    page.store(index, 0);
    return old;
  }

  @Override
  public final void ptepSetWrprotect(PtePage page, int index) {
    if (page.pinned) {
      counter.count(PTWR_CMPXCHG);
      long old = page.entries[index];
      XenPte.countEmulated(counter, old, old & ~Pte.RW);
    } else {
      counter.count(LOCKED_RMW);
    }
    page.writeProtect(index, kernel);
  }

  @Override
  public final void allocTable(TableLevel level) {
    changeRights(level);
    counter.count(TABLE_VALIDATE);
    // The frame was writable until now: Xen flushes before it takes it for a page table.
    counter.count(TLB_FULL_FLUSH);
    setEntryAbove(level);
  }

  @Override
  public final void releaseTable(TableLevel level) {
    setEntryAbove(level);
    counter.count(TABLE_DEVALIDATE);
    changeRights(level);
  }

  /**
   * The kernel's own mapping of a page-table page becomes read-only, or writable again; a PTE page
   * is pinned or unpinned by itself, because it has a lock of its own (xen_alloc_ptpage,
   * xen_release_ptpage).
   */
  private void changeRights(TableLevel level) {
    boolean pins = level == TableLevel.PTE;
    counter.count(UPDATE_VA_MAPPING);
    counter.count(MMUEXT_OP, pins ? 1 : 0);
    if (!kernel.pinsTablesByMulticall()) {
      counter.count(HYPERCALL_UPDATE_VA_MAPPING);
      counter.count(HYPERCALL_MMUEXT_OP, pins ? 1 : 0);
      return;
    }
    counter.count(MC_ENTRY, pins ? 2 : 1);
    if (pins) {
      counter.count(HYPERCALL_MULTICALL);
      counter.count(MULTICALL_ENTRY, 2);
    } else {
      counter.count(HYPERCALL_UPDATE_VA_MAPPING);
    }
  }

  /**
   * The entry of a page-table page in the table above; a PUD page has two, in the kernel's and in
   * the program's top-level table (xen_set_p4d). After each mmu_update of such entries Xen flushes,
   * because it reaches page tables through themselves.
   */
  private void setEntryAbove(TableLevel level) {
    int updates = level == TableLevel.PUD ? 2 : 1;
    int entries = growsArrays() ? 1 : updates;
    counter.count(MC_ENTRY, entries);
    counter.count(MC_EXTEND, updates - entries);
    if (entries == 1 && kernel.singletonBypass()) {
      counter.count(HYPERCALL_MMU_UPDATE);
    } else {
      counter.count(HYPERCALL_MULTICALL);
      counter.count(MULTICALL_ENTRY, entries);
    }
    counter.count(MMU_UPDATE_TABLE, updates);
    counter.count(TLB_FULL_FLUSH, entries);
  }

  /** Returns whether an update that follows another one is appended to its mmu_update. */
  boolean growsArrays() {
    return true;
  }

  @Override
  public final void flushTlbPages(long pages) {
    counter.count(TLB_RANGE_FLUSH);
    mmuextOp(pages);
    counter.count(INVLPG, pages);
  }

  @Override
  public final void flushTlbLocal() {
    mmuextOp(1);
    counter.count(TLB_FULL_FLUSH);
  }

  @Override
  public final void flushTlbMulti(int otherCpus, long pages) {
    if (kernel.gatheredFlush()) {
      // One INVLPG_MULTI for a single page, else one TLB_FLUSH_MULTI; the mask includes this CPU.
      mmuextOp(1);
      if (pages == 1) {
        counter.count(TLB_RANGE_FLUSH);
        counter.count(INVLPG);
      } else {
        counter.count(TLB_FULL_FLUSH);
      }
    } else {
      mmuextOp(2);
      counter.count(TLB_FULL_FLUSH);
    }
    counter.count(TLB_SHOOTDOWN);
    counter.count(TLB_SHOOTDOWN_TARGET, otherCpus);
  }

  /** Each mmuext_op is queued and issued by itself, outside lazy mode. */
  private void mmuextOp(long n) {
    counter.count(MC_ENTRY, n);
    if (kernel.singletonBypass()) {
      counter.count(HYPERCALL_MMUEXT_OP, n);
    } else {
      counter.count(HYPERCALL_MULTICALL, n);
      counter.count(MULTICALL_ENTRY, n);
    }
    counter.count(MMUEXT_OP, n);
  }

  /** Reads the PTE and leaves it live: Xen's own start. */
  final long plainRead(PtePage page, int index) {
    counter.count(PTE_READ);
    return page.read(index);
  }

  /**
   * The generic start: xchg with 0, which traps on a pinned page. Xen's emulator reads the PTE and
   * then compares and exchanges it; if hardware set a bit in between, the instruction traps once
   * more (ptwr_emulated_cmpxchg of arch/x86/pv/ro-page-fault.c).
   */
  final long trappedExchange(PtePage page, int index) {
    if (!page.pinned) {
      counter.count(LOCKED_RMW);
      return page.exchange(index, 0);
    }
    while (true) {
      counter.count(PTWR_CMPXCHG);
      long old = page.read(index);
      if (page.compareExchange(index, old, 0) == old) {
        XenPte.countEmulated(counter, old, 0);
        return old;
      }
    }
  }

  /** A plain store, which traps on a pinned page. */
  final void trappedStore(PtePage page, int index, long pte) {
    long adjusted = XenPte.adjust(pte);
    if (page.pinned) {
      counter.count(PTWR_WRITE);
      XenPte.countEmulated(counter, page.entries[index], adjusted);
    } else {
      counter.count(PTE_STORE);
    }
    page.store(index, adjusted);
  }

  /** Queues a PRESERVE_AD update in an entry of its own. */
  final void queueEntry(PtePage page, int index, long pte) {
    buffer.entry(MulticallBuffer.Op.PRESERVE_AD, page, index, pte);
    flushOutsideLazyMode();
  }

  /** Queues an update, growing the last entry where that is possible. */
  final void queueExtended(MulticallBuffer.Op op, PtePage page, int index, long pte) {
    buffer.extend(op, page, index, pte);
    flushOutsideLazyMode();
  }

  /** Queues a PRESERVE_AD update and issues it at once, lazy mode or not. */
  final void queueAndIssue(PtePage page, int index, long pte) {
    buffer.entry(MulticallBuffer.Op.PRESERVE_AD, page, index, pte);
    buffer.flush();
  }

  private void flushOutsideLazyMode() {
    if (!lazy) {
      buffer.flush();
    }
  }
}
