package dev.mmureplay.importer.adsnap;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.EventSink;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.importer.Account;
import dev.mmureplay.importer.EventSequencer;
import dev.mmureplay.importer.SystemCall;
import dev.mmureplay.importer.TaskTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes events of the lines, which come in the order of their times. */
final class AdsnapEvents {
  /** The results, negated, that mean that the kernel makes the call again. */
  private static final long ERESTARTSYS = 512;

  private static final long ERESTART_RESTARTBLOCK = 516;

  // Of enum tlb_flush_reason.
  private static final long TASK_SWITCH = 0;
  private static final long LOCAL_MM_SHOOTDOWN = 3;

  private static final long FAULT_WRITE = 2;
  private static final long FAULT_FETCH = 0x10;
  private static final long FAULT_BITS = 0xffff;
  private static final int PAGES_PER_WORD = 8;

  /** A system call under way. */
  private static final class OpenCall {
    private final SystemCall call;
    private final long[] arguments;
    private final int argumentCount;
    private final long time;
    private final int cpu;
    private final long line;
    private final EventSequencer.@Nullable Place place;

    /** Whether its PTEs are events, so that its line counts even if the call has no end. */
    private final boolean observed;

    OpenCall(
        SystemCall call, AdsnapLine begin, EventSequencer.@Nullable Place place, boolean observed) {
      this.call = call;
      this.arguments = begin.values.clone();
      this.argumentCount = begin.valueCount;
      this.time = begin.time;
      this.cpu = begin.cpu;
      this.line = begin.number;
      this.place = place;
      this.observed = observed;
    }
  }

  private final EventSequencer events;
  private final Account account;
  private final EventRow row = new EventRow();
  private final Map<Integer, OpenCall> open = new HashMap<>();

  /** Processes known to execute whatever they may read (personality with READ_IMPLIES_EXEC). */
  private final Set<Integer> readImpliesExec = new HashSet<>();

  /** Processes that have, or had, more than one task in their memory. */
  private final Set<Integer> threaded = new HashSet<>();

  private final UnseenExecves execves;
  private boolean snapshots;
  private long lost;

  AdsnapEvents(EventSink sink, Account account) {
    this.events = new EventSequencer(sink);
    this.execves = new UnseenExecves(events);
    this.account = account;
  }

  /** Notes that the trace has PTEs, so that a call without them had none. */
  void snapshotSeen() {
    snapshots = true;
  }

  /** Returns what this trace can know. */
  Fidelity fidelity() {
    // The script has no tracepoint for execve, so what the ELF loader mapped is not shown.
    return new Fidelity(Fidelity.Accesses.FIRST_TOUCH, true, true, true, true, false, false, lost);
  }

  /** Takes the next line in order of time. */
  void take(AdsnapLine line) throws IOException {
    switch (line.letter) {
      case AdsnapLine.LOST -> lost(line);
      case 'N' -> newTask(line);
      case 'Q' -> exit(line);
      case 'F' -> fault(line);
      case 'T' -> flush(line);
      default -> {
        boolean begins = Character.isUpperCase(line.letter);
        SystemCall call = call(Character.toUpperCase(line.letter));
        if (begins) {
          begin(line, call);
        } else {
          end(line, call);
        }
      }
    }
  }

  private static SystemCall call(char letter) {
    return switch (letter) {
      case 'P' -> SystemCall.MPROTECT;
      case 'M' -> SystemCall.MMAP;
      case 'U' -> SystemCall.MUNMAP;
      case 'B' -> SystemCall.BRK;
      case 'R' -> SystemCall.MREMAP;
      case 'D' -> SystemCall.MADVISE;
      default ->
          throw new IllegalStateException("expected the letter of a call but found " + letter);
    };
  }

  private EventRow row(AdsnapLine line, EventKind kind) {
    row.reset(kind, line.pid, line.tid);
    row.cpu = line.cpu;
    row.time = line.time;
    row.line = line.number;
    return row;
  }

  private void append(EventRow event) throws IOException {
    events.append(event);
    account.parsed(1);
  }

