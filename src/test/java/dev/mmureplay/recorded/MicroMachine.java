package dev.mmureplay.recorded;

import dev.mmureplay.machine.AccessKind;
import dev.mmureplay.machine.AddressSpace;
import dev.mmureplay.machine.BackendState;
import dev.mmureplay.machine.Machine;
import dev.mmureplay.machine.MachineObserver;
import dev.mmureplay.machine.ProtectionChange;
import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.Cause;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.Operation;
import java.util.ArrayList;
import java.util.List;

/** Carries the steps out on the simulated machine, under every backend at once. */
final class MicroMachine implements MachineObserver {
  /** What one case did. */
  static final class Case {
    final MicroProgram.Step step;

    /** 0 or -errno of an mprotect. */
    final long result;

    private final List<String> backends;
    private final long[][] counts;

    private Case(MicroProgram.Step step, long result, List<String> backends, long[][] counts) {
      this.step = step;
      this.result = result;
      this.backends = backends;
      this.counts = counts;
    }

    /** Returns how often a backend carried out the given operations, whatever the cause. */
    long count(String backend, Operation... operations) {
      long n = 0;
      for (Operation operation : operations) {
        n += counts[backends.indexOf(backend)][operation.ordinal()];
      }
      return n;
    }
  }

  private static final int FILE = 1;
  private static final long PRIVATE = 0x2;
  private static final long PRIVATE_ANONYMOUS = 0x22;
  private static final long SHARED_ANONYMOUS = 0x21;
  private static final long UNRESERVED = 0x4022;
  private static final int MADV_HUGEPAGE = 14;
  private static final int MADV_NOHUGEPAGE = 15;

  private final Machine machine;
  private final AddressSpace space;
  private final ProtectionChange change = new ProtectionChange();

  private MicroMachine() {
    machine = new Machine(new GuestPlatform(GuestKernel.LINUX_6_1, true), Backends.all(), 1, this);
    space = machine.newAddressSpace(1);
    machine.run(0, space);
  }

  /** Returns the cases of a program in its order. */
  static List<Case> run(List<MicroProgram.Step> steps) {
    MicroMachine micro = new MicroMachine();
    List<String> names =
        micro.machine.backends().stream().map(state -> state.backend().name()).toList();
    List<Case> cases = new ArrayList<>();
    for (MicroProgram.Step step : steps) {
      long[][] before = micro.counts();
      long result = micro.carryOut(step);
      if (!step.name().isEmpty()) {
        long[][] counts = micro.counts();
        for (int b = 0; b < counts.length; b++) {
          for (int op = 0; op < Operation.COUNT; op++) {
            counts[b][op] -= before[b][op];
          }
        }
        cases.add(new Case(step, result, names, counts));
      }
    }
    return cases;
  }

  private long[][] counts() {
    return machine.backends().stream().map(MicroMachine::total).toArray(long[][]::new);
  }

  private static long[] total(BackendState backend) {
    long[] total = new long[Operation.COUNT];
    long[] one = new long[Operation.COUNT];
    for (Cause cause : Cause.values()) {
      backend.counter().copy(cause, one);
      for (int op = 0; op < total.length; op++) {
        total[op] += one[op];
      }
    }
    return total;
  }

  private long carryOut(MicroProgram.Step step) {
    long address = step.address();
    long length = step.length();
    int protection = step.protection();
    switch (step.kind()) {
      case MAP -> machine.mmap(space, address, length, protection, PRIVATE_ANONYMOUS, 0, 0);
      case RESERVE -> machine.mmap(space, address, length, protection, UNRESERVED, 0, 0);
      case MAP_FILE -> machine.mmap(space, address, length, protection, PRIVATE, FILE, 0);
      case MAP_SHARED -> machine.mmap(space, address, length, protection, SHARED_ANONYMOUS, 0, 0);
      case UNMAP -> machine.munmap(space, address, length);
      case HUGE_PAGES -> machine.madvise(space, address, length, MADV_HUGEPAGE);
      case SMALL_PAGES -> machine.madvise(space, address, length, MADV_NOHUGEPAGE);
      case WRITE -> touch(AccessKind.WRITE, step);
      case READ -> touch(AccessKind.READ, step);
      case PROTECT -> {
        machine.mprotect(space, address, length, protection, -1, Machine.UNKNOWN_RESULT, change);
        return change.result();
      }
      case OTHER_CALL -> {
        // Concerns no memory: the machine knows nothing of it.
      }
    }
    return 0;
  }

  private void touch(AccessKind kind, MicroProgram.Step step) {
    long bytes = step.stride() * Machine.PAGE_SIZE;
    for (long at = step.address(); at < step.address() + step.length(); at += bytes) {
      machine.access(space, kind, at);
    }
  }

  @Override
  public void finalPte(AddressSpace ended, long address, long pte, int unknown) {}

  @Override
  public void breach(
      BackendState backend, String invariant, AddressSpace where, long address, String message) {
    throw new AssertionError(backend.backend().name() + " " + invariant + " " + message);
  }
}
