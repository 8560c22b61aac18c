package dev.mmureplay.importer.xentrace;

import static dev.mmureplay.event.EventSchema.UNKNOWN;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.EventSink;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.event.XenEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What Xen's trace records become, whoever has written them down. Xen knows no processes: the
 * domain stands for the process, its vcpu for the task.
 */
final class XenRecords {
  static final String FAULT_AT_KERNEL_ADDRESS = "fault-at-kernel-address";

  /** The domain to which xenalyze assigns what it knows no domain of. */
  static final int UNKNOWN_DOMAIN = 32_768;

  static final int MMU_UPDATE = 1;
  static final int MULTICALL = 13;
  static final int MMUEXT_OP = 26;

  /** Set in a count of requests when the hypercall goes on after a preemption. */
  private static final long PREEMPTED = 1L << 31;

  /** Domains have 16 bits; that leaves 15 for a vcpu, of which a domain has far fewer. */
  private static final int VCPU_BITS = 15;

  // x86's page-fault error code.
  private static final long WRITE = 0x2;
  private static final long USER = 0x4;
  private static final long FETCH = 0x10;

  private final EventSink sink;
  private final EventRow row = new EventRow();
  private boolean faults;
  private long lost;

  XenRecords(EventSink sink) {
    this.sink = sink;
  }

  /** Where a record comes from. */
  static final class Place {
    int cpu;
    int domain = UNKNOWN_DOMAIN;
    int vcpu;
    long time = UNKNOWN;
    long line;
  }

  /** Returns the number that stands for a vcpu. */
  static int tid(int domain, int vcpu) {
    return (domain << VCPU_BITS) | (vcpu & ((1 << VCPU_BITS) - 1));
  }

  private EventRow row(EventKind kind, Place place) {
    row.reset(kind, place.domain, tid(place.domain, place.vcpu));
    row.cpu = place.cpu;
    row.time = place.time;
    row.line = place.line;
    return row;
  }

  /** Takes a page fault that Xen hands to the guest; returns a rule if it is no event. */
  @Nullable String fault(Place place, long address, long errorCode) throws IOException {
    if (address < 0) {
      return FAULT_AT_KERNEL_ADDRESS;
    }
    faults = true;
    EventKind kind =
        (errorCode & FETCH) != 0
            ? EventKind.FETCH
            : (errorCode & WRITE) != 0 ? EventKind.WRITE : EventKind.READ;
    EventRow fault = row(kind, place);
    fault.address = address;
    fault.flags =
        EventSchema.FROM_FAULT
            | (errorCode & 0xffff)
            | ((errorCode & USER) == 0 ? EventSchema.KERNEL_MODE : 0);
    sink.append(fault);
    return null;
  }

  void ptwr(Place place, long pte, long address) throws IOException {
    EventRow write = row(EventKind.OBSERVED_XEN, place);
    write.flags = XenEvent.PTWR_EMULATION.flags(0);
    write.address = address;
    write.result = pte;
    sink.append(write);
  }

  /**
   * Takes a hypercall, or an entry of a multicall.
   *
   * @param count the number of its requests, or unknown
   */
  void hypercall(Place place, boolean subcall, int op, long count) throws IOException {
    EventRow call = row(EventKind.OBSERVED_XEN, place);
    call.flags = (subcall ? XenEvent.SUBCALL : XenEvent.HYPERCALL).flags(op);
    boolean counted = op == MMU_UPDATE || op == MULTICALL || op == MMUEXT_OP;
    if (counted && count != UNKNOWN) {
      call.length = count & ~PREEMPTED;
    }
    sink.append(call);
  }

  /** Takes note of who runs from now on. */
  static void runs(Place place, int domain, int vcpu) {
    place.domain = domain & 0xffff;
    place.vcpu = vcpu & 0xffff;
  }

  void schedSwitch(Place place, int domain, int vcpu) throws IOException {
    runs(place, domain, vcpu);
    sink.append(row(EventKind.SCHED_SWITCH, place));
  }

  void lost(Place place, long records) throws IOException {
    EventRow gap = row(EventKind.LOST, place);
    gap.count = (int) Math.min(records, Integer.MAX_VALUE);
    lost += records;
    sink.append(gap);
  }

  /** Returns what such a trace can know: not which process of a domain did anything. */
  Fidelity fidelity(boolean clock) {
    return new Fidelity(
        faults ? Fidelity.Accesses.FIRST_TOUCH : Fidelity.Accesses.NONE,
        false,
        true,
        clock,
        true,
        false,
        faults,
        lost);
  }
}