  /** Every call under way is given up: an end from here on may be that of another. */
  private void lost(AdsnapLine line) throws IOException {
    List<Integer> tasks = new ArrayList<>(open.keySet());
    for (int tid : tasks) {
      abandon(tid, Account.NEVER_RETURNED);
    }
    long count = line.values[0];
    lost += count;
    EventRow event = row(line, EventKind.LOST);
    event.pid = 0;
    event.tid = 0;
    event.cpu = UNKNOWN_INT;
    event.count = (int) Math.min(count, Integer.MAX_VALUE);
    append(event);
  }

  private void newTask(AdsnapLine line) throws IOException {
    int child = (int) line.values[0];
    abandon(child, Account.NEVER_RETURNED);
    EventRow event = row(line, EventKind.CLONE);
    event.result = child;
    event.flags = line.values[1];
    if ((event.flags & TaskTable.CLONE_VM) != 0) {
      threaded.add(line.pid);
    }
    if ((event.flags & TaskTable.CLONE_THREAD) == 0) {
      execves.forked(line.pid, child);
      if (readImpliesExec.contains(line.pid)) {
        readImpliesExec.add(child);
      }
    }
    append(event);
  }

  private void exit(AdsnapLine line) throws IOException {
    abandon(line.tid, Account.NEVER_RETURNED);
    EventRow event = row(line, EventKind.EXIT);
    event.flags = 0;
    append(event);
  }

  private void fault(AdsnapLine line) throws IOException {
    long address = line.values[0];
    if (address < 0) {
      account.ignored("fault-at-kernel-address", 1 + line.wordCount());
      return;
    }
    if (snapshots) {
      EventRow before = row(line, EventKind.OBSERVED_PTE);
      before.address = address & -EventSchema.PAGE_SIZE;
      before.flags = EventSchema.PTE_AT_FAULT;
      before.result = line.wordCount() == 0 ? 0 : PteByte.word((int) line.word(0) & 0xff);
      if (line.wordCount() > 0) {
        before.line = line.wordLine(0);
      }
      events.append(before);
      account.parsed(line.wordCount());
    }
    long code = line.values[2];
    EventRow event =
        row(
            line,
            (code & FAULT_FETCH) != 0
                ? EventKind.FETCH
                : (code & FAULT_WRITE) != 0 ? EventKind.WRITE : EventKind.READ);
    event.address = address;
    event.flags = EventSchema.FROM_FAULT | (code & FAULT_BITS);
    append(event);
  }

  private void flush(AdsnapLine line) throws IOException {
    long pages = line.values[0];
    long reason = line.values[1];
    boolean whole = pages < 0 && !open.containsKey(line.tid);
    if (whole && (reason == TASK_SWITCH || reason == LOCAL_MM_SHOOTDOWN)) {
      execves.flushed(line, reason == TASK_SWITCH);
    }
    if (reason == TASK_SWITCH) {
      account.ignored("flush-on-task-switch", 1);
      return;
    }
    EventRow event = row(line, EventKind.OBSERVED_TLB_FLUSH);
    event.length = pages < 0 ? UNKNOWN : pages * EventSchema.PAGE_SIZE;
    event.flags = reason;
    append(event);
  }

  private void begin(AdsnapLine line, SystemCall call) throws IOException {
    abandon(line.tid, Account.NEVER_RETURNED);
    if (call != SystemCall.BRK) {
      execves.giveUp(line.pid);
    }
    boolean observed =
        call == SystemCall.MPROTECT
            && snapshot(line, line.values[0], line.values[1], EventSchema.PTE_BEFORE);
    open.put(
        line.tid, new OpenCall(call, line, call.givesUp() ? events.reserve() : null, observed));
  }

