package dev.mmureplay.machine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which address space each CPU has loaded (cpu_tlbstate.loaded_mm and mm_cpumask of
 * arch/x86/mm/tlb.c).
 *
 * <p>A CPU stays in the mask of a space until it loads another one (switch_mm_irqs_off). Idling and
 * running a kernel thread load none (enter_lazy_tlb): the space stays loaded and in reach of
 * flushes.
 */
final class Cpus {
  private @Nullable AddressSpace[] loaded = new AddressSpace[1];

  /** The CPU on which the kernel runs just now. */
  int current;

  /**
   * Whether every switch from one task to another is known; if not, a CPU may have loaded something
   * else meanwhile.
   */
  boolean switchesShown = true;

  /** A CPU runs a task of an address space from now on, and what follows happens there. */
  void run(int cpu, AddressSpace space) {
    current = cpu;
    load(cpu, space);
  }

  /** A CPU loads an address space, or with null one that is not followed. */
  void load(int cpu, @Nullable AddressSpace space) {
    if (cpu >= loaded.length) {
      loaded = Arrays.copyOf(loaded, cpu + 1);
    }
    AddressSpace before = loaded[cpu];
    if (before == space) {
      return;
    }
    if (before != null) {
      before.cpus.clear(cpu);
      before.cpusUnsettled |= !switchesShown;
    }
    loaded[cpu] = space;
    if (space != null) {
      space.cpus.set(cpu);
    }
  }

  /** An address space is gone. */
  void drop(AddressSpace space) {
    for (int cpu = 0; cpu < loaded.length; cpu++) {
      if (loaded[cpu] == space) {
        loaded[cpu] = null;
      }
    }
  }

  /** Returns how many CPUs other than the current one may hold translations. */
  int others(AddressSpace space) {
    return space.otherCpus(current);
  }

  /** Takes an address space to be loaded on this many CPUs besides the current one. */
  void assume(AddressSpace space, int others) {
    for (int cpu = 0; others(space) > others; cpu++) {
      if (cpu != current && cpu < loaded.length && loaded[cpu] == space) {
        load(cpu, null);
      }
    }
    for (int cpu = 0; others(space) < others; cpu++) {
      if (cpu != current && (cpu >= loaded.length || loaded[cpu] == null)) {
        load(cpu, space);
      }
    }
  }
}
