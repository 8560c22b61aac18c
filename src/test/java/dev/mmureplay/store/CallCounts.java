package dev.mmureplay.store;

import dev.mmureplay.mmu.Operation;

/**
 * What each backend counts for one mprotect of resident, contiguous pages that begin on a 2 MiB
 * boundary and belong to one VMA, by formula and on one CPU; independent of the replay engine.
 */
final class CallCounts {
  /** The changes of protection whose prices differ. */
  enum Transition {
    RW_TO_R("rw", "r", Operation.PTE_DOWNGRADE, Operation.MMU_UPDATE_SLOW),
    R_TO_RW("r", "rw", Operation.PTE_UPGRADE, Operation.MMU_UPDATE_SLOW),
    RW_TO_NONE("rw", "", Operation.PTE_TO_NONE, Operation.MMU_UPDATE_PUT),
    NONE_TO_RW("", "rw", Operation.PTE_FROM_NONE, Operation.MMU_UPDATE_GET),
    R_TO_RX("r", "rx", Operation.PTE_KEEP, Operation.MMU_UPDATE_FAST);

    final String from;
    final String to;
    final Operation work;
    final Operation update;
    final boolean flushes;

    Transition(String from, String to, Operation work, Operation update) {
      this.from = from;
      this.to = to;
      this.work = work;
      this.update = update;
      this.flushes = !from.isEmpty();
    }

    /** What a piece with such a protection is accounted as. */
    private static Operation account(String protection) {
      if (protection.contains("w")) {
        return Operation.ACCOUNT_DATA;
      }
      return protection.contains("x") ? Operation.ACCOUNT_EXEC : Operation.ACCOUNT_OTHER;
    }
  }

  private final long[] counts = new long[Operation.COUNT];

  private CallCounts() {}

  /** linux-6.1: batches of 31, a lone entry goes directly, one hull of at most 33 INVLPGs. */
  static long[] linux61(String backend, Transition transition, int pages) {
    CallCounts c = new CallCounts();
    c.guest(backend, transition, pages);
    int batches = 0;
    int lone = 0;
    for (int first = 0; first < pages; first += 512) {
      int here = Math.min(512, pages - first);
      batches += (here + 30) / 31;
      lone += here % 31 == 1 ? 1 : 0;
    }
    int ptePages = (pages + 511) / 512;
    switch (backend) {
      case "mmu-update-batch" -> {
        c.appended(batches, pages);
        c.update(transition, pages);
      }
      case "preserve-ad" -> {
        c.add(Operation.MC_ENTRY, pages);
        c.add(Operation.HYPERCALL_MMU_UPDATE, pages);
        c.update(transition, pages);
        c.add(Operation.MC_EMPTY_FLUSH, ptePages);
      }
      case "multicall" -> {
        c.add(Operation.MC_ENTRY, pages);
        c.add(Operation.HYPERCALL_MULTICALL, batches - lone);
        c.add(Operation.MULTICALL_ENTRY, pages - lone);
        c.add(Operation.HYPERCALL_MMU_UPDATE, lone);
        c.update(transition, pages);
      }
      case "trap-emulate-batched-set" -> {
        c.trappedExchange(transition, pages);
        c.appended(batches, pages);
        boolean present = !transition.to.isEmpty();
        c.add(present ? Operation.MMU_UPDATE_GET : Operation.MMU_UPDATE_ABSENT, pages);
        c.add(Operation.WRITABLE_GET, transition.to.contains("w") ? pages : 0);
      }
      case "trap-emulate" -> {
        c.trapped(transition, pages);
        c.add(Operation.MC_EMPTY_FLUSH, ptePages);
      }
      default -> {}
    }
    if (transition.flushes) {
      c.flush61(backend, pages);
    }
    return c.counts;
  }

