package dev.mmureplay.importer.lackey;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;

/** What each system call that concerns the address space looks like as an event. */
final class Calls {
  static final int MMAP = 9;
  static final int MPROTECT = 10;
  static final int MUNMAP = 11;
  static final int BRK = 12;
  static final int MREMAP = 25;
  static final int MADVISE = 28;
  static final int CLONE = 56;
  static final int FORK = 57;
  static final int VFORK = 58;
  static final int EXECVE = 59;
  static final int EXIT = 60;
  static final int EXIT_GROUP = 231;
  static final int PKEY_MPROTECT = 329;
  static final int CLONE3 = 435;

  private static final long MAP_ANONYMOUS = 0x20;
  private static final long SIGCHLD = 17;
  private static final long CLONE_VM_VFORK = 0x4100;
  private static final long WHOLE_GROUP = 1;

  private Calls() {}

  /** Returns whether the call becomes an event if it succeeds. */
  static boolean isAboutMemory(int number) {
    return switch (number) {
      case MMAP, MPROTECT, MUNMAP, BRK, MREMAP, MADVISE, PKEY_MPROTECT -> true;
      case CLONE, FORK, VFORK, CLONE3, EXECVE, EXIT, EXIT_GROUP -> true;
      default -> false;
    };
  }

  /** Returns whether the call makes a task. */
  static boolean isClone(int number) {
    return number == CLONE || number == FORK || number == VFORK || number == CLONE3;
  }

  /** Returns whether the call ends a task; it cannot fail and need not return. */
  static boolean isExit(int number) {
    return number == EXIT || number == EXIT_GROUP;
  }

  /** Returns how many arguments the event needs. */
  static int needed(int number) {
    return switch (number) {
      case MMAP -> 6;
      case MREMAP, PKEY_MPROTECT -> 4;
      case MPROTECT, MADVISE -> 3;
      case MUNMAP -> 2;
      case BRK, CLONE -> 1;
      default -> 0;
    };
  }

  /** Makes the event of a call; its result is still unknown. */
  static void fill(EventRow row, CallLine call, long line) {
    int pid = call.pid();
    int tid = call.tid();
    switch (call.number()) {
      case MMAP -> mmap(row.reset(EventKind.MMAP, pid, tid), call);
      case MPROTECT ->
          range(row.reset(EventKind.MPROTECT, pid, tid), call).protection = (int) call.argument(2);
      case PKEY_MPROTECT -> {
        range(row.reset(EventKind.PKEY_MPROTECT, pid, tid), call).protection =
            (int) call.argument(2);
        row.flags = (int) call.argument(3);
      }
      case MUNMAP -> range(row.reset(EventKind.MUNMAP, pid, tid), call);
      case MADVISE -> range(row.reset(EventKind.MADVISE, pid, tid), call).flags = call.argument(2);
      case BRK -> row.reset(EventKind.BRK, pid, tid).address = call.argument(0);
      case MREMAP -> {
        range(row.reset(EventKind.MREMAP, pid, tid), call).length2 = call.argument(2);
        row.flags = call.argument(3);
        if (call.arguments() > 4) {
          row.address2 = call.argument(4);
        }
      }
      case CLONE -> row.reset(EventKind.CLONE, pid, tid).flags = call.argument(0);
      case FORK -> row.reset(EventKind.CLONE, pid, tid).flags = SIGCHLD;
      case VFORK -> row.reset(EventKind.CLONE, pid, tid).flags = CLONE_VM_VFORK | SIGCHLD;
      case CLONE3 -> row.reset(EventKind.CLONE, pid, tid);
      case EXECVE -> row.reset(EventKind.EXECVE, pid, tid);
      case EXIT -> row.reset(EventKind.EXIT, pid, tid).flags = 0;
      case EXIT_GROUP -> row.reset(EventKind.EXIT, pid, tid).flags = WHOLE_GROUP;
      default ->
          throw new IllegalArgumentException(
              "expected a call about memory but found number " + call.number());
    }
    row.line = line;
  }

  private static EventRow range(EventRow row, CallLine call) {
    row.address = call.argument(0);
    row.length = call.argument(1);
    return row;
  }

  private static void mmap(EventRow row, CallLine call) {
    range(row, call).protection = (int) call.argument(2);
    row.flags = call.argument(3);
    int descriptor = (int) call.argument(4);
    if ((row.flags & MAP_ANONYMOUS) == 0 && descriptor >= 0) {
      row.file = descriptor;
      row.offset = call.argument(5);
    }
  }
}
