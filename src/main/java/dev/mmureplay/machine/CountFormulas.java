package dev.mmureplay.machine;

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
import org.jspecify.annotations.Nullable;

/**
 * What a shipped backend counts for the PTE updates of mprotect, by formula (I12): R PTEs, in B
 * batches of at most 31 (32 before 3.1), no batch crossing a lazy-MMU region. The flush is not part
 * of it. Of a backend that is not shipped no formula is known.
 */
public final class CountFormulas {
  private static final Operation[] UPDATES = {
    MMU_UPDATE_FAST, MMU_UPDATE_SLOW, MMU_UPDATE_GET, MMU_UPDATE_PUT, MMU_UPDATE_ABSENT
  };

  private static final Operation[] SINGLE = {
    LOCKED_RMW,
    PTE_STORE,
    PTE_READ,
    PTWR_CMPXCHG,
    PTWR_WRITE,
    HYPERCALL_MMU_UPDATE,
    HYPERCALL_MULTICALL,
    MULTICALL_ENTRY,
    UPDATE_VA_MAPPING
  };

  /** The row behind those of {@link #SINGLE}: updates of any kind inside mmu_update. */
  private static final int ALL_UPDATES = SINGLE.length;

  private static final int ROWS = SINGLE.length + 1;

  /** The sizes of lazy-MMU regions, as far as the formulas go. One object, refilled. */
  public static final class Regions {
    private final int limit;
    private long ptes;
    private long batches;
    private long lone;
    private long slots;
    private long retries;

    /** Makes sums that are 0. */
    public Regions(GuestPlatform platform) {
      limit = platform.kernel().argumentAreaOffByOne() ? 31 : 32;
    }

    /** Begins anew. */
    public void clear() {
      ptes = 0;
      batches = 0;
      lone = 0;
      slots = 0;
      retries = 0;
    }

    /**
     * Adds one region.
     *
     * @param n how many PTEs it updates
     * @param read how many slots the kernel's walk itself read and counted
     */
    public void add(int n, int read) {
      int full = n / limit;
      int rest = n - (full * limit);
      ptes += n;
      batches += full + (rest > 0 ? 1 : 0);
      lone += rest == 1 ? 1 : 0;
      slots += read;
    }

    /** Adds how often an emulated xchg had to be done again, because hardware had set a bit. */
    public void retried(int times) {
      retries += times;
    }
  }

  /** What each row has of every PTE, batch, batch of one update, and retry. */
  private final int[] perPte = new int[ROWS];

  private final int[] perBatch = new int[ROWS];
  private final int[] perLone = new int[ROWS];
  private final int[] perRetry = new int[ROWS];
  private final long[] before = new long[ROWS];

  /** Whether the guest kernel issues a lone queued entry as a direct hypercall. */
  private final boolean direct;

  private CountFormulas(GuestPlatform platform) {
    direct = platform.kernel().singletonBypass();
  }

  /** Returns the formulas of a backend by its name, or null if it is not a shipped one. */
  public static @Nullable CountFormulas of(String backend, GuestPlatform platform) {
    CountFormulas formulas = new CountFormulas(platform);
    boolean known = true;
    switch (backend) {
      case "native" -> formulas.onEveryPte(LOCKED_RMW, PTE_STORE);
      case "naive" -> formulas.onEveryPte(PTE_READ, PTE_STORE);
      case "trap-emulate" -> {
        formulas.trappedExchange();
        formulas.onEveryPte(PTWR_WRITE);
      }
      case "trap-emulate-batched-set" -> formulas.batchedSet();
      case "preserve-ad", "multicall", "mmu-update-batch" -> {
        if (platform.preserveAd()) {
          formulas.queued(backend);
        } else {
          formulas.batchedSet();
        }
      }
      case "naive-batched" -> formulas.queued("mmu-update-batch");
      default -> known = false;
    }
    return known ? formulas : null;
  }

  private static int row(Operation operation) {
    for (int row = 0; row < SINGLE.length; row++) {
      if (SINGLE[row] == operation) {
        return row;
      }
    }
    throw new IllegalStateException("expected an operation with a formula but found " + operation);
  }

  private void onEveryPte(Operation... operations) {
    for (Operation operation : operations) {
      perPte[row(operation)] = 1;
    }
  }

  private void trappedExchange() {
    onEveryPte(PTWR_CMPXCHG);
    perRetry[row(PTWR_CMPXCHG)] = 1;
  }

  private void batchedSet() {
    trappedExchange();
    if (direct) {
      perBatch[row(HYPERCALL_MMU_UPDATE)] = 1;
      perPte[ALL_UPDATES] = 1;
    } else {
      perBatch[row(HYPERCALL_MULTICALL)] = 1;
      onEveryPte(MULTICALL_ENTRY, UPDATE_VA_MAPPING);
    }
  }

  /** A plain read, then an mmu_update, queued as the backend does. */
  private void queued(String backend) {
    onEveryPte(PTE_READ);
    perPte[ALL_UPDATES] = 1;
    int multicall = row(HYPERCALL_MULTICALL);
    int entry = row(MULTICALL_ENTRY);
    int mmuUpdate = row(HYPERCALL_MMU_UPDATE);
    switch (backend) {
      case "preserve-ad" -> {
        if (direct) {
          perPte[mmuUpdate] = 1;
        } else {
          perPte[multicall] = 1;
          perPte[entry] = 1;
        }
      }
      case "multicall" -> {
        perBatch[multicall] = 1;
        perPte[entry] = 1;
        if (direct) {
          perLone[mmuUpdate] = 1;
          perLone[multicall] = -1;
          perLone[entry] = -1;
        }
      }
      default -> {
        if (direct) {
          perBatch[mmuUpdate] = 1;
        } else {
          perBatch[multicall] = 1;
          perBatch[entry] = 1;
        }
      }
    }
  }

  /** Takes what is counted so far as 0. */
  public void begin(OperationCounter counter) {
    for (int row = 0; row < ROWS; row++) {
      before[row] = counted(counter, row);
    }
  }

  private static long counted(OperationCounter counter, int row) {
    if (row != ALL_UPDATES) {
      return counter.get(Cause.MPROTECT, SINGLE[row]);
    }
    long sum = 0;
    for (Operation update : UPDATES) {
      sum += counter.get(Cause.MPROTECT, update);
    }
    return sum;
  }

  /**
   * Compares what was counted since {@link #begin} with the formulas.
   *
   * @return the first operation that differs, with expectation and finding, or null if none does
   */
  public @Nullable String compare(OperationCounter counter, Regions regions) {
    for (int row = 0; row < ROWS; row++) {
      long expected =
          (perPte[row] * regions.ptes)
              + (perBatch[row] * regions.batches)
              + (perLone[row] * regions.lone)
              + (perRetry[row] * regions.retries);
      if (row != ALL_UPDATES && SINGLE[row] == PTE_READ) {
        expected += regions.slots;
      }
      long found = counted(counter, row) - before[row];
      if (found != expected) {
        String name = row == ALL_UPDATES ? "updates inside mmu_update" : SINGLE[row].id();
        return name + ": expected " + expected + " but found " + found;
      }
    }
    return null;
  }
}
