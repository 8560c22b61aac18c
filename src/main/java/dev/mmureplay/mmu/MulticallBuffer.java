package dev.mmureplay.mmu;

import static dev.mmureplay.mmu.Operation.HYPERCALL_MMU_UPDATE;
import static dev.mmureplay.mmu.Operation.HYPERCALL_MULTICALL;
import static dev.mmureplay.mmu.Operation.HYPERCALL_UPDATE_VA_MAPPING;
import static dev.mmureplay.mmu.Operation.MC_EMPTY_FLUSH;
import static dev.mmureplay.mmu.Operation.MC_ENTRY;
import static dev.mmureplay.mmu.Operation.MC_EXTEND;
import static dev.mmureplay.mmu.Operation.MULTICALL_ENTRY;
import static dev.mmureplay.mmu.Operation.UPDATE_VA_MAPPING;

/**
 * The guest's per-CPU multicall buffer: 32 entries and 512 bytes of arguments
 * (arch/x86/xen/multicalls.c).
 *
 * <p>An mmu_update request takes 16 bytes. Whether a request that would fill the area to its last
 * byte still fits decides between 32 and 31 updates a batch, see {@link
 * GuestKernel#argumentAreaOffByOne}. A PTE changes in memory when the buffer is flushed, not
 * before.
 */
final class MulticallBuffer {
  private static final int MAX_ENTRIES = 32;
  private static final int ARGUMENT_BYTES = 512;
  private static final int MMU_UPDATE_BYTES = 16;

  /** What an entry calls, and for each of its updates how it treats A/D. */
  enum Op {
    /** mmu_update with MMU_PT_UPDATE_PRESERVE_AD. */
    PRESERVE_AD,
    /** mmu_update with MMU_NORMAL_PT_UPDATE. */
    NORMAL,
    /** update_va_mapping, whose arguments are all in the entry. */
    UPDATE_VA_MAPPING;

    private boolean isMmuUpdate() {
      return this != UPDATE_VA_MAPPING;
    }
  }

  private final OperationCounter counter;
  private final boolean offByOne;
  private final boolean singletonBypass;

  private int entries;
  private int argumentBytes;
  private boolean lastIsMmuUpdate;

  private int updates;
  private final Op[] ops = new Op[MAX_ENTRIES];
  private final PtePage[] pages = new PtePage[MAX_ENTRIES];
  private final int[] indexes = new int[MAX_ENTRIES];
  private final long[] values = new long[MAX_ENTRIES];

  MulticallBuffer(GuestKernel kernel, OperationCounter counter) {
    this(kernel.argumentAreaOffByOne(), kernel.singletonBypass(), counter);
  }

  /**
   * Makes a buffer with rules of its own, see the methods of {@link GuestKernel} by these names.
   */
  MulticallBuffer(boolean offByOne, boolean singletonBypass, OperationCounter counter) {
    this.counter = counter;
    this.offByOne = offByOne;
    this.singletonBypass = singletonBypass;
  }

  /** Queues an update in an entry of its own (__xen_mc_entry); a full buffer is flushed first. */
  void entry(Op op, PtePage page, int index, long pte) {
    int bytes = op.isMmuUpdate() ? MMU_UPDATE_BYTES : 0;
    if (entries == MAX_ENTRIES || (bytes > 0 && !fits(bytes))) {
      flush();
    }
    counter.count(MC_ENTRY);
    entries++;
    lastIsMmuUpdate = op.isMmuUpdate();
    queue(op, page, index, pte, bytes);
  }

  /**
   * Appends an update to the last entry if that is an mmu_update with room, else queues an entry
   * (xen_mc_extend_args).
   */
  void extend(Op op, PtePage page, int index, long pte) {
    if (entries == 0 || !lastIsMmuUpdate || !fits(MMU_UPDATE_BYTES)) {
      entry(op, page, index, pte);
      return;
    }
    counter.count(MC_EXTEND);
    queue(op, page, index, pte, MMU_UPDATE_BYTES);
  }

  private boolean fits(int bytes) {
    int end = argumentBytes + bytes;
    return offByOne ? end < ARGUMENT_BYTES : end <= ARGUMENT_BYTES;
  }

  private void queue(Op op, PtePage page, int index, long pte, int bytes) {
    ops[updates] = op;
    pages[updates] = page;
    indexes[updates] = index;
    values[updates] = pte;
    updates++;
    argumentBytes += bytes;
  }

  /** Issues everything queued (xen_mc_flush); an empty buffer makes no hypercall. */
  void flush() {
    if (entries == 0) {
      counter.count(MC_EMPTY_FLUSH);
      return;
    }
    if (entries == 1 && singletonBypass) {
      counter.count(lastIsMmuUpdate ? HYPERCALL_MMU_UPDATE : HYPERCALL_UPDATE_VA_MAPPING);
    } else {
      counter.count(HYPERCALL_MULTICALL);
      counter.count(MULTICALL_ENTRY, entries);
    }
    for (int i = 0; i < updates; i++) {
      carryOut(ops[i], pages[i], indexes[i], values[i]);
    }
    entries = 0;
    updates = 0;
    argumentBytes = 0;
  }

  /** mod_l1_entry and update_intpte of Xen's arch/x86/mm.c: only PRESERVE_AD compares. */
  private void carryOut(Op op, PtePage page, int index, long pte) {
    long old = page.read(index);
    long adjusted = XenPte.adjust(pte);
    if (op == Op.PRESERVE_AD) {
      preservingAd(page, index, old, adjusted);
      adjusted |= old & Pte.ACCESSED_DIRTY;
    } else {
      page.store(index, adjusted);
    }
    if (op == Op.UPDATE_VA_MAPPING) {
      counter.count(UPDATE_VA_MAPPING);
    } else {
      XenPte.countUpdate(counter, old, adjusted);
    }
  }

  /** Hardware only sets A and D, so that this takes three attempts at most. */
  private static void preservingAd(PtePage page, int index, long old, long pte) {
    long expected = old;
    while (true) {
      long found = page.compareExchange(index, expected, pte | (expected & Pte.ACCESSED_DIRTY));
      if (found == expected) {
        return;
      }
      expected = found;
    }
  }
}
