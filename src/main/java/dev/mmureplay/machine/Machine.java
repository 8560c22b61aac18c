package dev.mmureplay.machine;

import dev.mmureplay.mmu.Cause;
import dev.mmureplay.mmu.GuestPlatform;
import dev.mmureplay.mmu.MmuBackend;
import dev.mmureplay.mmu.OperationCounter;
import dev.mmureplay.mmu.Pte;
import dev.mmureplay.mmu.PtePage;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A simulated x86-64 under a Linux guest, with any number of MMU backends at once.
 *
 * <p>Page accesses end at once where they change nothing under any backend; everything else is a
 * fault or a call and is carried out under each backend in turn. All calls are those that the trace
 * says were made; their results are the trace's where it knows them.
 */
public final class Machine {
  public static final int PAGE_SHIFT = 12;

  /** Bytes in a page. */
  public static final long PAGE_SIZE = 1L << PAGE_SHIFT;

  /** PROT_READ | PROT_WRITE. */
  public static final int READ_WRITE = 3;

  /** Stands for the result of a call whose result the trace does not show. */
  public static final long UNKNOWN_RESULT = Long.MIN_VALUE;

  static final int CHUNK_SHIFT = 21;
  static final long CHUNK_SIZE = 1L << CHUNK_SHIFT;

  private final Guest guest;
  private final Accesses accesses;
  private final Mappings mappings;
  private final Advice advice;
  private final Processes processes;
  private final Mprotect mprotect;
  private final Seeds seeds;
  private final CleanRecord cleanRecord;
  private final UffdProtection uffd;
  private final NewStack newStack;
  private final Knowledge knowledge;
  private final RecordedPages recordedPages;
  private final int backendCount;
  private int lastSpace;

  /**
   * Makes a machine.
   *
   * @param faultAround pages that one read fault of a file mapping populates at most, a power of
   *     two
   * @param observer is told of final PTEs and breaches
   */
  public Machine(
      GuestPlatform platform,
      List<MmuBackend> backends,
      int faultAround,
      MachineObserver observer) {
    this(platform, backends, faultAround, observer, OperationCounter::new);
  }

  /** The same with counters of the caller's own making, one for each backend. */
  public Machine(
      GuestPlatform platform,
      List<MmuBackend> backends,
      int faultAround,
      MachineObserver observer,
      Supplier<OperationCounter> counters) {
    guest = new Guest(platform, backends, observer, counters);
    FaultHandler faults = new FaultHandler(guest, faultAround);
    mappings = new Mappings(guest, faults);
    advice = new Advice(guest, faults, mappings);
    processes = new Processes(guest);
    mprotect = new Mprotect(guest, faults);
    accesses = new Accesses(faults, mprotect);
    seeds = new Seeds(guest);
    cleanRecord = new CleanRecord(guest);
    uffd = new UffdProtection(guest, mprotect.walk());
    newStack = new NewStack(guest, seeds);
    knowledge = new Knowledge(guest.doubts);
    recordedPages = new RecordedPages(guest, faults, mprotect, seeds);
    backendCount = backends.size();
  }

  /** Returns the backends at work, in the order given. */
  public List<BackendState> backends() {
    return List.of(guest.backends);
  }

  /** Lets somebody look at every PTE that mprotect rewrites; null for nobody. */
  public void observeProtection(@Nullable ProtectionObserver observer) {
    guest.protectionObserver = observer;
  }

  /** Returns what is known of this machine's memory. */
  public Knowledge knowledge() {
    return knowledge;
  }

  /** Returns what makes pages resident that the trace shows, or that are assumed. */
  public RecordedPages recordedPages() {
    return recordedPages;
  }

  /** Returns what puts state from before the trace into this machine. */
  public Seeds seeds() {
    return seeds;
  }

  /** Lets somebody look at the accesses for which hardware sets bits of a PTE; null for nobody. */
  public void observeAccesses(@Nullable AccessObserver observer) {
    accesses.observe(observer);
  }

