package dev.mmureplay.importer.ftrace;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.XenEvent;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.SystemCall;
import dev.mmureplay.importer.tracepoint.TracepointEvents;
import dev.mmureplay.importer.tracepoint.TracepointTask;
import dev.mmureplay.importer.tracepoint.TracepointTrace;
import java.io.IOException;

/** The tracepoints of Linux under Xen. */
final class XenEvents {
  /** The rule for events that show how page tables hang together. */
  static final String STRUCTURE = "page-table-structure";

  /** The rule for PTEs that map no page of a program. */
  static final String KERNEL_PAGE = "pte-of-kernel-page";

  /** The rule for PTEs of which it cannot be known what they map. */
  static final String UNKNOWN_ADDRESS = "pte-of-unknown-address";

  private static final long OP_MMU_UPDATE = 1;
  private static final long OP_MMUEXT = 26;
  private static final long USER_END = 1L << 47;
  private static final long MAP_FIXED = 0x10;
  private static final long PTE_PRESENT = 1;
  private static final long PTE_USER = 4;

  /** The kernel numbers levels from the root; this and the number of a level add up to ours. */
  private static final int LEVELS = 5;

  private final TracepointTrace trace;
  private final AddressSpaces spaces;
  private final PageTables tables = new PageTables();
  private final RangeWalks walks;
  private final LineScanner line;
  private boolean pteSeen;

  XenEvents(TracepointTrace trace, AddressSpaces spaces) {
    this.trace = trace;
    this.spaces = spaces;
    this.walks = new RangeWalks(trace, spaces, tables);
    this.line = trace.line;
  }

  /** Returns whether a PTE of a program's page was seen to be set. */
  boolean pteSeen() {
    return pteSeen || walks.placed();
  }

  /** Forgets what is known of page tables, because events were lost. */
  void forget() throws IOException {
    finish();
    tables.forget();
    spaces.forget();
  }

  /** Takes {@code ptep ffff88800ae9e3e0 pteval 8000000001f2e867 (raw …)}. */
  void setPte() throws IOException {
    long entry = after("ptep ");
    long value = after("pteval ");
    if (unreadable(entry, value)) {
      return;
    }
    boolean kernels = isKernels(value);
    TracepointTask task = trace.task(trace.columns.tid());
    if (!kernels && changesProtection(task)) {
      long start = task.arguments[0];
      long length = task.arguments[1];
      // A table that was known may have gone and come back elsewhere while nobody looked.
      if (!tables.learnFromRange(entry, start, length, spaces.current())) {
        walks.hold(task, start, length, entry, value);
        stillAtWork();
        return;
      }
    }
    long page = tables.page(entry);
    if (page == UNKNOWN && kernels) {
      trace.ignore(KERNEL_PAGE);
      return;
    }
    if (page == UNKNOWN || tables.isAssumed(entry)) {
      if (!learn(entry) && page == UNKNOWN) {
        trace.ignore(UNKNOWN_ADDRESS);
        return;
      }
      page = tables.page(entry);
    }
    set(entry, page, value);
  }

  /** A table of user pages that holds such an entry is one of the kernel by now. */
  private static boolean isKernels(long value) {
    return (value & PTE_PRESENT) != 0 && (value & PTE_USER) == 0;
  }

  private static boolean changesProtection(TracepointTask task) {
    return task.call == SystemCall.MPROTECT || task.call == SystemCall.PKEY_MPROTECT;
  }

  /** Places what a task's call on a long range has set, now that the call is over. */
  void finish(int tid) throws IOException {
    walks.finish(tid);
  }

  /** Places what is still held back, as at the end of a trace. */
  void finish() throws IOException {
    walks.finish();
  }

  /** Learns which page an entry maps from what its task is about. */
  private boolean learn(long entry) {
    TracepointTask task = trace.task(trace.columns.tid());
    if (task.faulting != UNKNOWN) {
      return tables.learnFromFault(entry, task.faulting, spaces.current());
    }
    SystemCall call = task.call;
    boolean placed = call == SystemCall.MMAP && (task.arguments[3] & MAP_FIXED) != 0;
    return call != null
        && (placed || call.changesPages())
        && tables.learnFromRange(entry, task.arguments[0], task.arguments[1], spaces.current());
  }

