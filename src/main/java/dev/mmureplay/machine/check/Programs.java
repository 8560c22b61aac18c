package dev.mmureplay.machine.check;

import static dev.mmureplay.machine.AccessKind.FETCH;
import static dev.mmureplay.machine.AccessKind.READ;
import static dev.mmureplay.machine.AccessKind.WRITE;
import static dev.mmureplay.machine.check.KernelStep.Kind.CLEAN;
import static dev.mmureplay.machine.check.KernelStep.Kind.ENTER_LAZY;
import static dev.mmureplay.machine.check.KernelStep.Kind.FLUSH;
import static dev.mmureplay.machine.check.KernelStep.Kind.GET_AND_CLEAR;
import static dev.mmureplay.machine.check.KernelStep.Kind.GET_AND_CLEAR_FULL;
import static dev.mmureplay.machine.check.KernelStep.Kind.LEAVE_LAZY;
import static dev.mmureplay.machine.check.KernelStep.Kind.LOCK;
import static dev.mmureplay.machine.check.KernelStep.Kind.SET;
import static dev.mmureplay.machine.check.KernelStep.Kind.SET_WRPROTECT;
import static dev.mmureplay.machine.check.KernelStep.Kind.UNLOCK;

import dev.mmureplay.machine.AccessKind;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.Pte;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The programs that every backend is checked with; small ones first. */
final class Programs {
  private static final long READ_ONLY = Pte.PRESENT | Pte.USER | Pte.NX;
  private static final long READ_WRITE = READ_ONLY | Pte.RW;
  private static final long READ_EXECUTE = Pte.PRESENT | Pte.USER;

  /** Permissions with their name. */
  private record Rights(String name, long flags) {}

  private final GuestKernel kernel;
  private final List<Program> all = new ArrayList<>();
  private final List<Rights> rights;

  private Programs(GuestKernel kernel) {
    this.kernel = kernel;
    rights =
        List.of(
            new Rights("RW", READ_WRITE),
            new Rights("R", READ_ONLY),
            new Rights("RX", READ_EXECUTE),
            new Rights("NONE", none()));
  }

  private long none() {
    return kernel.protNone() | Pte.NX;
  }

  /** Returns the programs of the contract. */
  static List<Program> contract(GuestKernel kernel) {
    Programs programs = new Programs(kernel);
    programs.onePte();
    programs.unraced();
    programs.otherPrimitives();
    programs.threeAccesses();
    programs.twoThreads();
    programs.severalPtes();
    programs.severalRegions();
    programs.batchBoundaries();
    programs.anotherVcpu();
    return programs.all;
  }

  /** Returns the programs that clear D inside the transaction. */
  static List<Program> cleaning() {
    List<Program> cleaning = new ArrayList<>();
    long dirty = pte(0, READ_WRITE | Pte.ACCESSED_DIRTY);
    Program alone =
        Program.of(
            "clean inside the transaction",
            new long[] {dirty},
            lazily(List.of(KernelStep.of(CLEAN, 0))));
    cleaning.add(alone);
    for (boolean prefilled : new boolean[] {false, true}) {
      cleaning.add(alone.racing(prefilled, List.of(List.of(access(0, WRITE)))));
      cleaning.add(alone.racing(prefilled, List.of(List.of(access(0, READ), access(0, WRITE)))));
      cleaning.add(alone.racing(prefilled, List.of(List.of(access(0, WRITE), access(0, WRITE)))));
    }
    return cleaning;
  }

  /** Every change of one PTE with every one or two accesses beside it. */
  private void onePte() {
    for (int accesses = 1; accesses <= 2; accesses++) {
      for (Rights from : rights) {
        for (long bits : new long[] {0, Pte.ACCESSED, Pte.ACCESSED_DIRTY, Pte.SPECIAL}) {
          for (Rights to : rights) {
            if (accesses == 1) {
              everyAccess(directly(from, bits, to), accesses);
            }
            if (accesses == 1 || bits != Pte.SPECIAL) {
              everyAccess(mprotect(from, bits, to, 1), accesses);
            }
          }
        }
      }
    }
  }

  private void everyAccess(Program program, int length) {
    for (List<AccessKind> kinds : sequences(length)) {
      List<UserAccess> thread = kinds.stream().map(kind -> access(0, kind)).toList();
      all.add(program.racing(false, List.of(thread)));
      all.add(program.racing(true, List.of(thread)));
    }
  }

  /** Changes that nothing races with, on one CPU: counts, and the flush of this CPU alone. */
  private void unraced() {
    for (int n : new int[] {1, 2, 3, 31, 32, 33, 34, 62, 63, 65}) {
      for (Rights from : rights) {
        for (Rights to : rights) {
          all.add(mprotect(from, Pte.ACCESSED_DIRTY, to, n));
        }
      }
    }
  }

