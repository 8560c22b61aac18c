package dev.mmureplay.importer.drmemtrace;

import dev.mmureplay.importer.LineScanner;

/**
 * The columns of a line, in any of the three ways in which releases of the tool have written them:
 * {@code 53: T3}, {@code 53 21: 3}, {@code 53 21: W0.T3}.
 */
final class ViewLine {
  private int workload;
  private int tid;

  /** Reads the columns and moves to the record; false if the line has none. */
  boolean read(LineScanner line) {
    workload = 0;
    line.skipBlanks();
    if (line.decimal() < 0) {
      return false;
    }
    if (!line.skip(':')) {
      line.skipBlanks();
      if (line.decimal() < 0 || !line.skip(':')) {
        return false;
      }
    }
    int before = line.position();
    line.skipBlanks();
    return line.position() > before && readThread(line) && line.skip(' ');
  }

  private boolean readThread(LineScanner line) {
    if (line.skip('W')) {
      long number = line.decimal();
      if (number < 0 || number > Integer.MAX_VALUE || !line.skip('.')) {
        return false;
      }
      workload = (int) number;
    }
    line.skip('T');
    long number = line.decimal();
    tid = (int) number;
    return number >= 0 && number <= Integer.MAX_VALUE;
  }

  int workload() {
    return workload;
  }

  int tid() {
    return tid;
  }
}