  /**
   * A backend lost A or D bits of a resident PTE to a race: they go from its own PTE, and the next
   * access that would set them goes to the PTE again.
   *
   * @return whether the backend's PTE had any of them
   */
  public boolean lose(BackendState backend, AddressSpace space, long address, long bits) {
    LeafTable leaf = space.tables.get(address >>> CHUNK_SHIFT);
    if (leaf == null) {
      return false;
    }
    long gone = (bits & Pte.DIRTY) != 0 ? bits | Pte.DIRTY_BITS : bits;
    int index = index(address);
    PtePage page = leaf.pages[backend.index];
    boolean had = (page.entries[index] & gone) != 0;
    if (had) {
      page.entries[index] &= ~gone;
      leaf.lose(index, bits);
      leaf.report(index, backend.index);
    }
    return had;
  }

  /** Drops a backend from the replay, because its own code threw. */
  public void fail(BackendState backend, RuntimeException e) {
    backend.fail(e);
  }

  /** Returns the assumptions used so far. */
  public Assumptions assumptions() {
    return guest.assumptions;
  }

  /** Makes an empty address space, as execve does. */
  public AddressSpace newAddressSpace(int pid) {
    AddressSpace space = new AddressSpace(lastSpace++, pid, backendCount);
    space.unsure = guest.doubts.isBlind();
    return space;
  }

  /**
   * Sets up the stack of a new program, as execve does behind {@link #newAddressSpace}: its PTEs
   * are rewritten, under the cause {@link dev.mmureplay.mmu.Cause#EXEC}.
   *
   * @param shown whether {@link RecordedPages#record} told which pages it has; else one is assumed
   */
  public void setUpStack(AddressSpace space, boolean shown) {
    newStack.setUp(space, shown);
  }

  /** Makes an address space that is older than the trace: nothing is known of it yet. */
  public AddressSpace olderAddressSpace(int pid) {
    AddressSpace space = newAddressSpace(pid);
    space.cpusUnsettled = true;
    return space;
  }

  /** Returns how many address spaces were made. */
  public int addressSpaces() {
    return lastSpace;
  }

  /**
   * A CPU runs a task of an address space from now on; what follows happens there. The address
   * space that ran on the CPU before holds no translations there any more.
   *
   * @param cpu its number, or a negative one if the trace does not know: then everything runs on
   *     one CPU
   */
  public void run(int cpu, AddressSpace space) {
    guest.cpus.run(Math.max(cpu, 0), space);
  }

  /**
   * A program touches a page.
   *
   * @return false if it may not: SIGSEGV, nothing changes
   */
  public boolean access(AddressSpace space, AccessKind kind, long address) {
    return access(space, kind.ordinal(), address);
  }

  /** The same with the kind as its ordinal, for the access loop. */
  public boolean access(AddressSpace space, int kind, long address) {
    LeafTable leaf = space.tables.get(address >>> CHUNK_SHIFT);
    if (leaf != null && (leaf.settled[index(address)] & (1 << kind)) != 0) {
      return true;
    }
    return accesses.slowly(space, kind, address, leaf);
  }

  /**
   * Carries out a successful mmap; {@code address} is where the kernel put it, {@code file} 0 if
   * anonymous.
   */
  public void mmap(
      AddressSpace space,
      long address,
      long length,
      int protection,
      long flags,
      int file,
      long offset) {
    guest.enterSyscall(Cause.MMAP);
    long first = file == Vma.ANONYMOUS ? address : offset;
    mappings.mmap(space, address, length, protection, flags, file, first);
  }

  /**
   * The ELF loader makes a mapping inside execve: as mmap, without a system call of its own.
   *
   * @param offset in the file; for anonymous memory the address that it was first mapped at, which
   *     for the stack is another than its own
   */
  public void mapByLoader(
      AddressSpace space,
      long address,
      long length,
      int protection,
      long flags,
      int file,
      long offset) {
    guest.cause(Cause.EXEC);
    mappings.mmap(space, address, length, protection, flags, file, offset);
  }

  /**
   * A mapping was there before the trace began: the trace says what it is, not how it came to be.
   */
  public void mapOlder(
      AddressSpace space,
      long address,
      long length,
      int protection,
      long flags,
      int file,
      long offset) {
    mapByLoader(space, address, length, protection, flags, file, offset);
    Vma vma = space.vmas.containing(address);
    if (vma != null) {
      vma.flags |= Vma.ASSUMED;
    }
    Doubts.used(space, address, address + pageUp(length));
  }

  /** Carries out a successful munmap. */
  public void munmap(AddressSpace space, long address, long length) {
    mappings.munmap(space, address, length);
  }

