package dev.mmureplay.machine.check;

import static dev.mmureplay.mmu.Operation.HYPERCALL_MMU_UPDATE;
import static dev.mmureplay.mmu.Operation.HYPERCALL_MULTICALL;
import static dev.mmureplay.mmu.Operation.LOCKED_RMW;
import static dev.mmureplay.mmu.Operation.MMU_UPDATE_ABSENT;
import static dev.mmureplay.mmu.Operation.MMU_UPDATE_FAST;
import static dev.mmureplay.mmu.Operation.MMU_UPDATE_GET;
import static dev.mmureplay.mmu.Operation.MMU_UPDATE_PUT;
import static dev.mmureplay.mmu.Operation.MMU_UPDATE_SLOW;
import static dev.mmureplay.mmu.Operation.MULTICALL_ENTRY;
import static dev.mmureplay.mmu.Operation.PTE_READ;
import static dev.mmureplay.mmu.Operation.PTE_STORE;
import static dev.mmureplay.mmu.Operation.PTWR_CMPXCHG;
import static dev.mmureplay.mmu.Operation.PTWR_WRITE;
import static dev.mmureplay.mmu.Operation.UPDATE_VA_MAPPING;

import dev.mmureplay.mmu.Cause;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.Operation;
import dev.mmureplay.mmu.OperationCounter;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the shipped backends count for the PTE updates of one mprotect, by formula: R PTEs, in B
 * batches of at most 31 (32 before 3.1), no batch crossing a lazy-MMU region. Of a backend that is
 * not shipped no formula is known.
 */
final class CountFormulas {
  private static final List<Operation> UPDATES =
      List.of(MMU_UPDATE_FAST, MMU_UPDATE_SLOW, MMU_UPDATE_GET, MMU_UPDATE_PUT, MMU_UPDATE_ABSENT);

  private final Map<Operation, Long> expected = new EnumMap<>(Operation.class);
  private final boolean direct;
  private final int limit;
  private long ptes;
  private long batches;
  private long lone;
  private long updates;

  private CountFormulas(GuestPlatform platform, List<Integer> regions) {
    direct = platform.kernel().singletonBypass();
    limit = platform.kernel().argumentAreaOffByOne() ? 31 : 32;
    for (int n : regions) {
      ptes += n;
      batches += (n + limit - 1) / limit;
      lone += n % limit == 1 ? 1 : 0;
    }
  }

  /**
   * Compares counts with the formulas.
   *
   * @param regions how many PTEs each lazy-MMU region updates
   * @param retries how often an emulated xchg had to be done again
   * @return what differs, or null if nothing does or nothing is known of the backend
   */
  static @Nullable String compare(
      String backend,
      GuestPlatform platform,
      List<Integer> regions,
      int retries,
      OperationCounter counter) {
    CountFormulas formulas = new CountFormulas(platform, regions);
    if (!formulas.fill(backend, platform.preserveAd(), retries)) {
      return null;
    }
    for (Map.Entry<Operation, Long> entry : formulas.expected.entrySet()) {
      long found = counter.get(Cause.MPROTECT, entry.getKey());
      if (found != entry.getValue()) {
        return entry.getKey().id() + ": expected " + entry.getValue() + " but found " + found;
      }
    }
    long found = 0;
    for (Operation update : UPDATES) {
      found += counter.get(Cause.MPROTECT, update);
    }
    return found == formulas.updates
        ? null
        : "updates inside mmu_update: expected " + formulas.updates + " but found " + found;
  }

  private boolean fill(String backend, boolean preserveAd, int retries) {
    List<Operation> all =
        List.of(
            LOCKED_RMW,
            PTE_STORE,
            PTE_READ,
            PTWR_CMPXCHG,
            PTWR_WRITE,
            HYPERCALL_MMU_UPDATE,
            HYPERCALL_MULTICALL,
            MULTICALL_ENTRY,
            UPDATE_VA_MAPPING);
    all.forEach(operation -> expected.put(operation, 0L));
    switch (backend) {
      case "native" -> {
        expected.put(LOCKED_RMW, ptes);
        expected.put(PTE_STORE, ptes);
      }
      case "naive" -> {
        expected.put(PTE_READ, ptes);
        expected.put(PTE_STORE, ptes);
      }
      case "trap-emulate" -> {
        expected.put(PTWR_CMPXCHG, ptes + retries);
        expected.put(PTWR_WRITE, ptes);
      }
      case "trap-emulate-batched-set" -> batchedSet(retries);
      case "preserve-ad" -> preserving(preserveAd, retries, ptes, ptes, ptes);
      case "multicall" -> preserving(preserveAd, retries, batches, ptes, lone);
      case "mmu-update-batch" -> preserving(preserveAd, retries, batches, batches, batches);
      case "naive-batched" -> preserving(true, 0, batches, batches, batches);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void batchedSet(int retries) {
    expected.put(PTWR_CMPXCHG, ptes + retries);
    if (direct) {
      expected.put(HYPERCALL_MMU_UPDATE, batches);
      updates = ptes;
    } else {
      expected.put(HYPERCALL_MULTICALL, batches);
      expected.put(MULTICALL_ENTRY, ptes);
      expected.put(UPDATE_VA_MAPPING, ptes);
    }
  }

  /**
   * A plain read, then an mmu_update.
   *
   * @param hypercalls flushes of the buffer
   * @param entries entries in them
   * @param alone flushes with one entry only
   */
  private void preserving(
      boolean preserveAd, int retries, long hypercalls, long entries, long alone) {
    if (!preserveAd) {
      batchedSet(retries);
      return;
    }
    updates = ptes;
    expected.put(PTE_READ, ptes);
    if (direct) {
      expected.put(HYPERCALL_MMU_UPDATE, alone);
      expected.put(HYPERCALL_MULTICALL, hypercalls - alone);
      expected.put(MULTICALL_ENTRY, entries - alone);
    } else {
      expected.put(HYPERCALL_MULTICALL, hypercalls);
      expected.put(MULTICALL_ENTRY, entries);
    }
  }
}
