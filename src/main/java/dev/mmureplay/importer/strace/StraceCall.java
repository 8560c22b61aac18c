package dev.mmureplay.importer.strace;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;
import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.importer.KernelNames;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.SystemCall;
import dev.mmureplay.importer.TaskTable;

/**
 * The arguments and the result of one whole call, read from behind its name:
 *
 * <pre>
 * (0x7f90769dd000, 24576, PROT_READ|PROT_WRITE, MAP_PRIVATE|2&lt;&lt;MAP_HUGE_SHIFT, 3&lt;/a, b&gt;, 0) = 0 &lt;0.000026&gt;
 * </pre>
 */
final class StraceCall {
  /** What strace puts behind the path of a file that has no name any more. */
  private static final String DELETED = ">(deleted)";

  private final long[] arguments = new long[SystemCall.MAX_ARGUMENTS];
  private int count;
  private int file;
  private long result;
  private long duration;
  private boolean restarted;
  private boolean failed;

  /**
   * Reads plain arguments, as those of the calls about memory are, up to and with the closing
   * parenthesis.
   *
   * @return false if there is something else than numbers and known names
   */
  boolean readArguments(LineScanner line, SystemCall call) {
    count = 0;
    file = UNKNOWN_INT;
    if (!line.skip('(')) {
      return false;
    }
    line.skipBlanks();
    while (!line.skip(')')) {
      if (count == SystemCall.MAX_ARGUMENTS || (count > 0 && !line.skip(','))) {
        return false;
      }
      line.skipBlanks();
      long value = expression(line);
      if (value == NONE) {
        return false;
      }
      arguments[count++] = value;
      if (line.peek() == '<' && !readPath(line)) {
        return false;
      }
      line.skipBlanks();
    }
    return count >= call.arguments();
  }

  /**
   * Reads the path that -y puts behind a descriptor. It may hold any of {@code <>,()} itself, but
   * the only argument behind it is a number: so it ends at the last {@code >,} of the line.
   */
  private boolean readPath(LineScanner line) {
    int from = line.position();
    int open = line.lastIndexOf(">, ");
    int deleted = line.lastIndexOf(DELETED + ", ");
    int comma = Math.max(open + 1, deleted + DELETED.length());
    if (open < 0 && deleted < 0) {
      return false;
    }
    file = SystemCall.fileIdentity(line.hash(from, comma));
    line.position(comma);
    return true;
  }

  /** Reads an expression of any of the kernel's names. */
  static long expression(LineScanner line) {
    return KernelNames.expression(line, KernelNames.FLAGS);
  }

  /**
   * Returns the clone flags of a call that makes a task, from its arguments, or unknown where
   * strace shows only the address of a structure.
   */
  static long cloneFlags(LineScanner line, SystemCall call) {
    if (call.flagsByName() != UNKNOWN) {
      return call.flagsByName();
    }
    int before = line.position();
    long flags = UNKNOWN;
    if (line.skipTo("flags=")) {
      flags = known(expression(line));
      if (line.skipTo("exit_signal=")) {
        long signal = expression(line);
        flags = signal == NONE || flags == UNKNOWN ? flags : flags | signal;
      }
    } else if (call == SystemCall.CLONE && line.skip('(')) {
      flags = known(expression(line));
    }
    line.position(before);
    return flags;
  }

  private static long known(long value) {
    return value == NONE ? UNKNOWN : value;
  }

  /**
   * Reads what follows the arguments, from their closing parenthesis's right side on.
   *
   * @return false if there is no result
   */
  boolean readResult(LineScanner line) {
    result = UNKNOWN;
    duration = UNKNOWN;
    restarted = false;
    failed = false;
    line.skipBlanks();
    if (!line.skip("= ")) {
      return false;
    }
    if (line.skip('?')) {
      restarted = line.looksAt(" ERESTART");
    } else if (!readNumber(line)) {
      return false;
    }
    readDuration(line);
    return true;
  }

  private boolean readNumber(LineScanner line) {
    boolean negative = line.skip('-');
    long value = line.number();
    if (value == NONE) {
      return false;
    }
    result = negative ? -value : value;
    if (line.peek() == '<') {
      line.skipTo(">");
    }
    int before = line.position();
    if (negative && line.skip(' ')) {
      long error = KernelNames.error(line);
      if (error != NONE) {
        result = -error;
      }
      failed = true;
    }
    line.position(before);
    return negative || isEndOfNumber(line.peek());
  }

  private static boolean isEndOfNumber(int b) {
    return b == ' ' || b < 0;
  }

  private void readDuration(LineScanner line) {
    int at = line.lastIndexOf(" <");
    if (at >= 0) {
      line.position(at + 2);
      long nanos = line.nanos();
      if (nanos != NONE && line.skip('>')) {
        duration = nanos;
      }
    }
  }

  /** Returns the plain arguments; only the first {@link #count} are meant. */
  long[] arguments() {
    return arguments;
  }

  /** Returns how many plain arguments there are. */
  int count() {
    return count;
  }

  /** Returns the identity of the file whose path stood behind a descriptor, or unknown. */
  int file() {
    return file;
  }

  /** Returns what the call returned, or the negative number of its error, or unknown. */
  long result() {
    return result;
  }

  /** Returns how long the call took in ns, or unknown. */
  long duration() {
    return duration;
  }

  /** Returns whether the call did not happen and comes again. */
  boolean restarted() {
    return restarted;
  }

  /** Returns whether the call failed. */
  boolean failed() {
    return failed;
  }

  /** Returns flags to decide by whether a new task is a thread; see the package's comment. */
  static long flagsOrThread(long flags) {
    return flags == UNKNOWN ? TaskTable.CLONE_THREAD : flags;
  }
}