  /** Carries out a successful mremap to {@code target}. */
  public void mremap(
      AddressSpace space, long old, long oldLength, long newLength, long flags, long target) {
    mappings.mremap(space, old, oldLength, newLength, flags, target);
  }

  /** Carries out what an mremap to a fixed place does before it fails with EFAULT. */
  public void mremapFails(
      AddressSpace space, long old, long oldLength, long newLength, long target) {
    mappings.mremapFails(space, old, oldLength, newLength, target);
  }

  /**
   * Carries out a brk that left the break at the given address.
   *
   * @param wanted the break asked for, 0 to query
   */
  public void brk(AddressSpace space, long wanted, long newBreak) {
    brk(space, wanted, newBreak, READ_WRITE);
  }

  /** The same with the protection of new memory, for a program that reading lets execute, too. */
  public void brk(AddressSpace space, long wanted, long newBreak, int protection) {
    mappings.brk(space, wanted, newBreak, protection);
  }

  /** Carries out a successful madvise. */
  public void madvise(AddressSpace space, long address, long length, int advice) {
    this.advice.madvise(space, address, length, advice);
  }

  /** Copies an address space for a child process. */
  public AddressSpace fork(AddressSpace parent, int childPid) {
    AddressSpace child = newAddressSpace(childPid);
    processes.fork(parent, child);
    return child;
  }

  /**
   * Carries out an mprotect or pkey_mprotect.
   *
   * @param start as passed, aligned or not
   * @param length as passed, bytes
   * @param protection as passed
   * @param protectionKey the key, or -1 to leave it
   * @param recorded 0 or -errno as the trace has it, or {@link #UNKNOWN_RESULT}: then the model
   *     decides
   * @param facts receives what the call did
   */
  public void mprotect(
      AddressSpace space,
      long start,
      long length,
      int protection,
      int protectionKey,
      long recorded,
      ProtectionChange facts) {
    mprotect.call(space, start, length, protection, protectionKey, recorded, facts);
  }

  /**
   * The kernel cleans dirty pages of shared mappings and records which they were.
   *
   * @param facts receives what was updated
   */
  public void cleanRecord(AddressSpace space, long start, long length, ProtectionChange facts) {
    cleanRecord.clean(space, start & -PAGE_SIZE, start + pageUp(length), facts);
  }

  /**
   * Carries out a successful UFFDIO_WRITEPROTECT.
   *
   * @param protect whether it protects, or ends that
   * @param unpopulated whether the tracker asked for UFFD_FEATURE_WP_UNPOPULATED
   * @param facts receives what was updated
   */
  public void uffdWriteProtect(
      AddressSpace space,
      long start,
      long length,
      boolean protect,
      boolean unpopulated,
      ProtectionChange facts) {
    uffd.call(space, start & -PAGE_SIZE, start + pageUp(length), protect, unpopulated, facts);
  }

  /** Says that the trace does not show every switch from one task to another. */
  public void missSwitches() {
    guest.cpus.switchesShown = false;
  }

  /** Returns how many pages faults have made resident so far. */
  public long populated() {
    return guest.populated;
  }

  /** Gives an address space up without a word, because what is in it is no longer known. */
  public void abandon(AddressSpace space) {
    guest.cpus.drop(space);
  }

  /** One more process uses an address space (CLONE_VM). */
  public void share(AddressSpace space) {
    space.users++;
  }

  /** One user less; the last one tears the address space down. */
  public void drop(AddressSpace space) {
    if (--space.users == 0) {
      processes.tearDown(space);
      guest.cpus.drop(space);
    }
  }

  /** A CPU idles or runs a kernel thread: what it had loaded stays loaded. */
  public void rest(int cpu) {
    guest.cpus.rest(Math.max(cpu, 0));
  }

  /** A CPU loads an address space that the trace does not follow. */
  public void runOther(int cpu) {
    guest.cpus.load(Math.max(cpu, 0), null);
  }

  /**
   * Reports and checks the PTEs of an address space that is still alive when the trace ends; counts
   * nothing.
   */
  public void finish(AddressSpace space) {
    processes.report(space);
  }

  static int index(long address) {
    return (int) (address >>> PAGE_SHIFT) & (PtePage.ENTRIES - 1);
  }

  static long pageUp(long bytes) {
    return (bytes + PAGE_SIZE - 1) & -PAGE_SIZE;
  }
}
