package dev.mmureplay.machine;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Which address space each CPU has loaded (cpu_tlbstate.loaded_mm and mm_cpumask of
 * arch/x86/mm/tlb.c of Linux 6.1).
 *
 * <p>A CPU stays in the mask of a space until it loads another one (switch_mm_irqs_off). Idling and
 * running a kernel thread load none (enter_lazy_tlb): the space stays loaded and the CPU in the
 * mask. A bare machine sends such a CPU no interrupt (should_flush_tlb, is_lazy); under Xen the
 * whole mask goes into one request (xen_flush_tlb_multi), whether a CPU is lazy or not. A CPU that
 * sleeps deeply leaves its space (leave_mm, called by cpuidle_enter_state); under Xen it does not,
 * because xen_arch_setup disables cpuidle.
 */
final class Cpus {
  /** CPUs that idle or run a kernel thread. */
  private final BitSet lazy = new BitSet();

  private @Nullable AddressSpace[] loaded = new AddressSpace[1];

  /** The CPU on which the kernel runs just now. */
  int current;

  /**
   * Whether every switch from one task to another is known; if not, a CPU may have loaded something
   * else meanwhile.
   */
  boolean switchesShown = true;

  /** Whether somebody tells of every flush that is not an mprotect's. */
  boolean flushesTold;

  /** What the mprotect at hand found when it flushed, where somebody tells; else it is now. */
  CpuSeeds.@Nullable Reach told;

  /** A CPU runs a task of an address space from now on, and what follows happens there. */
  void run(int cpu, AddressSpace space) {
    current = cpu;
    load(cpu, space);
    if (lazy.get(cpu)) {
      lazy.clear(cpu);
      space.behind.clear(cpu);
    }
  }

  /** A CPU idles or runs a kernel thread from now on. */
  void rest(int cpu) {
    lazy.set(cpu);
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
      space.behind.clear(cpu);
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
    CpuSeeds.Reach reach = told;
    return reach == null ? space.otherCpus(current) : reach.others();
  }

  /**
   * Returns whether the current CPU does not know of flushes that Xen has done for it: its
   * generation (cpu_tlbstate.ctxs.tlb_gen) is behind that of the space. Every flush raises the
   * space's (inc_mm_tlb_gen), but the CPU's only when the kernel itself flushes (flush_tlb_func) or
   * loads the space anew, and xen_flush_tlb_multi does neither, not even for the CPU that asks. The
   * next flush of this CPU alone is then a full one, however few pages it is about.
   */
  boolean isBehind(AddressSpace space) {
    CpuSeeds.Reach reach = told;
    return reach == null ? space.behind.get(current) : reach.behind();
  }

  /** The guest has flushed translations of a space from the current CPU, or asked Xen to. */
  void flushed(AddressSpace space) {
    if (told == null) {
      flushed(space, current, others(space) > 0);
    }
  }

  /** The same on a given CPU, which reached others or not. */
  void flushed(AddressSpace space, int cpu, boolean several) {
    if (several) {
      space.behind.or(space.cpus);
      space.flushedOnSeveral = true;
    } else {
      space.behind.clear(cpu);
    }
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