  /** What else the kernel does to PTEs. */
  private void otherPrimitives() {
    for (long bits : new long[] {0, Pte.ACCESSED, Pte.ACCESSED_DIRTY}) {
      long[] here = {pte(0, READ_WRITE | bits)};
      List<KernelStep> set =
          List.of(new KernelStep(SET, 0, pte(0, READ_WRITE | bits | Pte.ACCESSED)));
      List<Program> bases =
          List.of(
              Program.of("set_pte_at", new long[] {0}, locked(set)),
              Program.of("set_pte_at in lazy MMU mode", new long[] {0}, lazily(set)),
              Program.of(
                  "ptep_get_and_clear", here, locked(List.of(KernelStep.of(GET_AND_CLEAR, 0)))),
              Program.of(
                  "ptep_set_wrprotect", here, locked(List.of(KernelStep.of(SET_WRPROTECT, 0)))));
      for (Program base : bases) {
        everyAccess(base, 1);
        everyAccess(base, 2);
      }
      all.add(
          Program.of(
              "ptep_get_and_clear_full",
              here,
              locked(List.of(KernelStep.of(GET_AND_CLEAR_FULL, 0)))));
    }
  }

  /** A change from RW to R with every three accesses beside it. */
  private void threeAccesses() {
    Rights to = rights.get(1);
    everyAccess(mprotect(rights.get(0), 0, to, 1), 3);
    everyAccess(mprotect(rights.get(0), Pte.ACCESSED, to, 1), 3);
  }

  /** Two threads on two CPUs. */
  private void twoThreads() {
    for (Rights to : rights) {
      for (long bits : new long[] {0, Pte.ACCESSED}) {
        Program program = mprotect(rights.get(0), bits, to, 1);
        for (List<AccessKind> kinds : sequences(2)) {
          List<List<UserAccess>> threads =
              kinds.stream().map(kind -> List.of(access(0, kind))).toList();
          all.add(program.racing(false, threads));
          all.add(program.racing(true, threads));
        }
        all.add(
            program.racing(
                true,
                List.of(List.of(access(0, READ), access(0, WRITE)), List.of(access(0, WRITE)))));
      }
    }
  }

  /** Two and three PTEs in one batch. */
  private void severalPtes() {
    for (Rights to : rights) {
      for (boolean prefilled : new boolean[] {false, true}) {
        Program two = mprotect(rights.get(0), Pte.ACCESSED, to, 2);
        for (int first = 0; first < 2; first++) {
          for (List<AccessKind> kinds : sequences(2)) {
            all.add(
                two.racing(
                    prefilled,
                    List.of(
                        List.of(access(first, kinds.get(0)), access(1 - first, kinds.get(1))))));
          }
        }
        Program three = mprotect(rights.get(0), Pte.ACCESSED, to, 3);
        all.add(
            three.racing(
                prefilled, List.of(List.of(access(2, WRITE), access(1, READ), access(0, WRITE)))));
        all.add(
            three.racing(
                prefilled, List.of(List.of(access(0, WRITE), access(1, WRITE), access(2, WRITE)))));
      }
    }
  }

  /** Regions in a row within one call, two calls in a row, and set_pte_at among changes. */
  private void severalRegions() {
    long[] two = {pte(0, READ_WRITE), pte(1, READ_WRITE | Pte.ACCESSED)};
    List<KernelStep> regions =
        List.of(
            KernelStep.of(LOCK),
            KernelStep.of(ENTER_LAZY),
            KernelStep.change(0, READ_ONLY),
            KernelStep.of(LEAVE_LAZY),
            KernelStep.of(ENTER_LAZY),
            KernelStep.change(1, READ_ONLY),
            KernelStep.of(LEAVE_LAZY),
            KernelStep.of(FLUSH),
            KernelStep.of(UNLOCK));
    Program inARow =
        Program.of("two lazy regions in one mprotect", two, regions).counted(List.of(1, 1));
    List<KernelStep> calls = new ArrayList<>(lazily(List.of(KernelStep.change(0, READ_ONLY))));
    calls.addAll(lazily(List.of(KernelStep.change(0, READ_WRITE))));
    Program twice =
        Program.of("mprotect RW to R, then back", new long[] {pte(0, READ_WRITE)}, calls);
    long[] mixed = {pte(0, READ_WRITE), 0, pte(2, READ_WRITE | Pte.ACCESSED)};
    Program among =
        Program.of(
            "set_pte_at between two changes",
            mixed,
            lazily(
                List.of(
                    KernelStep.change(0, READ_ONLY),
                    new KernelStep(SET, 1, pte(1, READ_ONLY | Pte.ACCESSED)),
                    KernelStep.change(2, READ_ONLY))));
    for (boolean prefilled : new boolean[] {false, true}) {
      for (List<AccessKind> kinds : sequences(2)) {
        AccessKind first = kinds.get(0);
        AccessKind second = kinds.get(1);
        List<UserAccess> apart = List.of(access(0, first), access(1, second));
        all.add(inARow.racing(prefilled, List.of(apart)));
        all.add(inARow.racing(prefilled, List.of(List.of(apart.get(1), apart.get(0)))));
        all.add(twice.racing(prefilled, List.of(List.of(access(0, first), access(0, second)))));
        all.add(among.racing(prefilled, List.of(List.of(access(0, first), access(2, second)))));
        all.add(among.racing(prefilled, List.of(List.of(access(1, first)))));
      }
    }
  }