  private void end(AdsnapLine line, SystemCall call) throws IOException {
    OpenCall begun = open.get(line.tid);
    long result = line.values[0];
    if (begun == null || begun.call != call) {
      abandon(line.tid, Account.NEVER_RETURNED);
      account.ignored("exit-without-enter", 1 + line.wordCount());
      return;
    }
    if (-result >= ERESTARTSYS && -result <= ERESTART_RESTARTBLOCK) {
      abandon(line.tid, Account.RESTARTED);
      account.ignored(Account.RESTARTED, 1 + line.wordCount());
      return;
    }
    open.remove(line.tid);
    if (call == SystemCall.BRK && execves.breakIs(line, result, begun.arguments[0] == 0)) {
      readImpliesExec.remove(line.pid);
    }
    findOutWhatReadImplies(line, begun, result);
    call.fill(row, line.pid, line.tid, begun.arguments, begun.argumentCount);
    if (readImpliesExec.contains(line.pid)) {
      call.readImpliesExec(row, begun.arguments);
    }
    row.time = begun.time;
    row.duration = line.time - begun.time;
    row.cpu = begun.cpu;
    row.line = begun.line;
    row.result = result;
    if (begun.place == null) {
      events.append(row);
    } else {
      events.fill(begun.place, row);
    }
    account.parsed(2);
    if (call == SystemCall.MPROTECT) {
      snapshot(line, begun.arguments[0], begun.arguments[1], EventSchema.PTE_AFTER);
    }
  }

  /**
   * A page that is executable behind an mprotect that did not ask for it shows the personality,
   * where no other thread can have changed it since.
   */
  private void findOutWhatReadImplies(AdsnapLine end, OpenCall begun, long result) {
    boolean tells =
        begun.call == SystemCall.MPROTECT
            && result == 0
            && !threaded.contains(end.pid)
            && SystemCall.readsWithoutExecuting(begun.call.protection(begun.arguments));
    for (int i = 0; tells && i < end.wordCount(); i++) {
      for (long word = end.word(i); word != 0; word >>>= 8) {
        int pte = (int) word & 0xff;
        if (PteByte.isExecutable(pte)) {
          readImpliesExec.add(end.pid);
        } else if (PteByte.isPresent(pte)) {
          readImpliesExec.remove(end.pid);
        }
      }
    }
  }

  /**
   * Makes a row for the range that a snapshot covers and one for each page of it that has a PTE.
   *
   * @return whether it did
   */
  private boolean snapshot(AdsnapLine line, long start, long length, long flags)
      throws IOException {
    if (!snapshots) {
      return false;
    }
    EventRow range = row(line, EventKind.OBSERVED_PTE);
    range.address = start & -EventSchema.PAGE_SIZE;
    // The script divides the length as it was passed, so that a part of a page is left out.
    range.length = AdsnapReader.snapshotBytes(length & -EventSchema.PAGE_SIZE);
    range.flags = flags;
    range.length2 = pagesWithPte(line) * EventSchema.PAGE_SIZE;
    if (line.wordCount() > 0 && !covers(range, line.wordAddress(0))) {
      account.ignored("snapshot-of-another-call", line.wordCount());
      return false;
    }
    account.parsed(line.wordCount());
    events.append(range);
    for (int i = 0; i < line.wordCount(); i++) {
      for (int k = 0; k < PAGES_PER_WORD; k++) {
        int pte = (int) (line.word(i) >>> (8 * k)) & 0xff;
        if (pte != 0) {
          EventRow page = row(line, EventKind.OBSERVED_PTE);
          long first = line.wordAddress(i) & -EventSchema.PAGE_SIZE;
          page.address = first + (long) k * EventSchema.PAGE_SIZE;
          page.flags = flags;
          page.result = PteByte.word(pte);
          page.line = line.wordLine(i);
          events.append(page);
        }
      }
    }
    return true;
  }

  private static long pagesWithPte(AdsnapLine line) {
    long pages = 0;
    for (int i = 0; i < line.wordCount(); i++) {
      for (long word = line.word(i); word != 0; word >>>= 8) {
        pages += (word & 0xff) != 0 ? 1 : 0;
      }
    }
    return pages;
  }

  private static boolean covers(EventRow range, long address) {
    return address >= range.address && address - range.address < range.length;
  }

  private void abandon(int tid, String rule) throws IOException {
    OpenCall begun = open.remove(tid);
    if (begun != null) {
      if (begun.observed) {
        account.parsed(1);
      } else {
        account.ignored(rule, 1);
      }
      if (begun.place != null) {
        events.fill(begun.place, null);
      }
    }
  }

  /** Ends the trace: calls still under way have no end. */
  void finish() throws IOException {
    List<Integer> tasks = new ArrayList<>(open.keySet());
    for (int tid : tasks) {
      abandon(tid, Account.NEVER_RETURNED);
    }
    events.finish();
  }
}
