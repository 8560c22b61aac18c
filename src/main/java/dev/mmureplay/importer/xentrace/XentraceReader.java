package dev.mmureplay.importer.xentrace;

import static dev.mmureplay.event.EventSchema.UNKNOWN;

import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.EventSink;
import dev.mmureplay.event.Ledger;
import dev.mmureplay.importer.ImportReport;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one binary file of xentrace, record by record. */
final class XentraceReader {
  static final int CPU_CHANGE = 0x0001_f003;

  private static final int LOST_RECORDS = 0x0001_f001;
  private static final int WRAP_BUFFER = 0x0001_f002;
  private static final int SCHED_SWITCH = 0x0002_800a;
  private static final int RUNSTATE_CHANGE = 0x0002_1001;

  /** The old and the new state in the number of a runstate change; running is 0. */
  private static final int RUNSTATE_BITS = 0xff0;

  private static final int NEW_RUNSTATE_BITS = 0x0f0;
  private static final int PV_HYPERCALL_V2 = 0x0020_100d;
  private static final int PV_HYPERCALL_SUBCALL = 0x0020_200e;
  private static final int WIDE_GUEST = 0x100;
  private static final int PV_HYPERCALL = 0x0020_1001;
  private static final int PV_PAGE_FAULT = 0x0020_1004;
  private static final int PV_PTWR = 0x0020_100b;
  private static final int PV_PTWR_PAE = 0x0020_100c;

  // PV_HYPERCALL_V2: the number in 20 bits, then two bits for each argument.
  private static final int OP_BITS = 20;
  private static final int ARGUMENT_BITS = 2;

  private static final String OTHER = "other-record";
  private static final String UNREADABLE = "unreadable record";

  private final RecordStream stream;
  private final EpochOrder order;
  private final XenRecords records;
  private final Ledger ledger = new Ledger();
  private final Map<Integer, XenRecords.Place> cpus = new HashMap<>();
  private XenRecords.Place place = new XenRecords.Place();

  /** Bytes of the window that are still to come; 0 between windows. */
  private long left;

  XentraceReader(InputStream in, EventSink sink) {
    this.stream = new RecordStream(in);
    this.order = new EpochOrder(sink);
    this.records = new XenRecords(order);
  }

  ImportReport read() throws IOException {
    boolean more = true;
    while (more) {
      try {
        more = stream.next();
      } catch (EOFException e) {
        ledger.line();
        ledger.rejected(ledger.lines(), "truncated record", "");
        break;
      }
      if (more) {
        ledger.line();
        readRecord();
      }
    }
    order.finish();
    ledger.check("xentrace");
    return new ImportReport(ledger, records.fidelity(false), null);
  }

  private void readRecord() throws IOException {
    if (left == 0) {
      if (isWindow()) {
        beginWindow();
      } else {
        rejectRest(Long.MAX_VALUE);
      }
      return;
    }
    left -= stream.bytes();
    if (left < 0 || !isEvent(stream.event())) {
      rejectRest(Math.max(left, 0));
      left = 0;
      return;
    }
    place.line = ledger.lines();
    if (stream.hasTsc()) {
      order.at(stream.tsc());
    }
    String rule = take();
    if (rule == null) {
      ledger.parsed();
    } else if (rule.equals(UNREADABLE)) {
      ledger.rejected(ledger.lines(), rule, stream.text());
    } else {
      ledger.ignored(rule);
    }
  }

  private boolean isWindow() {
    return stream.event() == CPU_CHANGE
        && stream.count() == 2
        && !stream.hasTsc()
        && stream.unsigned(0) <= EventSchema.MAX_CPU;
  }

  private void beginWindow() throws IOException {
    int cpu = stream.word(0, 0);
    left = stream.unsigned(1);
    order.window(cpu);
    place = cpus.computeIfAbsent(cpu, XentraceReader::unknown);
    ledger.ignored("cpu-change");
  }

