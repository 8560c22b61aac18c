package dev.mmureplay.importer.lackey;

import dev.mmureplay.importer.LineScanner;
import java.util.Arrays;

/**
 * The beginning of a system call: {@code SYSCALL[14321,1](10) sys_mprotect ( 0x4a2c000, 16384, 0
 * )}. One object, refilled for every call.
 */
final class CallLine {
  private static final int MAX_ARGUMENTS = 6;

  private final long[] arguments = new long[MAX_ARGUMENTS];
  private int count;
  private int pid;
  private int tid;
  private int number;

  /**
   * Reads {@code SYSCALL[pid,tid](number) } from the position; false if something is missing, and
   * the position is somewhere in it.
   */
  boolean readHeader(LineScanner scanner) {
    boolean started = scanner.skip("SYSCALL[");
    long newPid = scanner.decimal();
    boolean comma = scanner.skip(',');
    long newTid = scanner.decimal();
    boolean bracket = scanner.skip("](");
    scanner.skipBlanks();
    long newNumber = scanner.decimal();
    boolean closed = scanner.skip(')');
    scanner.skipBlanks();
    if (!started || !comma || !bracket || !closed || !isId(newPid) || !isId(newTid)) {
      return false;
    }
    if (newNumber < 0 || newNumber > Integer.MAX_VALUE) {
      return false;
    }
    pid = (int) newPid;
    tid = (int) newTid;
    number = (int) newNumber;
    count = 0;
    return true;
  }

  /**
   * Reads the name and the arguments, which are decimal, or hex with {@code 0x}, or for the flags
   * of {@code clone} hex without; pkey_mprotect lacks a comma.
   *
   * @param firstIsHex whether the first argument is hex even without {@code 0x}
   * @return false if there are none, or one is unreadable
   */
  boolean readArguments(LineScanner scanner, boolean firstIsHex) {
    Arrays.fill(arguments, 0);
    count = 0;
    if (!scanner.skipTo("(")) {
      return false;
    }
    scanner.skipBlanks();
    while (!scanner.skip(')')) {
      boolean negative = scanner.skip('-');
      boolean hex = scanner.skip("0x") || (firstIsHex && count == 0);
      long value = hex ? scanner.hex() : scanner.decimal();
      if (value == LineScanner.NONE || count == MAX_ARGUMENTS) {
        return false;
      }
      arguments[count++] = negative ? -value : value;
      int before = scanner.position();
      scanner.skip(',');
      scanner.skipBlanks();
      if (scanner.position() == before && scanner.peek() != ')') {
        return false;
      }
    }
    return true;
  }

  private static boolean isId(long id) {
    return id >= 0 && id <= Integer.MAX_VALUE;
  }

  int pid() {
    return pid;
  }

  int tid() {
    return tid;
  }

  /** Returns the number of the system call, as on amd64. */
  int number() {
    return number;
  }

  /** Returns how many arguments the line shows. */
  int arguments() {
    return count;
  }

  /** Returns an argument, 0 if the line does not show it. */
  long argument(int index) {
    return arguments[index];
  }
}
