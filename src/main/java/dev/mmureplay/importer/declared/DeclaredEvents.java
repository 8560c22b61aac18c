package dev.mmureplay.importer.declared;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.EventSink;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.importer.AccessRows;
import dev.mmureplay.importer.Account;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.SystemCall;
import dev.mmureplay.importer.TimeOrder;
import dev.mmureplay.importer.call.Call;
import dev.mmureplay.importer.call.CallLog;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes events of declared records. */
final class DeclaredEvents {
  /** Stands for the only task of records that name none. */
  private static final int SOLE_TASK = 1;

  private static final int MAX_TASK = 1 << 30;

  /** Bits of the x86 page fault error code. */
  private static final long FAULT_WRITE = 2;

  private static final long FAULT_USER = 4;
  private static final long FAULT_FETCH = 0x10;
  private static final long FAULT_BITS = 0xffff;

  private final Account account;
  private final CallLog calls;
  private final AccessRows accesses;
  private final TimeOrder<DeclaredRecord> order = new TimeOrder<>(this::take);
  private final Call call = new Call();
  private final EventRow row = new EventRow();

  /** The fields that every record so far has had. */
  private final Set<Field> always = EnumSet.allOf(Field.class);

  private boolean recordSeen;
  private boolean fromStart;
  private boolean accessesSeen;
  private boolean faultsSeen;
  private boolean kernelFaults;
  private long lost;

  DeclaredEvents(Account account, EventSink sink, boolean folds) {
    this.account = account;
    this.calls = new CallLog(account, sink);
    this.accesses = new AccessRows(calls::append, folds);
  }

  /** Returns why a record is none, or null if nothing is missing and every value is possible. */
  static @Nullable String objection(DeclaredRecord record) {
    for (Field field : needed(record.kind())) {
      if (!record.has(field)) {
        return "no " + field.fieldName();
      }
    }
    for (Field field : List.of(Field.PID, Field.TID, Field.CPU, Field.COUNT)) {
      long most = field == Field.CPU ? EventSchema.MAX_CPU : MAX_TASK;
      if (record.has(field) && (record.get(field) < 0 || record.get(field) > most)) {
        return "unreadable " + field.fieldName();
      }
    }
    boolean access = record.kind().type() == Kind.Type.ACCESS;
    long length = record.get(Field.LENGTH, 1);
    return access && (length < 1 || length > EventSchema.PAGE_SIZE) ? "unreadable length" : null;
  }

  private static List<Field> needed(Kind kind) {
    return switch (kind.type()) {
      case ACCESS -> List.of(Field.ADDRESS);
      case FAULT -> List.of(Field.ADDRESS, Field.ERROR_CODE);
      case LOST, IGNORE, EXIT -> List.of();
      case CALL, ENTER -> arguments(kind.call());
    };
  }

  private static List<Field> arguments(@Nullable SystemCall system) {
    if (system == null) {
      return List.of();
    }
    return switch (system) {
      case MMAP -> List.of(Field.ADDRESS, Field.LENGTH, Field.PROTECTION, Field.FLAGS);
      case MUNMAP -> List.of(Field.ADDRESS, Field.LENGTH);
      case MPROTECT, PKEY_MPROTECT -> List.of(Field.ADDRESS, Field.LENGTH, Field.PROTECTION);
      case MREMAP -> List.of(Field.ADDRESS, Field.LENGTH, Field.LENGTH2, Field.FLAGS);
      case BRK -> List.of(Field.ADDRESS);
      case MADVISE -> List.of(Field.ADDRESS, Field.LENGTH, Field.FLAGS);
      default -> List.of();
    };
  }

  /** Takes a record to which there is no {@link #objection}. */
  void add(DeclaredRecord record) throws IOException {
    if (record.kind().type() == Kind.Type.IGNORE) {
      account.ignored("declared-to-be-ignored", 1);
      return;
    }
    if (record.kind().type() != Kind.Type.LOST) {
      always.removeIf(field -> !record.has(field));
    }
    if (record.has(Field.TIME)) {
      order.add(record, record.get(Field.TIME));
    } else {
      order.addBehindLast(record);
    }
  }

  /** Notes that events were lost on a line that is no record. */
  void lost(long line, long count) throws IOException {
    DeclaredRecord record = new DeclaredRecord(new Kind(Kind.Type.LOST, null, null), line);
    record.set(Field.COUNT, count);
    order.addBehindLast(record);
  }

  private void take(DeclaredRecord record) throws IOException {
    SystemCall system = record.kind().call();
    int tid = tid(record);
    if (record.has(Field.PID)) {
      calls.tasks().set((int) record.get(Field.PID), tid);
    } else if (!recordSeen && system != SystemCall.EXECVE) {
      calls.tasks().unexplainedJoin(tid);
    }
    if (!recordSeen) {
      recordSeen = true;
      fromStart = system == SystemCall.EXECVE;
    }
    switch (record.kind().type()) {
      case CALL, ENTER, EXIT -> call(record, tid);
      case ACCESS, FAULT -> access(record, tid);
      case LOST -> lose(record, tid);
      case IGNORE -> account.ignored("declared-to-be-ignored", 1);
    }
  }

