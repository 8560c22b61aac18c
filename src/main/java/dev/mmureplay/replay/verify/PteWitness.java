package dev.mmureplay.replay.verify;

import dev.mmureplay.machine.AddressSpace;
import dev.mmureplay.machine.Knowledge;
import dev.mmureplay.machine.Machine;
import dev.mmureplay.machine.Seeds;
import dev.mmureplay.machine.Vma;
import dev.mmureplay.mmu.Pte;
import dev.mmureplay.replay.verify.Shares.Subject;
import java.util.HashMap;
import java.util.Map;

/**
 * Compares PTEs, and takes over from the recording what it alone can tell, so that the next
 * comparison is about what happens next.
 */
final class PteWitness {
  private static final int READ = 1;
  private static final long STATE = Pte.ACCESSED | Pte.DIRTY_BITS;
  private static final long COMPARED = Pte.PRESENT | Pte.RW | Pte.NX | STATE;

  private final Seeds seeds;
  private final Knowledge knowledge;
  private final long protNone;
  private final CallWindows windows;
  private final Shares shares;

  /** Whether A was seen to be taken back of a page that no call was at work on. */
  private boolean aging;

  /** The task that was last seen in each process, -1 once there were two. */
  private final Map<Integer, Integer> tasks = new HashMap<>();

  PteWitness(Machine machine, long protNone, CallWindows windows, Shares shares) {
    this.seeds = machine.seeds();
    this.knowledge = machine.knowledge();
    this.protNone = protNone;
    this.windows = windows;
    this.shares = shares;
  }

  /** Notes that a task of a process is alive. */
  void seen(int pid, int tid) {
    tasks.merge(pid, tid, (known, found) -> known.equals(found) ? known : Integer.valueOf(-1));
  }

  /** Returns the PTE as the model has it. */
  long model(AddressSpace space, long page) {
    return seeds.pte(space, page);
  }

  /**
   * Compares one PTE that at least one of model and recording has.
   *
   * @param from when the call began that it is seen in, or when it is seen
   * @param time when it is seen
   * @param word what is seen, 0 for none
   */
  Outcome compare(
      Subject subject, AddressSpace space, int tid, long from, long time, long page, long word) {
    long model = seeds.pte(space, page);
    Outcome outcome = judge(subject, space, tid, from, time, page, model, word);
    if (outcome == Outcome.DIFFERENT && windows.meetsFault(page, page + 1)) {
      outcome = Outcome.OVERLAPPING_CALL;
    }
    aging |= outcome == Outcome.ACCESSED_BIT_TAKEN_BACK && subject != Subject.PTE_AFTER;
    if (!isOpenQuestion(subject, outcome)) {
      shares.add(subject, outcome);
    }
    boolean open = windows.isOpen(space, tid, time, page, page + 1);
    if (outcome != Outcome.EQUAL && !open) {
      takeOver(space, page, word);
    }
    return outcome;
  }

  /** Returns whether the kernel was seen to take A back where no call was at work. */
  boolean isAging() {
    return aging;
  }

  /**
   * Returns whether it is open if a call lost A itself: not, if the kernel was seen to take it back
   * where no call was at work.
   */
  boolean isOpenQuestion(Subject subject, Outcome outcome) {
    return subject == Subject.PTE_AFTER && outcome == Outcome.ACCESSED_BIT_TAKEN_BACK && !aging;
  }

  private Outcome judge(
      Subject subject,
      AddressSpace space,
      int tid,
      long from,
      long time,
      long page,
      long model,
      long word) {
    boolean after = subject == Subject.PTE_AFTER;
    long mask = Pte.isPresent(model & word) ? COMPARED : COMPARED | protNone;
    long changed = (model ^ word) & mask;
    if (changed == 0 && model != 0) {
      return Outcome.EQUAL;
    }
    if (windows.overlaps(space, tid, from, time, page, page + 1)) {
      return Outcome.OVERLAPPING_CALL;
    }
    Vma vma = space.vmaOf(page);
    boolean older = vma == null || vma.isDeduced();
    if (vma != null && vma.mayHaveHugePages()) {
      return Outcome.HUGE_PAGES;
    }
    if (model == 0) {
      return after
          ? Outcome.DIFFERENT
          : older ? Outcome.PAGE_OF_OLDER_MAPPING : Outcome.RESIDENT_WITHOUT_A_FAULT;
    }
    if (word == 0 && !knowledge.isKnownResident(space, page)) {
      return after ? Outcome.DIFFERENT : Outcome.ASSUMED_PAGE_ABSENT;
    }
    boolean dirtyLost = Pte.isDirty(model) && !Pte.isDirty(word);
    if (word == 0 || dirtyLost || Pte.settleDirty(word) != word) {
      return Outcome.DIFFERENT;
    }
    if ((changed & ~STATE) == Pte.NX && (word & Pte.NX) == 0 && !after && vma != null && !older) {
      return (vma.protection() & READ) != 0 ? Outcome.READ_IMPLIES_EXEC : Outcome.DIFFERENT;
    }
    if ((changed & ~STATE) != 0) {
      return older && !after ? Outcome.PERMISSIONS_OF_OLDER_MAPPING : Outcome.DIFFERENT;
    }
    if (Pte.isAccessed(model) && !Pte.isAccessed(word)) {
      return Outcome.ACCESSED_BIT_TAKEN_BACK;
    }
    return after && !isThreaded(space.pid()) ? Outcome.DIFFERENT : Outcome.TOUCHED_WITHOUT_A_FAULT;
  }

  private boolean isThreaded(int pid) {
    return tasks.getOrDefault(pid, 0) == -1;
  }

  private void takeOver(AddressSpace space, long page, long word) {
    if (word == 0) {
      seeds.noPage(space, page);
      return;
    }
    seeds.page(space, page, Pte.isPresent(word) ? word | Pte.USER : word);
    if (Pte.isDirty(word)) {
      // A page that fork has left shared is known: its first sight was before the fork.
      seeds.exclusive(space, page, true);
    }
  }
}