  /** linux-2.6.27: batches of 32, every hypercall a multicall, one full flush per VMA piece. */
  static long[] linux2627(String backend, Transition transition, int pages) {
    CallCounts c = new CallCounts();
    c.guest(backend, transition, pages);
    switch (backend) {
      case "multicall" -> {
        int batches = 0;
        for (int first = 0; first < pages; first += 512) {
          batches += (Math.min(512, pages - first) + 31) / 32;
        }
        c.add(Operation.MC_ENTRY, pages);
        c.add(Operation.HYPERCALL_MULTICALL, batches);
        c.add(Operation.MULTICALL_ENTRY, pages);
        c.update(transition, pages);
      }
      case "trap-emulate" -> {
        c.trapped(transition, pages);
        c.add(Operation.MC_EMPTY_FLUSH, (pages + 511) / 512);
      }
      default -> {}
    }
    if (underXen(backend)) {
      c.add(Operation.MC_ENTRY, 1);
      c.add(Operation.HYPERCALL_MULTICALL, 1);
      c.add(Operation.MULTICALL_ENTRY, 1);
      c.add(Operation.MMUEXT_OP, 1);
    }
    c.add(Operation.TLB_FULL_FLUSH, 1);
    return c.counts;
  }

  /** Returns whether the guest runs under Xen. */
  static boolean underXen(String backend) {
    return !backend.equals("native") && !backend.equals("naive");
  }

  private void guest(String backend, Transition transition, int pages) {
    add(Operation.SYSCALL, 1);
    add(Operation.MMAP_LOCK, 1);
    add(Operation.VMA_CHECK, 1);
    add(Operation.VMA_CHANGE, 1);
    boolean writable = transition.to.contains("w");
    add(Operation.DATA_LIMIT_CHECK, writable ? 1 : 0);
    add(Transition.account(transition.from), 1);
    add(Transition.account(transition.to), 1);
    add(Operation.PROTECTION_MASK, transition.to.isEmpty() ? 0 : 1);
    add(Operation.UPGRADE_CHECK, writable ? pages : 0);
    add(Operation.PAGE_LOOKUP, writable ? pages : 0);
    add(Operation.TABLE_DESCENT, 1);
    add(Operation.PTE_PAGE_WALK, (pages + 511) / 512);
    add(Operation.PTE_READ, pages);
    add(transition.work, pages);
    if (!underXen(backend)) {
      add(backend.equals("naive") ? Operation.PTE_READ : Operation.LOCKED_RMW, pages);
      add(Operation.PTE_STORE, pages);
    } else {
      add(Operation.SYSCALL_BOUNCE, 1);
      add(Operation.PTE_READ, backend.startsWith("trap") ? 0 : pages);
    }
  }

  private void appended(int batches, int pages) {
    add(Operation.MC_ENTRY, batches);
    add(Operation.MC_EXTEND, pages - batches);
    add(Operation.HYPERCALL_MMU_UPDATE, batches);
  }

  private void update(Transition transition, int pages) {
    add(transition.update, pages);
    if (transition.update != Operation.MMU_UPDATE_FAST) {
      add(Operation.WRITABLE_GET, transition.to.contains("w") ? pages : 0);
      add(Operation.WRITABLE_PUT, transition.from.contains("w") ? pages : 0);
    }
  }

  private void trappedExchange(Transition transition, int pages) {
    add(Operation.PTWR_CMPXCHG, pages);
    add(Operation.L1E_PUT, transition.from.isEmpty() ? 0 : pages);
    add(Operation.WRITABLE_PUT, transition.from.contains("w") ? pages : 0);
  }

  private void trapped(Transition transition, int pages) {
    trappedExchange(transition, pages);
    add(Operation.PTWR_WRITE, pages);
    add(Operation.L1E_GET, transition.to.isEmpty() ? 0 : pages);
    add(Operation.WRITABLE_GET, transition.to.contains("w") ? pages : 0);
  }

  private void flush61(String backend, int pages) {
    add(Operation.FLUSH_GATHER, pages);
    int one = pages <= 33 ? pages : 1;
    if (pages <= 33) {
      add(Operation.TLB_RANGE_FLUSH, 1);
      add(Operation.INVLPG, pages);
    } else {
      add(Operation.TLB_FULL_FLUSH, 1);
    }
    if (underXen(backend)) {
      add(Operation.MC_ENTRY, one);
      add(Operation.HYPERCALL_MMUEXT_OP, one);
      add(Operation.MMUEXT_OP, one);
    }
  }

  private void add(Operation operation, long n) {
    counts[operation.ordinal()] += n;
  }
}
