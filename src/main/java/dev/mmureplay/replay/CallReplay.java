package dev.mmureplay.replay;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;

import dev.mmureplay.event.EventBatch;
import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.event.TraceInfo;
import dev.mmureplay.machine.AddressSpace;
import dev.mmureplay.machine.BackendState;
import dev.mmureplay.machine.Machine;
import dev.mmureplay.machine.ProtectionChange;
import dev.mmureplay.mmu.Cause;
import dev.mmureplay.mmu.Operation;
import dev.mmureplay.replay.race.Races;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Carries out the system calls of a trace on the machine. */
final class CallReplay {
  /**
   * A call whose result the trace does not show and without which its effect is not known; it was
   * passed over.
   */
  static final String NO_RESULT = "call-without-result-ignored";

  /**
   * A call of a threaded process in a trace without CPUs: flushed as if every thread ran on one
   * CPU.
   */
  static final String ONE_CPU = "threads-on-one-cpu";

  /** Events that the tracer lost. */
  static final String LOST = "event-lost";

  /**
   * Accesses that the model does not permit: SIGSEGV in the program, or a mapping change that the
   * trace lacks.
   */
  static final String REFUSED = "access-refused";

  /** A call of a threaded process in a trace that does not show every CPU that it ran on. */
  static final String CPUS_AS_SEEN = "threads-on-cpus-as-seen";

  /** A protection change of which the trace does not show whether it succeeded. */
  static final String RESULT = "result-as-the-model-has-it";

  /**
   * A protection change whose counts rest on there having been no accesses but those shown: the
   * kernel may have populated or written further pages.
   */
  static final String UNSEEN = "no-access-but-those-shown";

  /** A protection change whose recorded result its arguments rule out. */
  static final String NOT_OF_LINUX = "result-that-linux-does-not-give";

  /** An event without a usable address and length, which are all that it is about. */
  static final String NO_RANGE = "range-unknown-ignored";

  private static final long ENOMEM = 12;
  private static final long EFAULT = 14;
  private static final long MREMAP_FIXED = 2;
  private static final long MAP_PRIVATE = 0x2;
  private static final long MAP_ANONYMOUS = 0x20;
  private static final long KERNEL_FLAGS = 0xffff_ffffL;
  private static final int UNKNOWN_FILE = Integer.MAX_VALUE;

  private final Machine machine;
  private final Tasks tasks;
  private final Residency residency;
  private final Fidelity fidelity;
  private final ReplaySink sink;
  private final @Nullable Witness witness;
  private final ProtectionChange change = new ProtectionChange();
  private final CallFacts facts = new CallFacts(change.pieces());
  private final List<BackendState> backends;
  private final long[][] counts;
  private final long[] after = new long[Operation.COUNT];
  private final boolean everyCpu;
  private final @Nullable Races races;
  private long calls;
  private Tally.Split byCertainty = Tally.Split.NONE;
  private Tally.Split updatedPtes = Tally.Split.NONE;

  CallReplay(
      Machine machine,
      Tasks tasks,
      Residency residency,
      TraceInfo info,
      ReplaySink sink,
      @Nullable Witness witness,
      @Nullable Races races) {
    this.witness = witness;
    this.races = races;
    this.machine = machine;
    this.tasks = tasks;
    this.residency = residency;
    this.fidelity = info.fidelity();
    this.everyCpu =
        fidelity.accesses() == Fidelity.Accesses.EVERY
            || info.kinds().containsKey(EventKind.SCHED_SWITCH);
    this.sink = sink;
    this.backends = machine.backends();
    this.counts = new long[backends.size()][Operation.COUNT];
  }

  /** Returns how many protection changes were replayed. */
  long count() {
    return calls;
  }

  /** Returns how much of the calls so far is known. */
  Tally tally() {
    return new Tally(
        byCertainty,
        updatedPtes,
        machine.knowledge().pagesEnded(),
        machine.knowledge().pagesUndecided());
  }