  private static XenRecords.Place unknown(int cpu) {
    XenRecords.Place place = new XenRecords.Place();
    place.cpu = cpu;
    place.vcpu = cpu;
    return place;
  }

  /** Behind something that is no record, the next one that can be told is that of a window. */
  private void rejectRest(long bytes) throws IOException {
    ledger.rejected(ledger.lines(), "unrecognised record", stream.text());
    stream.skip(bytes);
  }

  /** Every record of Xen is of exactly one class. */
  private static boolean isEvent(int event) {
    return Integer.bitCount(event >>> 16) == 1;
  }

  /** Takes the record; returns the rule or the reason for which it is no event. */
  private @Nullable String take() throws IOException {
    int event = stream.event();
    if ((event & ~RUNSTATE_BITS) == RUNSTATE_CHANGE) {
      return runstate(event);
    }
    return switch (event) {
      case LOST_RECORDS -> lost();
      case WRAP_BUFFER -> "wrap-buffer";
      case SCHED_SWITCH -> schedSwitch();
      case PV_PAGE_FAULT, PV_PAGE_FAULT | WIDE_GUEST -> fault(event != PV_PAGE_FAULT);
      case PV_PTWR | WIDE_GUEST, PV_PTWR_PAE -> ptwr(event != PV_PTWR_PAE);
      case PV_HYPERCALL, PV_HYPERCALL | WIDE_GUEST -> oldHypercall(event == PV_HYPERCALL ? 1 : 2);
      case PV_HYPERCALL_V2, PV_HYPERCALL_SUBCALL -> hypercall(event == PV_HYPERCALL_SUBCALL);
      default -> OTHER;
    };
  }

  private String runstate(int event) {
    if (stream.count() < 1) {
      return UNREADABLE;
    }
    if ((event & NEW_RUNSTATE_BITS) == 0) {
      XenRecords.runs(place, stream.word(0, 0) >>> 16, stream.word(0, 0));
    }
    return "runstate-change";
  }

  private @Nullable String lost() throws IOException {
    if (stream.count() < 1) {
      return UNREADABLE;
    }
    records.lost(place, stream.unsigned(0));
    return null;
  }

  private @Nullable String schedSwitch() throws IOException {
    if (stream.count() < 4) {
      return UNREADABLE;
    }
    records.schedSwitch(place, stream.word(2, 0), stream.word(3, 0));
    return null;
  }

  private @Nullable String fault(boolean wide) throws IOException {
    if (stream.count() < (wide ? 5 : 3)) {
      return UNREADABLE;
    }
    return wide
        ? records.fault(place, stream.wide(2), stream.unsigned(4))
        : records.fault(place, stream.unsigned(1), stream.unsigned(2));
  }

  private @Nullable String ptwr(boolean wide) throws IOException {
    if (stream.count() < (wide ? 6 : 4)) {
      return UNREADABLE;
    }
    records.ptwr(place, stream.wide(0), wide ? stream.wide(2) : stream.unsigned(2));
    return null;
  }

  /** The instruction's address, then the number of the call. */
  private @Nullable String oldHypercall(int opAt) throws IOException {
    if (stream.count() <= opAt) {
      return UNREADABLE;
    }
    records.hypercall(place, false, stream.word(opAt, 0), UNKNOWN);
    return null;
  }

  private @Nullable String hypercall(boolean subcall) throws IOException {
    if (stream.count() < 1) {
      return UNREADABLE;
    }
    int head = stream.word(0, 0);
    int first = (head >>> OP_BITS) & 3;
    int second = (head >>> (OP_BITS + ARGUMENT_BITS)) & 3;
    // The bits are the number of words that the argument has.
    int secondAt = 1 + first;
    long count = UNKNOWN;
    if (second != 0) {
      if (secondAt + second > stream.count()) {
        return UNREADABLE;
      }
      count = stream.unsigned(secondAt);
    }
    records.hypercall(place, subcall, head & ((1 << OP_BITS) - 1), count);
    return null;
  }
}
