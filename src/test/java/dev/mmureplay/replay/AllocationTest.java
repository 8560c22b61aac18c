package dev.mmureplay.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.mmureplay.machine.AccessKind;
import dev.mmureplay.machine.AddressSpace;
import dev.mmureplay.machine.BackendState;
import dev.mmureplay.machine.Machine;
import dev.mmureplay.machine.MachineObserver;
import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** One object an access would make a long trace a test of the garbage collector. */
class AllocationTest {
  private static final int ACCESSES = 2_000_000;

  private static final class Silent implements MachineObserver {
    @Override
    public void finalPte(AddressSpace space, long address, long pte, int unknown) {}

    @Override
    public void breach(
        BackendState backend, String invariant, AddressSpace space, long address, String message) {
      throw new AssertionError(message);
    }
  }

  @Test
  void accessesToPopulatedPagesAllocateNothing() {
    Machine machine =
        new Machine(
            new GuestPlatform(GuestKernel.LINUX_6_1, true), Backends.all(), 16, new Silent());
    AddressSpace space = machine.newAddressSpace(1);
    machine.run(0, space);
    machine.mmap(space, Events.BASE, 4096L * 4096, 3, 0x22, 0, 0);
    touch(machine, space);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    touch(machine, space);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(allocated).as("bytes for %d accesses", ACCESSES).isLessThan(ACCESSES / 10);
  }

  private static void touch(Machine machine, AddressSpace space) {
    Random random = new Random(7);
    for (int i = 0; i < ACCESSES; i++) {
      AccessKind kind = i % 3 == 0 ? AccessKind.WRITE : AccessKind.READ;
      machine.access(space, kind, Events.page(random.nextInt(4096)));
    }
  }
}