  void replay(EventBatch batch, int row, EventKind kind, AddressSpace space) throws IOException {
    long result = batch.result(row);
    switch (kind) {
      case MPROTECT -> mprotect(batch, row, space, -1);
      case PKEY_MPROTECT -> mprotect(batch, row, space, (int) known(batch.flags(row), -1));
      case MMAP -> {
        if (usable(space, result)) {
          mmap(batch, row, space);
        }
      }
      case MUNMAP -> {
        if (usable(space, result)) {
          machine.munmap(space, batch.address(row), batch.length(row));
        }
      }
      case MREMAP -> {
        if (result == -EFAULT && batch.address2(row) != UNKNOWN) {
          if ((known(batch.flags(row), 0) & MREMAP_FIXED) != 0) {
            machine.mremapFails(
                space,
                batch.address(row),
                batch.length(row),
                batch.length2(row),
                batch.address2(row));
          }
        } else if (usable(space, result)) {
          machine.mremap(
              space,
              batch.address(row),
              batch.length(row),
              batch.length2(row),
              known(batch.flags(row), 0),
              result);
        }
      }
      case BRK -> {
        if (usable(space, result)) {
          int protection = batch.protection(row);
          machine.brk(
              space,
              batch.address(row),
              result,
              protection == UNKNOWN_INT ? Machine.READ_WRITE : protection);
        }
      }
      case MADVISE -> {
        if (result == -ENOMEM || usable(space, result)) {
          // With a gap in the range it fails, once it has advised on all that is there.
          machine.madvise(
              space, batch.address(row), batch.length(row), (int) known(batch.flags(row), -1));
        }
      }
      case CLEAN_RECORD, UFFD_WRITEPROTECT -> changeByOthers(batch, row, kind, space);
      case CLONE -> {
        if (usable(space, result)) {
          tasks.clone(batch.pid(row), (int) result, known(batch.flags(row), 0));
        }
      }
      case EXECVE -> tasks.execve(batch.pid(row), batch.tid(row));
      case EXIT -> tasks.exit(batch.pid(row), batch.tid(row), batch.flags(row) == 1);
      default -> throw new IllegalStateException("expected a system call but found " + kind);
    }
  }

  /** Returns whether a call succeeded; one without a result is passed over and counted. */
  private boolean usable(AddressSpace space, long result) {
    if (result == UNKNOWN) {
      machine.assumptions().use(NO_RESULT, 1);
      machine.knowledge().forget(space);
      return false;
    }
    return result < -4095 || result >= 0;
  }

  private static long known(long value, long otherwise) {
    return value == UNKNOWN ? otherwise : value;
  }

  private void mmap(EventBatch batch, int row, AddressSpace space) {
    long flags = known(batch.flags(row), MAP_PRIVATE | MAP_ANONYMOUS);
    int file = batch.file(row);
    int backing = 0;
    if ((flags & MAP_ANONYMOUS) == 0) {
      // Identities begin at 1, because the machine calls anonymous memory 0.
      backing = file == UNKNOWN_INT ? UNKNOWN_FILE : file + 1;
    }
    long address = batch.result(row);
    long length = batch.length(row);
    int protection = batch.protection(row) == UNKNOWN_INT ? 0 : batch.protection(row);
    boolean byLoader = (flags & EventSchema.BY_LOADER) != 0;
    long offset = known(batch.offset(row), byLoader && backing == 0 ? address : 0);
    long kernelFlags = flags & KERNEL_FLAGS;
    if (byLoader && batch.time(row) == UNKNOWN) {
      machine.mapOlder(space, address, length, protection, kernelFlags, backing, offset);
    } else if (byLoader) {
      machine.mapByLoader(space, address, length, protection, kernelFlags, backing, offset);
    } else {
      machine.mmap(space, address, length, protection, kernelFlags, backing, offset);
    }
  }

  private void mprotect(EventBatch batch, int row, AddressSpace space, int key) throws IOException {
    long start = batch.address(row);
    long length = batch.length(row);
    int protection = batch.protection(row);
    boolean oneCpu = !fidelity.cpus() && tasks.isThreaded(batch.pid(row));
    if (oneCpu) {
      machine.assumptions().use(ONE_CPU, 1);
    }
    if (residency == Residency.ALL && batch.result(row) == 0) {
      machine.recordedPages().assume(space, start, length);
    }
    Witness told = witness;
    if (told != null) {
      told.before(batch, row, space);
    }
    Races tried = races;
    if (tried != null) {
      tried.before(row, calls, space, change);
    }
    for (int i = 0; i < counts.length; i++) {
      backends.get(i).counter().copy(Cause.MPROTECT, counts[i]);
    }
    machine.mprotect(space, start, length, protection, key, batch.result(row), change);
    for (int i = 0; i < counts.length; i++) {
      backends.get(i).counter().copy(Cause.MPROTECT, after);
      long[] delta = counts[i];
      for (int op = 0; op < delta.length; op++) {
        delta[op] = after[op] - delta[op];
      }
    }
    describe(batch, row, space);
    facts.deduced = change.assumed();
    facts.certainty = certainty(batch, row, space, oneCpu);
    byCertainty = byCertainty.plus(facts.certainty, 1);
    updatedPtes = updatedPtes.plus(facts.certainty, facts.updatedPtes);
    calls++;
    sink.call(facts, counts);
    if (told != null) {
      told.after(facts);
    }
    if (tried != null) {
      tried.after(change);
    }
  }

