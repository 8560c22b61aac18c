package dev.mmureplay.machine;

import dev.mmureplay.mmu.Backends;
import dev.mmureplay.mmu.Cause;
import dev.mmureplay.mmu.GuestKernel;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.Operation;
import dev.mmureplay.mmu.OperationCounter;
import java.util.ArrayList;
import java.util.List;

/**
 * A machine with all shipped backends and one process, and short words for what tests do with it.
 */
final class Bench implements MachineObserver {
  static final int READ = 1;
  static final int WRITE = 2;
  static final int EXEC = 4;
  static final long ANONYMOUS = 0x22;

  /** 2 MiB-aligned, so that page k of a region is slot k of its first PTE page. */
  static final long BASE = 0x1000_0000_0000L;

  final Machine machine;
  final AddressSpace space;
  final ProtectionChange change = new ProtectionChange();
  final List<String> breaches = new ArrayList<>();
  final List<Long> finalPages = new ArrayList<>();

  Bench(GuestKernel kernel) {
    this(kernel, 1);
  }

  Bench(GuestKernel kernel, int faultAround) {
    machine = new Machine(new GuestPlatform(kernel, true), Backends.all(), faultAround, this);
    space = machine.newAddressSpace(1);
    machine.run(0, space);
  }

  static long page(long number) {
    return BASE + number * Machine.PAGE_SIZE;
  }

  void map(long firstPage, long pages, int protection) {
    machine.mmap(space, page(firstPage), pages * Machine.PAGE_SIZE, protection, ANONYMOUS, 0, 0);
  }

  void unmap(long firstPage, long pages) {
    machine.munmap(space, page(firstPage), pages * Machine.PAGE_SIZE);
  }

  void write(long firstPage, long pages) {
    for (long i = firstPage; i < firstPage + pages; i++) {
      machine.access(space, AccessKind.WRITE, page(i));
    }
  }

  boolean read(long pageNumber) {
    return machine.access(space, AccessKind.READ, page(pageNumber));
  }

  long mprotect(long firstPage, long pages, int protection) {
    return mprotect(firstPage, pages, protection, Machine.UNKNOWN_RESULT);
  }

  long mprotect(long firstPage, long pages, int protection, long recorded) {
    machine.mprotect(
        space, page(firstPage), pages * Machine.PAGE_SIZE, protection, -1, recorded, change);
    return change.result();
  }

  OperationCounter counter(String backend) {
    return machine.backends().stream()
        .filter(state -> state.backend().name().equals(backend))
        .findFirst()
        .orElseThrow()
        .counter();
  }

  long count(String backend, Operation operation) {
    return counter(backend).get(Cause.MPROTECT, operation);
  }

  /** The VMAs as text: first page, pages and protection of each. */
  List<String> vmas() {
    List<String> text = new ArrayList<>();
    for (int i = 0; i < space.vmaCount(); i++) {
      Vma vma = space.vma(i);
      text.add(
          (vma.start() - BASE) / Machine.PAGE_SIZE
              + "+"
              + (vma.end() - vma.start()) / Machine.PAGE_SIZE
              + " "
              + vma.protection());
    }
    return text;
  }

  @Override
  public void finalPte(AddressSpace ended, long address, long pte, int unknown) {
    finalPages.add(address);
  }

  @Override
  public void breach(
      BackendState backend, String invariant, AddressSpace where, long address, String message) {
    breaches.add(backend.backend().name() + " " + invariant + " " + message);
  }
}
