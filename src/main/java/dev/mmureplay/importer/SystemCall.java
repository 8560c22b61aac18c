package dev.mmureplay.importer;

import static dev.mmureplay.event.EventSchema.UNKNOWN;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The system calls that change an address space or say whose it is, and how the arguments of those
 * about memory become the columns of an event.
 */
public enum SystemCall {
  MMAP(EventKind.MMAP, 6, 9),
  MUNMAP(EventKind.MUNMAP, 2, 11),
  MPROTECT(EventKind.MPROTECT, 3, 10),
  PKEY_MPROTECT(EventKind.PKEY_MPROTECT, 4, 329),
  MREMAP(EventKind.MREMAP, 4, 25),
  BRK(EventKind.BRK, 1, 12),
  MADVISE(EventKind.MADVISE, 3, 28),
  CLONE(EventKind.CLONE, 0, 56),
  CLONE3(EventKind.CLONE, 0, 435),
  FORK(EventKind.CLONE, 0, 57),
  VFORK(EventKind.CLONE, 0, 58),
  EXECVE(EventKind.EXECVE, 0, 59),
  EXECVEAT(EventKind.EXECVE, 0, 322),
  EXIT(EventKind.EXIT, 0, 60),
  EXIT_GROUP(EventKind.EXIT, 0, 231),
  /** Not an event of its own: the call does not say how long the attached segment is. */
  SHMAT(null, 0, 30),
  /** Not an event of its own, as {@link #SHMAT}. */
  SHMDT(null, 0, 67);

  /** The most arguments that a system call has. */
  public static final int MAX_ARGUMENTS = 6;

  /** The flag of mmap that says that there is no file. */
  public static final long MAP_ANONYMOUS = 0x20;

  /** The flags of mremap with which it looks at the new address. */
  private static final long MREMAP_FIXED_OR_DONTUNMAP = 2 | 4;

  private static final int READ = 1;
  private static final int WRITE = 2;
  private static final int EXEC = 4;
  private static final SystemCall[] ALL = values();
  private static final NameTable BY_NAME = byName();

  private final @Nullable EventKind kind;
  private final int arguments;
  private final int number;

  SystemCall(@Nullable EventKind kind, int arguments, int number) {
    this.kind = kind;
    this.arguments = arguments;
    this.number = number;
  }

  private static NameTable byName() {
    Map<String, Long> numbers = new TreeMap<>();
    for (SystemCall call : values()) {
      numbers.put(call.callName(), (long) call.ordinal());
    }
    return new NameTable(numbers);
  }

  /** Returns the call whose name has the given {@link LineScanner#hash(int, int)}, or null. */
  public static @Nullable SystemCall ofHash(long hash) {
    long ordinal = BY_NAME.get(hash);
    return ordinal == LineScanner.NONE ? null : ALL[(int) ordinal];
  }

  /** Returns the call with the given number on x86-64, or null. */
  public static @Nullable SystemCall ofNumber(long number) {
    for (SystemCall call : ALL) {
      if (call.number == number) {
        return call;
      }
    }
    return null;
  }

  /** Returns the call's name as in the kernel's manual. */
  public String callName() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /** Returns the least number of arguments that this call needs to become an event. */
  public int arguments() {
    return arguments;
  }

  /** Returns whether this changes the caller's mappings and {@link #fill} knows its arguments. */
  public boolean isMemory() {
    return arguments > 0;
  }

  /** Returns whether this makes a new task. */
  public boolean isClone() {
    return kind == EventKind.CLONE;
  }

  /** Returns whether this replaces the program. */
  public boolean isExec() {
    return kind == EventKind.EXECVE;
  }

  /** Returns whether this ends the caller, or its whole thread group. */
  public boolean isExit() {
    return kind == EventKind.EXIT;
  }

  /**
   * Returns whether the call gives memory up, so that another thread may be given it before this
   * call's end is seen.
   */
  public boolean givesUp() {
    return this == MUNMAP || this == MREMAP || this == MADVISE;
  }

  /** Returns whether the call changes pages, and only those of the range that it is given first. */
  public boolean changesPages() {
    return this == MPROTECT || this == PKEY_MPROTECT || this == MADVISE;
  }

  /** Returns the clone flags of a call whose name alone says them, or unknown. */
  public long flagsByName() {
    return switch (this) {
      case FORK -> TaskTable.SIGCHLD;
      case VFORK -> TaskTable.CLONE_VM | TaskTable.CLONE_VFORK | TaskTable.SIGCHLD;
      default -> UNKNOWN;
    };
  }

  /**
   * Makes the row this call's event, from its arguments in the order of the manual.
   *
   * @param arguments at least {@link #arguments} values
   * @param count how many of them the trace shows
   * @throws IllegalStateException if the call is not about memory
   */
  public void fill(EventRow row, int pid, int tid, long[] arguments, int count) {
    if (kind == null || !isMemory()) {
      throw new IllegalStateException("expected a call about memory but found " + callName());
    }
    row.reset(kind, pid, tid);
    row.address = arguments[0];
    if (this == BRK) {
      return;
    }
    row.length = arguments[1];
    switch (this) {
      case MMAP -> {
        row.protection = (int) arguments[2];
        row.flags = arguments[3];
        int fd = (int) arguments[4];
        if ((row.flags & MAP_ANONYMOUS) == 0 && fd >= 0) {
          row.file = fd;
        }
        row.offset = arguments[5];
      }
      case MPROTECT -> row.protection = (int) arguments[2];
      case PKEY_MPROTECT -> {
        row.protection = (int) arguments[2];
        row.flags = (int) arguments[3];
      }
      case MREMAP -> {
        row.length2 = arguments[2];
        row.flags = arguments[3];
        if (count > 4 && (row.flags & MREMAP_FIXED_OR_DONTUNMAP) != 0) {
          row.address2 = arguments[4];
        }
      }
      case MADVISE -> row.flags = (int) arguments[2];
      default -> {}
    }
  }

  /**
   * Returns the protection that a call asks for, or -1 if it asks for none; that of new memory for
   * brk.
   */
  public int protection(long[] arguments) {
    return switch (this) {
      case MMAP, MPROTECT, PKEY_MPROTECT -> (int) arguments[2];
      case BRK -> READ | WRITE;
      default -> -1;
    };
  }

  /** Returns whether a protection would let a program read but not execute. */
  public static boolean readsWithoutExecuting(int protection) {
    return protection >= 0 && (protection & (READ | EXEC)) == READ;
  }

  /**
   * Gives the row of a call the protection that it has for a program which has asked for PROT_EXEC
   * wherever there is PROT_READ (do_mmap, do_mprotect_pkey, VM_DATA_DEFAULT_FLAGS).
   */
  public void readImpliesExec(EventRow row, long[] asked) {
    int protection = protection(asked);
    if (readsWithoutExecuting(protection)) {
      row.protection = protection | EXEC;
    }
  }

  /**
   * Returns the identity of a file from a hash of its name: equal names have equal identities, and
   * none is a likely file descriptor.
   */
  public static int fileIdentity(long hash) {
    return ((int) (hash ^ hash >>> 32) & 0x3fff_ffff) | 0x4000_0000;
  }
}