  /** What changes PTEs as mprotect does and is no call of the program's own. */
  private void changeByOthers(EventBatch batch, int row, EventKind kind, AddressSpace space) {
    long start = batch.address(row);
    long length = batch.length(row);
    long result = batch.result(row);
    if (result < 0 && result != UNKNOWN) {
      return;
    }
    if (start < 0 || length <= 0 || start + length < 0) {
      machine.assumptions().use(NO_RANGE, 1);
      return;
    }
    Races tried = races;
    if (tried != null) {
      tried.before(row, Races.NO_CALL, space, change);
    }
    if (kind == EventKind.CLEAN_RECORD) {
      machine.cleanRecord(space, start, length, change);
    } else {
      long flags = known(batch.flags(row), 0);
      boolean protect = (flags & EventSchema.UFFD_PROTECT) != 0;
      boolean unpopulated = (flags & EventSchema.UFFD_UNPOPULATED) != 0;
      machine.uffdWriteProtect(space, start, length, protect, unpopulated, change);
    }
    if (tried != null) {
      tried.after(change);
    }
  }

  /**
   * Returns how far the capture carries a call's counts.
   *
   * <p>What a recorded result tells is taken over, as a named assumption where VMAs are not known
   * to be so (a gap in the range of a call that succeeded, a VMA that refused). One that its
   * arguments rule out breaks I13 where the memory was known, and makes the process's calls unknown
   * from then on.
   */
  private Certainty certainty(EventBatch batch, int row, AddressSpace space, boolean oneCpu)
      throws IOException {
    long recorded = batch.result(row);
    if (recorded != UNKNOWN && recorded != change.result()) {
      if (!space.isUnsure()) {
        contradicted(batch, row, recorded);
      }
      // The memory that the model has is not the one that the kernel looked at.
      machine.knowledge().forget(space);
    }
    if (space.isUnsure()) {
      return Certainty.UNKNOWN;
    }
    boolean assumed = oneCpu || change.assumed();
    boolean flushes = facts.updatedPtes > 0 || facts.flushPages > 0;
    if (fidelity.cpus() && !everyCpu && facts.threaded && flushes) {
      machine.assumptions().use(CPUS_AS_SEEN, 1);
      assumed = true;
    }
    if (recorded == UNKNOWN) {
      machine.assumptions().use(RESULT, 1);
      assumed = true;
    }
    if (change.unseen()) {
      machine.assumptions().use(UNSEEN, 1);
      assumed = true;
    }
    return assumed ? Certainty.ASSUMED : Certainty.KNOWN;
  }

  /** A result that the arguments rule out, whatever the memory (I13). */
  private void contradicted(EventBatch batch, int row, long recorded) throws IOException {
    machine.assumptions().use(NOT_OF_LINUX, 1);
    Finding.Place place = new Finding.Place(batch.seq(row), batch.line(row), calls);
    String message =
        "expected mprotect to return " + change.result() + " but the trace has " + recorded;
    sink.finding(
        new Finding(Finding.TRACE, "I13", batch.pid(row), batch.address(row), place, message));
  }

  private void describe(EventBatch batch, int row, AddressSpace space) {
    facts.call = calls;
    facts.seq = batch.seq(row);
    facts.line = batch.line(row);
    facts.time = batch.time(row);
    facts.duration = batch.duration(row);
    facts.pid = batch.pid(row);
    facts.tid = batch.tid(row);
    facts.address = batch.address(row);
    facts.length = batch.length(row);
    facts.protection = batch.protection(row);
    facts.recordedResult = batch.result(row);
    facts.modelResult = change.result();
    facts.pages = (facts.length + Machine.PAGE_SIZE - 1) >>> Machine.PAGE_SHIFT;
    facts.presentPtes = change.presentPtes();
    facts.updatedPtes = change.updatedPtes();
    facts.vmaPieces = change.vmaPieces();
    facts.ptePages = change.ptePages();
    facts.slotsScanned = change.slotsScanned();
    facts.flushPages = change.flushPages();
    facts.vmas = space.vmaCount();
    facts.threaded = !fidelity.threads() || tasks.isThreaded(facts.pid);
  }
}