  /** Takes {@code mm … addr 7f33 ptep … pteval …}, which kernels before 5.13 print. */
  void setPteAt() throws IOException {
    long mm = after("mm ");
    long address = after("addr ");
    long entry = after("ptep ");
    int at = line.position();
    long value = line.skipTo("pteval ") ? FtraceValues.hex(line) : 0;
    line.position(at);
    if (unreadable(mm, address, entry, value)) {
      return;
    }
    if (address >= 0 && address < USER_END) {
      tables.learn(entry, address, spaces.named(mm));
    }
    set(entry, address, value);
  }

  private void set(long entry, long page, long value) throws IOException {
    if (page < 0 || page >= USER_END || isKernels(value)) {
      trace.ignore(KERNEL_PAGE);
      return;
    }
    TracepointTask task = trace.task(trace.columns.tid());
    if (task.call == SystemCall.MMAP || task.call == SystemCall.BRK) {
      // It populates what it has mapped by now.
      trace.takesEffect(task);
    }
    EventRow row = trace.row(EventKind.SET_PTE);
    row.address = page;
    row.result = value;
    pteSeen = true;
    spaces.append(row, owner(entry));
    stillAtWork();
  }

  private AddressSpace owner(long entry) {
    PageTables.Table table = tables.holding(entry);
    AddressSpace space = table == null ? null : table.space;
    if (space != null && !space.dropped) {
      return space;
    }
    AddressSpace current = spaces.current();
    if (table != null) {
      table.space = current;
    }
    return current;
  }

  /** Takes {@code mm … addr 100000000000 ptep … pteval … (raw …)}. */
  void modifyProt(boolean commit) throws IOException {
    long mm = after("mm ");
    long address = after("addr ");
    long entry = after("ptep ");
    long value = after("pteval ");
    if (unreadable(mm, address, entry, value)) {
      return;
    }
    tables.learn(entry, address, spaces.named(mm));
    EventRow row = trace.row(EventKind.OBSERVED_PTE);
    row.address = address;
    row.result = value;
    row.flags = commit ? 1 : 0;
    trace.append(row);
    stillAtWork();
  }

  /**
   * What an mprotect does is over with the last that is seen of it: others may be at work in the
   * same memory before its end is seen.
   */
  private void stillAtWork() throws IOException {
    TracepointTask task = trace.task(trace.columns.tid());
    if (changesProtection(task)) {
      trace.takesEffectLater(task);
    }
  }

  /** Takes {@code mm ffff888004c5b600 pfn 1ea75 level 2 pinned}. */
  void made() throws IOException {
    long mm = after("mm ");
    long frame = after("pfn ");
    long level = after("level ");
    if (unreadable(mm, frame, level)) {
      return;
    }
    spaces.tableMade();
    // Level 0 is a root, 1 a level that this hardware does not have.
    if (level >= 2 && level < LEVELS) {
      tables.made(frame, LEVELS - (int) level, spaces.named(mm));
    }
    trace.ignore(STRUCTURE);
  }

  /** Takes {@code pfn 1ea74 level 4 pinned}. */
  void released() {
    long frame = after("pfn ");
    if (!unreadable(frame)) {
      tables.released(frame);
      trace.ignore(STRUCTURE);
    }
  }

  /** Takes {@code mm ffff888004c5b600 pgd ffff888006762000}. */
  void pin(boolean pins) throws IOException {
    long mm = after("mm ");
    if (unreadable(mm)) {
      return;
    }
    trace.ignore(STRUCTURE);
    if (pins) {
      spaces.pinned(mm);
    } else {
      spaces.unpinned(mm);
    }
  }

  /** Takes {@code p4dp … user_p4dp … p4dval … (raw …)}, whose raw value has the guest's frame. */
  void setRoot() {
    long entry = after("p4dp ");
    long value = after("(raw ");
    setUpper(PageTables.ROOT, entry, value);
  }

  /** Takes {@code pudp … pudval … (raw …)}. */
  void setPud() {
    long entry = after("pudp ");
    long value = after("pudval ");
    setUpper(PageTables.PUD, entry, value);
  }

  /** Takes {@code pmdp … pmdval … (raw …)}. */
  void setPmd() {
    long entry = after("pmdp ");
    long value = after("pmdval ");
    setUpper(PageTables.PMD, entry, value);
  }

