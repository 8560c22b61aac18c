package dev.mmureplay.importer.adplug;

import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.tracepoint.ReadColumns;

/**
 * The columns in front of every record: {@code 577 6511549890153 0 27457 S …}.
 *
 * <p>The process is unknown: the header names the one that began the log, but a fork may share it.
 * So is the CPU: what the line calls a virtual CPU is QEMU's number of the thread.
 */
final class AdplugLine extends ReadColumns {
  private long sequence;
  private int record;

  /** Reads the columns of a line and moves behind them; false if it has none. */
  boolean read(LineScanner line) {
    long newSequence = line.decimal();
    boolean blanks = line.skip(' ');
    long newTime = line.decimal();
    blanks &= line.skip(' ');
    long virtualCpu = line.decimal();
    blanks &= line.skip(' ');
    long newTid = line.decimal();
    blanks &= line.skip(' ');
    int letter = line.peek();
    line.advance();
    blanks &= line.skip(' ');
    boolean known =
        letter == 'r' || letter == 'w' || letter == 'x' || letter == 'S' || letter == 'R';
    if (!blanks || !known || newSequence < 0 || newTime < 0 || virtualCpu < 0) {
      return false;
    }
    if (newTid <= 0 || newTid > Integer.MAX_VALUE) {
      return false;
    }
    sequence = newSequence;
    time = newTime;
    tid = (int) newTid;
    record = letter;
    return true;
  }

  /** Returns the record's place among all records of its process. */
  long sequence() {
    return sequence;
  }

  /** Returns the record's letter: r, w, x, S or R. */
  int record() {
    return record;
  }
}
