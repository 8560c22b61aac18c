package dev.mmureplay.replay;

import dev.mmureplay.event.EventBatch;
import dev.mmureplay.event.EventKind;
import dev.mmureplay.machine.AddressSpace;
import dev.mmureplay.machine.Machine;
import dev.mmureplay.mmu.OperationCounter;
import java.io.IOException;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Compares a replay with what its trace observed, as it goes. */
public interface Witness {
  /** Returns what one backend shall count its operations with. */
  OperationCounter newCounter();

  /** Is shown the machine before the first event. */
  void begin(Machine machine);

  /** Is told how to find the address space of a process that is known by now. */
  default void spaces(IntFunction<@Nullable AddressSpace> spaceOfPid) {}

  /**
   * Is shown every row that is neither an access nor a system call.
   *
   * @return whether the row is part of a call that has its own row further on, and so is not to be
   *     replayed
   */
  boolean sees(EventBatch batch, int row, EventKind kind) throws IOException;

  /** Is shown an mprotect before it is replayed. */
  void before(EventBatch batch, int row, AddressSpace space) throws IOException;

  /** Is shown any other system call after it was replayed. */
  default void replayed(EventBatch batch, int row, EventKind kind, AddressSpace space)
      throws IOException {}

  /**
   * Is asked to have the stack of a task's new program set up, and may look at what it takes.
   *
   * @param setUp does it
   */
  default void newStack(int tid, Runnable setUp) {
    setUp.run();
  }

  /** Is shown the same mprotect after it was replayed. */
  void after(CallFacts facts) throws IOException;

  /** Is told that there are no more events. */
  default void end() throws IOException {}
}
