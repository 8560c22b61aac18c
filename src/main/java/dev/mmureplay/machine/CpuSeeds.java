package dev.mmureplay.machine;

import org.jspecify.annotations.Nullable;

/**
 * Tells a machine what CPUs have loaded and flushed, as far as a trace shows it by flushes: before
 * it began, where it shows no switches of tasks, and while a call was under way.
 */
public final class CpuSeeds {
  private final Guest guest;

  CpuSeeds(Guest guest) {
    this.guest = guest;
  }

  /**
   * Takes over on how many CPUs besides the current one an address space may have translations,
   * where the trace does not show that: what CPUs did before it began, or all the time if it shows
   * no switches.
   *
   * @param others as a flush shows it
   * @return whether anything was taken over
   */
  public boolean otherCpus(AddressSpace space, int others) {
    int known = guest.cpus.others(space);
    boolean settles =
        others > known ? space.cpusUnsettled : others < known && !guest.cpus.switchesShown;
    if (settles) {
      guest.cpus.told = null;
      guest.cpus.assume(space, others);
    }
    if (settles || others == known) {
      space.cpusUnsettled = !guest.cpus.switchesShown && others == 0;
    }
    return settles;
  }

  /** From now on every flush is told of that is not an mprotect's. */
  public void tellFlushes() {
    guest.cpus.flushesTold = true;
  }

  /** A CPU was seen to flush translations of an address space, for itself or for others, too. */
  public void flushed(AddressSpace space, int cpu, boolean several) {
    guest.cpus.flushed(space, Math.max(cpu, 0), several);
  }

  /**
   * Whom a flush reaches.
   *
   * @param others how many CPUs besides the one that asks may hold translations
   * @param behind whether the one that asks has to flush everything, see {@link Cpus#isBehind}
   */
  public record Reach(int others, boolean behind) {}

  /** Returns whom a flush would reach that a CPU asks for now. */
  public Reach reach(AddressSpace space, int cpu) {
    int number = Math.max(cpu, 0);
    return new Reach(space.otherCpus(number), space.behind.get(number));
  }

  /**
   * Says whom the flush of the next mprotect reached when it was asked for, and that it has been
   * told of; with null it is carried out where the call stands.
   */
  public void flushReached(@Nullable Reach reach) {
    guest.cpus.told = reach;
  }

  /**
   * Takes over whether the current CPU's TLB generation is behind, where the trace does not show
   * when it last loaded the address space, or flushed for itself.
   *
   * @param full whether the CPU was seen to flush everything, and no other CPU with it
   * @param flushesShown whether the trace shows every flush of a CPU for itself
   */
  public void generation(AddressSpace space, boolean full, boolean flushesShown) {
    boolean shown = guest.cpus.switchesShown && flushesShown;
    if (shown || (full && !space.flushedOnSeveral)) {
      return;
    }
    space.behind.set(guest.cpus.current, full);
    Reach told = guest.cpus.told;
    guest.cpus.told = told == null ? null : new Reach(told.others, full);
  }

  /** Returns how many CPUs besides the current one may have translations of an address space. */
  public int otherCpus(AddressSpace space) {
    return guest.cpus.others(space);
  }
}
