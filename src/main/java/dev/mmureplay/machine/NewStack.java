package dev.mmureplay.machine;

import dev.mmureplay.mmu.Cause;
import dev.mmureplay.mmu.Pte;

/**
 * What execve does to the PTEs of the new program's stack (setup_arg_pages of fs/exec.c).
 *
 * <p>The arguments and the environment are written to a first stack at the end of the address space
 * (bprm_mm_init, copy_strings). Then mprotect_fixup gives it its final flags: VM_SOFTDIRTY goes, so
 * that the flags differ and every PTE is rewritten and flushed, though its permissions stay. At
 * last shift_arg_pages moves the pages to where the stack belongs.
 */
final class NewStack {
  /** STACK_TOP_MAX of arch/x86/include/asm/page_64_types.h: the end of the first stack. */
  private static final long TOP = (1L << 47) - Machine.PAGE_SIZE;

  private static final long WORD =
      Pte.PRESENT | Pte.RW | Pte.USER | Pte.ACCESSED | Pte.DIRTY | Pte.NX;

  private final Guest guest;
  private final Seeds seeds;
  private final ProtectionWalk walk;
  private final ProtectionChange facts = new ProtectionChange();

  NewStack(Guest guest, Seeds seeds) {
    this.guest = guest;
    this.seeds = seeds;
    walk = new ProtectionWalk(guest);
  }

  /**
   * Rewrites the PTEs of a new program's first stack, and takes it away.
   *
   * @param shown whether the trace shows which pages the kernel has set up; else one is assumed,
   *     which holds up to 4 KiB of arguments and environment
   */
  void setUp(AddressSpace space, boolean shown) {
    if (!guest.kernel.rewritesNewStack()) {
      return;
    }
    if (!shown) {
      guest.assumptions.use(Assumptions.NEW_STACK, 1);
      seeds.page(space, TOP - Machine.PAGE_SIZE, WORD);
    }
    long start = TOP;
    while (seeds.pte(space, start - Machine.PAGE_SIZE) != 0) {
      start -= Machine.PAGE_SIZE;
    }
    if (start == TOP) {
      return;
    }
    Vma stack =
        new Vma(start, TOP, Vma.READ | Vma.WRITE, Vma.ANONYMOUS, start >> Machine.PAGE_SHIFT);
    guest.cause(Cause.EXEC);
    facts.reset();
    walk.beginFlush();
    walk.change(space, stack, start, TOP, facts);
    walk.flushGathered(space);
    for (long page = start; page < TOP; page += Machine.PAGE_SIZE) {
      seeds.noPage(space, page);
    }
  }
}
