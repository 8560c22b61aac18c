package dev.mmureplay.replay.verify;

import dev.mmureplay.event.EventBatch;
import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.XenEvent;
import dev.mmureplay.machine.ChangedPieces;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.replay.CallFacts;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares what an execve does to the PTEs of the new program's stack with what the recording shows
 * of it: the observed PTEs behind the execve that belong to no mprotect, and the hypercalls up to
 * their flush. Where PTEs are updated by setting them, those are the ones that are set a second
 * time: first when the arguments are copied to the stack.
 */
final class ExecveWitness {
  private static final long UPDATE_VA_MAPPING = 14;

  /** One program whose stack is being set up. */
  private static final class Stack {
    private final long line;
    private final CallRows rows = new CallRows();
    private final Set<Long> pages = new HashSet<>();
    private @Nullable Work model;

    Stack(long line) {
      this.line = line;
    }
  }

  private final Comparison comparison;
  private final boolean pagesShown;
  private final boolean setsUpdate;
  private final CheckSink sink;
  private final XenReading reading;
  private final Map<Integer, Stack> stacks = new HashMap<>();

  /**
   * Has seen nothing yet.
   *
   * @param setsUpdate whether the recorded kernel updates PTEs by setting them
   * @param pagesShown whether the recording shows which pages the kernel sets up for a program
   */
  ExecveWitness(GuestKernel kernel, boolean setsUpdate, boolean pagesShown, CheckSink sink) {
    this.setsUpdate = setsUpdate;
    this.reading = new XenReading(setsUpdate);
    comparison = new Comparison(kernel);
    this.pagesShown = pagesShown;
    this.sink = sink;
  }

  /** A task runs a new program. */
  void begins(int tid, long line) throws IOException {
    ends(tid);
    stacks.put(tid, new Stack(line));
  }

  /** The model has set up the stack of the program that a task runs. */
  void modelled(int tid, Work work) {
    Stack stack = stacks.get(tid);
    if (stack != null) {
      stack.model = work.copy();
    }
  }

  /** Is shown a row outside of all calls; returns whether it is part of an execve's update. */
  boolean sees(EventBatch batch, int row, EventKind kind) throws IOException {
    Stack stack = stacks.get(batch.tid(row));
    boolean shown = kind.isObservation() || kind == EventKind.SET_PTE;
    if (stack == null || !shown) {
      return false;
    }
    boolean part = kind == EventKind.OBSERVED_PTE;
    if (kind == EventKind.SET_PTE && setsUpdate) {
      part = !stack.pages.add(batch.address(row));
    }
    if (!part && stack.rows.size() == 0) {
      return false;
    }
    if (kind == EventKind.OBSERVED_XEN) {
      long flags = batch.flags(row);
      // The next table of the new program is made known to Xen.
      part =
          XenEvent.ofFlags(flags) != XenEvent.MC_ENTRY
              || XenEvent.detail(flags) != UPDATE_VA_MAPPING;
    }
    if (part) {
      stack.rows.add(batch, row);
    } else {
      ends(batch.tid(row));
    }
    return part;
  }

  /** Nothing more belongs to the update of a task's execve. */
  void ends(int tid) throws IOException {
    Stack stack = stacks.remove(tid);
    if (stack == null) {
      return;
    }
    CallFacts facts = new CallFacts(new ChangedPieces());
    facts.line = stack.line;
    facts.tid = tid;
    CallCheck check = CallCheck.ofExecve(facts);
    reading.read(stack.rows);
    Work model = stack.model;
    if (stack.rows.size() == 0 || model == null) {
      check.reason(Reason.NOT_SHOWN);
    } else if (reading.unreadable != null) {
      check.reason(reading.unreadable);
    } else {
      comparison.compare(model, reading, true, check);
      if (check.isDifferent() && (!pagesShown || model.pages.isEmpty())) {
        check.reason(Reason.NOT_SHOWN);
      }
    }
    sink.execve(check);
  }

  /** There are no more rows. */
  void end() throws IOException {
    for (int tid : List.copyOf(stacks.keySet())) {
      ends(tid);
    }
  }
}
