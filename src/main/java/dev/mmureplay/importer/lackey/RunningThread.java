package dev.mmureplay.importer.lackey;

import java.io.IOException;

/**
 * The thread that Valgrind is running: the owner of the access lines. It runs one at a time in each
 * process; processes that share a log run at once, and whose an access is becomes a guess.
 */
final class RunningThread {
  /** Stands for the process of a log that has named none yet. */
  static final int UNNAMED = -1;

  private static final int MAIN = 1;
  private static final int PID_OF_UNNAMED = 1;

  private final AccessLines accesses;
  private int firstPid;
  private int pid;
  private int tid;
  private boolean severalThreads;
  private boolean severalProcesses;

  RunningThread(AccessLines accesses, int firstPid) throws IOException {
    this.accesses = accesses;
    this.firstPid = firstPid;
    pid = firstPid == UNNAMED ? PID_OF_UNNAMED : firstPid;
    tid = MAIN;
    accesses.thread(pid, tid);
  }

  int pid() {
    return pid;
  }

  int tid() {
    return tid;
  }

  /** Makes a thread the running one; returns whether it was not before. */
  boolean become(int newPid, int newTid) throws IOException {
    if (firstPid == UNNAMED) {
      firstPid = newPid;
    }
    if (newPid == pid && newTid == tid) {
      return false;
    }
    pid = newPid;
    tid = newTid;
    severalProcesses |= newPid != firstPid;
    severalThreads |= newTid != MAIN;
    accesses.thread(newPid, newTid);
    return true;
  }

  /** Returns whether every access so far can be said to belong to its thread. */
  boolean isNamed(boolean scheduled) {
    return !severalProcesses && (scheduled || !severalThreads);
  }
}