  /** More PTEs than one batch holds; threads touch those on both sides of the boundary. */
  private void batchBoundaries() {
    for (int n : new int[] {33, 40, 65}) {
      Program program = mprotect(rights.get(0), Pte.ACCESSED, rights.get(1), n);
      for (int[] pair : new int[][] {{0, n - 1}, {30, 31}, {31, 32}}) {
        all.add(
            program.racing(true, List.of(List.of(access(pair[0], WRITE), access(pair[1], WRITE)))));
        all.add(
            program.racing(false, List.of(List.of(access(pair[1], READ), access(pair[0], WRITE)))));
      }
    }
  }

  /** Another vCPU changes the protection of an address space of its own meanwhile. */
  private void anotherVcpu() {
    for (int n = 1; n <= 3; n++) {
      List<KernelStep> other = new ArrayList<>();
      other.add(KernelStep.of(ENTER_LAZY));
      for (int k = 0; k < n; k++) {
        other.add(KernelStep.change(k, none()));
      }
      other.add(KernelStep.of(LEAVE_LAZY));
      all.add(mprotect(rights.get(0), Pte.ACCESSED_DIRTY, rights.get(1), n).beside(other));
    }
  }

  /** One mprotect of n PTEs in one lazy-MMU region. */
  private Program mprotect(Rights from, long bits, Rights to, int n) {
    return Program.of(
            "mprotect " + from.name + " to " + to.name + " of " + n + (n == 1 ? " PTE" : " PTEs"),
            IntStream.range(0, n).mapToLong(k -> resident(k, from.flags | bits)).toArray(),
            lazily(IntStream.range(0, n).mapToObj(k -> KernelStep.change(k, to.flags)).toList()))
        .counted(List.of(n));
  }

  private Program directly(Rights from, long bits, Rights to) {
    return Program.of(
        "change " + from.name + " to " + to.name + " outside lazy MMU mode",
        new long[] {resident(0, from.flags | bits)},
        locked(List.of(KernelStep.change(0, to.flags))));
  }

  private static List<KernelStep> lazily(List<KernelStep> steps) {
    List<KernelStep> program = new ArrayList<>();
    program.add(KernelStep.of(LOCK));
    program.add(KernelStep.of(ENTER_LAZY));
    program.addAll(steps);
    program.add(KernelStep.of(LEAVE_LAZY));
    program.add(KernelStep.of(FLUSH));
    program.add(KernelStep.of(UNLOCK));
    return program;
  }

  private static List<KernelStep> locked(List<KernelStep> steps) {
    List<KernelStep> program = new ArrayList<>();
    program.add(KernelStep.of(LOCK));
    program.addAll(steps);
    program.add(KernelStep.of(FLUSH));
    program.add(KernelStep.of(UNLOCK));
    return program;
  }

  /** Returns a PTE as the kernel leaves it, its dirtiness in the bit where it belongs. */
  private long resident(int k, long flags) {
    return kernel.settleDirty(pte(k, flags));
  }

  private static long pte(int k, long flags) {
    return Pte.of(100 + k, flags);
  }

  private static UserAccess access(int pte, AccessKind kind) {
    return new UserAccess(pte, kind);
  }

  /** Returns every sequence of accesses of a length. */
  private static List<List<AccessKind>> sequences(int length) {
    List<List<AccessKind>> sequences = new ArrayList<>();
    sequences.add(List.of());
    for (int i = 0; i < length; i++) {
      List<List<AccessKind>> longer = new ArrayList<>();
      for (List<AccessKind> sequence : sequences) {
        for (AccessKind kind : List.of(READ, WRITE, FETCH)) {
          List<AccessKind> extended = new ArrayList<>(sequence);
          extended.add(kind);
          longer.add(extended);
        }
      }
      sequences = longer;
    }
    return sequences;
  }
}