  private void setUpper(int level, long entry, long value) {
    if (!unreadable(entry, value)) {
      tables.setUpper(level, entry, value);
      trace.ignore(STRUCTURE);
    }
  }

  /** Takes {@code op 1 args [ffff88803d41ead0, 1, 0, 7ff0, 0, 0]}. */
  void entry() throws IOException {
    long op = trace.numberAfter("op ");
    long first = after("args [");
    long second = line.skip(", ") ? FtraceValues.hex(line) : NONE;
    if (unreadable(op, first, second)) {
      return;
    }
    EventRow row = row(XenEvent.MC_ENTRY, op);
    if (op == OP_MMU_UPDATE || op == OP_MMUEXT) {
      row.length = second;
    }
    trace.append(row);
    stillAtWork();
  }

  /** Takes {@code extending op 1 by 16 bytes res BAD_OP}. */
  void extend() throws IOException {
    long op = trace.numberAfter("op ");
    long bytes = trace.numberAfter("by ");
    long result = NONE;
    if (line.skipTo("res ")) {
      result = line.looksAt("OK") ? 0 : line.looksAt("BAD_OP") ? 1 : 2;
      result = (result < 2 || line.looksAt("NO_SPACE")) ? result : NONE;
    }
    if (unreadable(op, bytes, result)) {
      return;
    }
    EventRow row = row(XenEvent.MC_EXTEND, op);
    row.length = bytes;
    row.result = result;
    trace.append(row);
    stillAtWork();
  }

  /** Takes {@code flushing 1 hypercalls, 16 arg bytes, 0 callbacks}. */
  void flush() throws IOException {
    long hypercalls = trace.numberAfter("flushing ");
    long bytes = trace.numberAfter("hypercalls, ");
    long callbacks = trace.numberAfter("arg bytes, ");
    if (unreadable(hypercalls, bytes, callbacks)) {
      return;
    }
    EventRow row = row(XenEvent.MC_FLUSH, 0);
    row.length = hypercalls;
    row.length2 = bytes;
    row.result = callbacks;
    trace.append(row);
    stillAtWork();
  }

  /** Takes {@code addr 100000000000}. */
  void flushOne() throws IOException {
    long address = after("addr ");
    if (unreadable(address)) {
      return;
    }
    EventRow row = row(XenEvent.FLUSH_TLB_ONE_USER, 0);
    row.address = address;
    row.length = EventSchema.PAGE_SIZE;
    walks.flushed(row);
    trace.append(row);
    stillAtWork();
  }

  /** Takes {@code ncpus 2 mm ffff8880056ec480 addr 200000000000, end 200000001000}. */
  void flushMulti() throws IOException {
    long cpus = trace.numberAfter("ncpus ");
    long address = after("addr ");
    long end = after("end ");
    if (unreadable(cpus, address, end)) {
      return;
    }
    EventRow row = row(XenEvent.FLUSH_TLB_MULTI, cpus);
    row.address = address;
    row.length = end == -1 ? UNKNOWN : end - address;
    walks.flushed(row);
    trace.append(row);
    stillAtWork();
  }

  /** Takes a flush of everything. */
  void flushAll() throws IOException {
    trace.append(row(XenEvent.FLUSH_TLB, 0));
    stillAtWork();
  }

  /**
   * Takes the one event that is printed without an end of its line.
   *
   * @return whether another event follows on the same line
   */
  boolean writeCr3() throws IOException {
    EventRow row = row(XenEvent.WRITE_CR3, 0);
    line.skipBlanks();
    if (line.atEnd()) {
      trace.append(row);
      stillAtWork();
      return false;
    }
    trace.events.append(row);
    trace.lineTold = true;
    line.prepend(new byte[0]);
    return true;
  }

  private EventRow row(XenEvent event, long detail) {
    EventRow row = trace.row(EventKind.OBSERVED_XEN);
    row.flags = event.flags(detail);
    return row;
  }

  private long after(String text) {
    return line.skipTo(text) ? FtraceValues.hex(line) : NONE;
  }

  /** Rejects the line if one of its values could not be read. */
  private boolean unreadable(long... values) {
    boolean missing = !line.terminated();
    for (long value : values) {
      missing |= value == NONE;
    }
    if (missing) {
      trace.reject(TracepointEvents.UNREADABLE);
    }
    return missing;
  }
}