  private static int tid(DeclaredRecord record) {
    return (int) record.get(Field.TID, record.get(Field.PID, SOLE_TASK));
  }

  private static long known(DeclaredRecord record, Field field) {
    return record.get(field, UNKNOWN);
  }

  private static int cpu(DeclaredRecord record) {
    return (int) record.get(Field.CPU, UNKNOWN_INT);
  }

  private void call(DeclaredRecord record, int tid) throws IOException {
    accesses.endEpoch();
    call.reset(record.kind().call(), tid, known(record, Field.TIME), record.line());
    call.cpu = cpu(record);
    call.duration = known(record, Field.DURATION);
    call.result = known(record, Field.RESULT);
    if (record.kind().type() == Kind.Type.EXIT) {
      calls.ends(call);
      return;
    }
    arguments(record);
    if (record.kind().type() == Kind.Type.ENTER) {
      calls.begins(call);
    } else {
      calls.whole(call);
    }
  }

  private void arguments(DeclaredRecord record) {
    SystemCall system = call.system;
    for (Field field : arguments(system)) {
      call.add(record.get(field));
    }
    if (system == SystemCall.MMAP) {
      call.add(record.get(Field.FILE, -1));
      call.add(record.get(Field.OFFSET, 0));
    } else if (system == SystemCall.PKEY_MPROTECT) {
      call.add(record.get(Field.FLAGS, -1));
    } else if (system == SystemCall.MREMAP && record.has(Field.ADDRESS2)) {
      call.add(record.get(Field.ADDRESS2));
    } else if (system != null && system.isClone()) {
      call.cloneFlags = known(record, Field.FLAGS);
    }
  }

  private void access(DeclaredRecord record, int tid) throws IOException {
    long address = record.get(Field.ADDRESS);
    if (address < 0) {
      account.ignored(AccessRows.AT_KERNEL_ADDRESS, 1);
      return;
    }
    account.parsed(1);
    int pid = calls.tasks().pid(tid);
    EventKind kind = record.kind().access();
    if (kind == null) {
      accesses.endEpoch();
      fault(record, pid, tid);
      return;
    }
    accessesSeen = true;
    accesses.by(pid, tid);
    accesses.at(known(record, Field.TIME));
    accesses.on(cpu(record));
    accesses.add(kind, address, record.get(Field.LENGTH, 1), record.line());
  }

  private void fault(DeclaredRecord record, int pid, int tid) throws IOException {
    long code = record.get(Field.ERROR_CODE);
    boolean kernel = (code & FAULT_USER) == 0;
    faultsSeen = true;
    kernelFaults |= kernel;
    EventKind data = (code & FAULT_WRITE) != 0 ? EventKind.WRITE : EventKind.READ;
    row.reset((code & FAULT_FETCH) != 0 ? EventKind.FETCH : data, pid, tid);
    row.time = known(record, Field.TIME);
    row.cpu = cpu(record);
    row.line = record.line();
    row.address = record.get(Field.ADDRESS);
    row.flags =
        EventSchema.FROM_FAULT | (kernel ? EventSchema.KERNEL_MODE : 0) | (code & FAULT_BITS);
    calls.append(row);
  }

  private void lose(DeclaredRecord record, int tid) throws IOException {
    long count = record.get(Field.COUNT, 0);
    accesses.endEpoch();
    calls.forgetOpenCalls();
    lost = count == 0 || lost < 0 ? -1 : lost + count;
    row.reset(EventKind.LOST, calls.tasks().pid(tid), tid);
    row.time = known(record, Field.TIME);
    row.line = record.line();
    row.count = (int) Math.min(count, Integer.MAX_VALUE);
    calls.append(row);
    account.parsed(1);
  }

  /** Ends the trace and says what its records can know. */
  ImportReport finish() throws IOException {
    order.finish();
    accesses.endEpoch();
    calls.finish();
    boolean clock = recordSeen && always.contains(Field.TIME);
    boolean threads = recordSeen && always.contains(Field.TID);
    Fidelity.Accesses seen =
        accessesSeen
            ? Fidelity.Accesses.EVERY
            : faultsSeen ? Fidelity.Accesses.FIRST_TOUCH : Fidelity.Accesses.NONE;
    return new ImportReport(
        account.ledger(),
        new Fidelity(
            seen,
            threads,
            clock && threads,
            clock,
            recordSeen && always.contains(Field.CPU),
            fromStart,
            kernelFaults,
            lost),
        null);
  }
}
