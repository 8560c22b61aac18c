package dev.mmureplay.replay;

import dev.mmureplay.event.EventBatch;
import dev.mmureplay.event.XenEvent;
import dev.mmureplay.machine.AddressSpace;
import dev.mmureplay.machine.Machine;
import java.util.BitSet;

/**
 * Follows which address space each CPU has loaded.
 *
 * <p>A switch to a task that the trace does not follow loads another address space if that task has
 * one. Where the trace shows when a CPU loads one, that tells; elsewhere the idle task, which has
 * none, is told apart by its number.
 */
final class CpuSwitches {
  /** The number of every CPU's idle task. */
  private static final int IDLE = 0;

  private final Machine machine;
  private final Tasks tasks;
  private final boolean pageTablesShown;

  /** CPUs on which a task that is not followed may run in what was loaded before it. */
  private final BitSet lent = new BitSet();

  /**
   * Makes one for a replay.
   *
   * @param pageTablesShown whether the trace shows when a CPU loads an address space
   */
  CpuSwitches(Machine machine, Tasks tasks, boolean pageTablesShown) {
    this.machine = machine;
    this.tasks = tasks;
    this.pageTablesShown = pageTablesShown;
  }

  /** A task that is followed runs on a CPU, negative if the trace does not know it. */
  void run(int cpu, AddressSpace space) {
    lent.clear(Math.max(cpu, 0));
    machine.run(cpu, space);
  }

  /** A CPU switches to another task. */
  void taskSwitch(EventBatch batch, int row) {
    int number = Math.max(batch.cpu(row), 0);
    AddressSpace next = tasks.spaceOfTask(batch.tid(row));
    if (next != null) {
      tasks.runsOn(batch.tid(row), number);
      run(number, next);
    } else if (pageTablesShown) {
      lent.set(number);
      machine.rest(number);
    } else if (batch.tid(row) != IDLE) {
      machine.runOther(number);
    }
  }

  /**
   * Xen tells something of a CPU.
   *
   * @return whether it loads another address space
   */
  boolean pageTableSwitch(EventBatch batch, int row) {
    int number = Math.max(batch.cpu(row), 0);
    boolean loads = lent.get(number) && XenEvent.ofFlags(batch.flags(row)) == XenEvent.WRITE_CR3;
    if (loads) {
      machine.runOther(number);
    }
    return loads;
  }
}
