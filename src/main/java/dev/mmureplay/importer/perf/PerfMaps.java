package dev.mmureplay.importer.perf;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;
import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.SystemCall;
import dev.mmureplay.importer.tracepoint.TracepointTask;
import dev.mmureplay.importer.tracepoint.TracepointTrace;
import java.io.IOException;

/**
 * The records that show a mapping whole:
 *
 * <pre>
 * PERF_RECORD_MMAP2 9883/9883: [0x7fffff952000(0x21000) @ 0x7ffffffde000 00:00 0 0]: rw-p [stack]
 * PERF_RECORD_MMAP2 9883/9883: [0x561210549000(0xd000) @ 0 fe:00 260257 0]: r--p /usr/bin/env
 * </pre>
 *
 * <p>Those inside an execve are the only trace of what the ELF loader mapped, and those at time 0
 * of what was there before; all others repeat what a system call did and are observations.
 */
final class PerfMaps {
  private static final int EXEC = 4;
  private static final long MAP_SHARED = 1;
  private static final long MAP_PRIVATE = 2;
  private static final long MAP_FIXED = 0x10;
  private static final long MAP_GROWSDOWN = 0x100;

  private final TracepointTrace trace;
  private int pid;
  private int tid;
  private long address;
  private long length;
  private long offset;
  private int protection;
  private boolean shared;
  private boolean stack;
  private int file;

  PerfMaps(TracepointTrace trace) {
    this.trace = trace;
  }

  /** Takes a PERF_RECORD_MMAP2, from behind its name on. */
  void mapping() throws IOException {
    if (!read(trace.line)) {
      trace.reject("unreadable record");
    } else if (pid < 0 || address < 0) {
      trace.ignore("kernel-layout");
    } else if (trace.columns.isInitial()) {
      trace.tasks.set(pid, tid);
      EventRow row = mapped();
      row.time = UNKNOWN;
      if (file == UNKNOWN_INT) {
        // perf has it from /proc, where anonymous memory has no offset.
        row.offset = UNKNOWN;
      }
      row.cpu = UNKNOWN_INT;
      trace.append(row);
    } else {
      TracepointTask task = trace.task(tid);
      if (task.call == SystemCall.SHMAT) {
        task.segmentLength = length;
        task.segmentProtection = protection;
        trace.append(observed());
      } else if (task.inMemoryCall()) {
        if (task.call == SystemCall.MMAP && file != UNKNOWN_INT) {
          task.file = file;
        }
        findOutWhatReadImplies(task);
        trace.append(observed());
      } else {
        // Without PERF_RECORD_COMM the new stack is the first sign of a new program.
        task.loading |= stack || (task.call != null && task.call.isExec());
        trace.append(task.loading ? mapped() : observed());
      }
    }
  }

  /** A record in a call shows what the call has made of the protection that it was given. */
  private void findOutWhatReadImplies(TracepointTask task) {
    SystemCall call = task.call;
    if (call != null && SystemCall.readsWithoutExecuting(call.protection(task.arguments))) {
      boolean executable = (protection & EXEC) != 0;
      task.unexecutable = !executable && file != UNKNOWN_INT;
      if (!task.unexecutable) {
        trace.tasks.readImpliesExec(task.tid, executable);
      }
    }
  }

  private EventRow mapped() {
    EventRow row = base(EventKind.MMAP);
    row.flags = (shared ? MAP_SHARED : MAP_PRIVATE) | MAP_FIXED | EventSchema.BY_LOADER;
    row.file = file;
    row.offset = offset;
    if (file == UNKNOWN_INT) {
      row.flags |= SystemCall.MAP_ANONYMOUS;
    }
    if (stack) {
      row.flags |= EventSchema.INITIAL_STACK | MAP_GROWSDOWN;
    }
    row.result = address;
    return row;
  }

  private EventRow observed() {
    EventRow row = base(EventKind.OBSERVED_VMA);
    row.file = file;
    row.offset = offset;
    return row;
  }

  private EventRow base(EventKind kind) {
    EventRow row = trace.row(kind);
    row.pid = pid;
    row.tid = tid;
    row.address = address;
    row.length = length;
    row.protection = protection;
    return row;
  }

  private boolean read(LineScanner line) {
    line.skipBlanks();
    pid = (int) trace.signed();
    tid = line.skip('/') ? (int) trace.signed() : -1;
    if (!line.skip(": [")) {
      return false;
    }
    address = line.number();
    length = line.skip('(') ? line.number() : NONE;
    offset = line.skip(") @ ") ? line.number() : NONE;
    if (address == NONE || length == NONE || offset == NONE) {
      return false;
    }
    line.skipBlanks();
    int deviceFrom = line.position();
    int end = line.indexOf("]: ");
    if (end < 0) {
      return false;
    }
    int deviceTo = deviceAndInode(line, deviceFrom, end);
    line.position(end + "]: ".length());
    return readProtection(line) && readPath(line, deviceFrom, deviceTo);
  }

  /** Returns where {@code fe:00 260257} ends; the inode's generation behind it is left out. */
  private static int deviceAndInode(LineScanner line, int from, int end) {
    line.position(from);
    int blank = line.indexOf(" ");
    if (blank < 0 || blank >= end) {
      return end;
    }
    line.position(blank + 1);
    int second = line.indexOf(" ");
    return second < 0 || second > end ? end : second;
  }

  private boolean readProtection(LineScanner line) {
    protection = bit(line, 'r', 1) | bit(line, 'w', 2) | bit(line, 'x', 4);
    shared = line.peek() == 's';
    return (line.skip('s') || line.skip('p')) && line.skip(' ');
  }

  private static int bit(LineScanner line, char letter, int value) {
    if (line.skip(letter)) {
      return value;
    }
    line.skip('-');
    return 0;
  }

  private boolean readPath(LineScanner line, int deviceFrom, int deviceTo) {
    stack = line.looksAt("[stack]");
    boolean named = line.peek() == '/' && !line.looksAt("//");
    file = UNKNOWN_INT;
    if (named) {
      long hash = line.hash(line.position(), line.length()) * 31 + line.hash(deviceFrom, deviceTo);
      file = SystemCall.fileIdentity(hash);
    }
    return !line.atEnd() && line.terminated();
  }
}
