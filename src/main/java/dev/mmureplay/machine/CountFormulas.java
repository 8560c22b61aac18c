package dev.mmureplay.machine;

import static dev.mmureplay.mmu.Operation.HYPERCALL_MMU_UPDATE;
import static dev.mmureplay.mmu.Operation.HYPERCALL_MULTICALL;
import static dev.mmureplay.mmu.Operation.LOCKED_RMW;
import static dev.mmureplay.mmu.Operation.MMUEXT_OP;
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
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a shipped backend counts for the PTE updates of one mprotect call, by formula (I12): R PTEs,
 * in B batches of at most 31 (32 before 3.1), no batch crossing a lazy-MMU region; L of the batches
 * hold one PTE. The flush of the call is not part of it, whenever it comes. Of a backend that is
 * not shipped no formula is known.
 */
public final class CountFormulas {
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

  private static final Operation[] UPDATES = {
    MMU_UPDATE_FAST, MMU_UPDATE_SLOW, MMU_UPDATE_GET, MMU_UPDATE_PUT, MMU_UPDATE_ABSENT
  };

  private static final int MULTICALLS = Arrays.asList(SINGLE).indexOf(HYPERCALL_MULTICALL);
  private static final int ENTRIES = Arrays.asList(SINGLE).indexOf(MULTICALL_ENTRY);

  /** The row behind those of {@link #SINGLE}: updates of any kind inside mmu_update. */
  private static final int ALL_UPDATES = SINGLE.length;

  /** What an operation is counted for. */
  private enum Term {
    NOTHING,
    PTES,
    BATCHES,
    LONE,
    BATCHES_BUT_LONE,
    PTES_BUT_LONE,
    PTES_AND_RETRIES,
    SLOTS,
    PTES_AND_SLOTS;

    private static final int COUNT = values().length;
  }

  /** The sizes of a call's lazy-MMU regions, as far as the formulas go. One object, refilled. */
  public static final class Regions {
    private final int limit;
    private long ptes;
    private long batches;
    private long lone;
    private long slots;
    private long retries;
    private final long[] terms = new long[Term.COUNT];

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

    /** Makes the sums ready to be compared with. */
    public void sum() {
      terms[Term.PTES.ordinal()] = ptes;
      terms[Term.BATCHES.ordinal()] = batches;
      terms[Term.LONE.ordinal()] = lone;
      terms[Term.BATCHES_BUT_LONE.ordinal()] = batches - lone;
      terms[Term.PTES_BUT_LONE.ordinal()] = ptes - lone;
      terms[Term.PTES_AND_RETRIES.ordinal()] = ptes + retries;
      terms[Term.SLOTS.ordinal()] = slots;
      terms[Term.PTES_AND_SLOTS.ordinal()] = ptes + slots;
    }
  }

  /** For every row the ordinal of its term. */
  private final int[] terms = new int[SINGLE.length + 1];

  private final long[] before = new long[SINGLE.length + 1];

  /** Whether the guest kernel issues a lone queued entry, and so each flush, as a direct one. */
  private final boolean direct;

  private CountFormulas(GuestPlatform platform) {
    direct = platform.kernel().singletonBypass();
    Arrays.fill(terms, Term.NOTHING.ordinal());
    set(PTE_READ, Term.SLOTS);
  }

  /** Returns the formulas of a backend by its name, or null if it is not a shipped one. */
  public static @Nullable CountFormulas of(String backend, GuestPlatform platform) {
    CountFormulas formulas = new CountFormulas(platform);
    boolean known = true;
    switch (backend) {
      case "native" -> {
        formulas.set(LOCKED_RMW, Term.PTES);
        formulas.set(PTE_STORE, Term.PTES);
      }
      case "naive" -> {
        formulas.set(PTE_READ, Term.PTES_AND_SLOTS);
        formulas.set(PTE_STORE, Term.PTES);
      }
      case "trap-emulate" -> {
        formulas.set(PTWR_CMPXCHG, Term.PTES_AND_RETRIES);
        formulas.set(PTWR_WRITE, Term.PTES);
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

  private void set(Operation operation, Term term) {
    terms[Arrays.asList(SINGLE).indexOf(operation)] = term.ordinal();
  }

  /** A trapped xchg, then a queued set_pte_at. */
  private void batchedSet() {
    set(PTWR_CMPXCHG, Term.PTES_AND_RETRIES);
    if (direct) {
      set(HYPERCALL_MMU_UPDATE, Term.BATCHES);
      terms[ALL_UPDATES] = Term.PTES.ordinal();
    } else {
      set(HYPERCALL_MULTICALL, Term.BATCHES);
      set(MULTICALL_ENTRY, Term.PTES);
      set(UPDATE_VA_MAPPING, Term.PTES);
    }
  }

  /** A plain read, then an mmu_update, queued as the backend does. */
  private void queued(String backend) {
    set(PTE_READ, Term.PTES_AND_SLOTS);
    terms[ALL_UPDATES] = Term.PTES.ordinal();
    boolean entries = backend.equals("multicall");
    Term flushes = backend.equals("preserve-ad") ? Term.PTES : Term.BATCHES;
    if (!direct) {
      set(HYPERCALL_MULTICALL, flushes);
      set(MULTICALL_ENTRY, entries ? Term.PTES : flushes);
    } else if (entries) {
      set(HYPERCALL_MMU_UPDATE, Term.LONE);
      set(HYPERCALL_MULTICALL, Term.BATCHES_BUT_LONE);
      set(MULTICALL_ENTRY, Term.PTES_BUT_LONE);
    } else {
      set(HYPERCALL_MMU_UPDATE, flushes);
    }
  }

  /**
   * Compares what was counted since the last time with the formulas.
   *
   * @param regions those since the last time, summed up
   * @return the first operation that differs, with expectation and finding, or null if none does
   */
  public @Nullable String compare(OperationCounter counter, Regions regions) {
    long flushes = direct ? 0 : counter.get(Cause.MPROTECT, MMUEXT_OP);
    String wrong = null;
    for (int row = 0; row < SINGLE.length; row++) {
      long now = counter.get(Cause.MPROTECT, SINGLE[row]);
      if (row == MULTICALLS || row == ENTRIES) {
        now -= flushes;
      }
      long found = now - before[row];
      before[row] = now;
      long expected = regions.terms[terms[row]];
      if (found != expected && wrong == null) {
        wrong = difference(SINGLE[row].id(), expected, found);
      }
    }
    long now = 0;
    for (Operation update : UPDATES) {
      now += counter.get(Cause.MPROTECT, update);
    }
    long found = now - before[ALL_UPDATES];
    before[ALL_UPDATES] = now;
    long expected = regions.terms[terms[ALL_UPDATES]];
    if (found != expected && wrong == null) {
      wrong = difference("updates inside mmu_update", expected, found);
    }
    return wrong;
  }

  private static String difference(String name, long expected, long found) {
    return name + ": expected " + expected + " but found " + found;
  }
}
