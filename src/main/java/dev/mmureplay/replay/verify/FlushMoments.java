package dev.mmureplay.replay.verify;

import dev.mmureplay.event.EventBatch;
import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.XenEvent;
import dev.mmureplay.machine.AddressSpace;
import dev.mmureplay.machine.CpuSeeds;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whom the flush of each call reaches: the CPUs that have the address space loaded when the kernel
 * asks for it. By the time the call returns, others may have loaded the space or another one.
 */
final class FlushMoments {
  private static final long MMUEXT = 26;

  /** One call under way. */
  private static final class Call {
    private boolean switching;
    private boolean flushing;
    private CpuSeeds.@Nullable Reach reach;
  }

  private final CpuSeeds seeds;
  private final Map<Integer, Call> calls = new HashMap<>();

  FlushMoments(CpuSeeds seeds) {
    this.seeds = seeds;
  }

  /** Is shown a row inside a call. */
  void sees(EventBatch batch, int row, EventKind kind, AddressSpace space) {
    Call call = calls.computeIfAbsent(batch.tid(row), tid -> new Call());
    if (kind != EventKind.OBSERVED_XEN) {
      call.flushing &= kind == EventKind.OBSERVED_TLB_FLUSH;
      return;
    }
    long flags = batch.flags(row);
    switch (XenEvent.ofFlags(flags)) {
      case WRITE_CR3 -> call.switching = true;
      case MC_FLUSH -> call.switching = false;
      case MC_ENTRY -> {
        if (XenEvent.detail(flags) == MMUEXT && !call.switching) {
          flush(call, space, batch.cpu(row), false);
        }
      }
      case FLUSH_TLB_ONE_USER, FLUSH_TLB -> flush(call, space, batch.cpu(row), false);
      case FLUSH_TLB_MULTI -> flush(call, space, batch.cpu(row), true);
      default -> {
        // No flush.
      }
    }
  }

  /** The first request of a flush; those behind it are parts of the same. */
  private void flush(Call call, AddressSpace space, int cpu, boolean several) {
    if (!call.flushing) {
      call.flushing = true;
      call.reach = seeds.reach(space, cpu);
      seeds.flushed(space, cpu, several);
    }
  }

  /**
   * A task's call is replayed next: its flush reaches whom it reached, where the call shows one.
   */
  void ended(int tid) {
    Call call = calls.remove(tid);
    seeds.flushReached(call == null ? null : call.reach);
  }

  /** The call has been replayed. */
  void done() {
    seeds.flushReached(null);
  }
}
