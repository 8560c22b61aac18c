package dev.mmureplay.importer.perf;

import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.NameTable;
import dev.mmureplay.importer.SystemCall;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The events and records of perf that mean something to us. */
enum PerfEvent {
  PAGE_FAULT_USER("exceptions:page_fault_user"),
  PAGE_FAULT_KERNEL("exceptions:page_fault_kernel"),
  PAGE_FAULTS("page-faults"),
  MINOR_FAULTS("minor-faults"),
  MAJOR_FAULTS("major-faults"),
  TLB_FLUSH("tlb:tlb_flush"),
  NEWTASK("task:task_newtask"),
  PROCESS_FORK("sched:sched_process_fork"),
  PROCESS_EXEC("sched:sched_process_exec"),
  PROCESS_EXIT("sched:sched_process_exit"),
  SWITCH("sched:sched_switch"),
  SIGNAL_DELIVER("signal:signal_deliver"),
  MMAP_LOCK("mmap_lock:mmap_lock_acquire_returned"),
  MMAP_LOCK_RELEASED("mmap_lock:mmap_lock_released"),
  MMAP_LOCK_START("mmap_lock:mmap_lock_start_locking"),
  RECORD_MMAP("MMAP"),
  RECORD_MMAP2("MMAP2"),
  RECORD_COMM("COMM"),
  RECORD_FORK("FORK"),
  RECORD_EXIT("EXIT"),
  RECORD_LOST("LOST"),
  RECORD_LOST_SAMPLES("LOST_SAMPLES"),
  /** Any other record of perf's own. */
  RECORD_OTHER(""),
  /** Any other event. */
  OTHER("");

  /** Codes from here on are the beginnings of {@link SystemCall}s. */
  static final int ENTER = 1_000;

  /** Codes from here on are the ends of {@link SystemCall}s. */
  static final int EXIT = 2_000;

  private static final PerfEvent[] ALL = values();
  private static final NameTable CODES = codes();

  private final String text;

  PerfEvent(String text) {
    this.text = text;
  }

  private static NameTable codes() {
    Map<String, Long> codes = new TreeMap<>();
    for (PerfEvent event : ALL) {
      if (!event.text.isEmpty()) {
        codes.put(event.text, (long) event.ordinal());
      }
    }
    for (SystemCall call : SystemCall.values()) {
      String name = call.name().toLowerCase(Locale.ROOT);
      codes.put("syscalls:sys_enter_" + name, (long) ENTER + call.ordinal());
      codes.put("syscalls:sys_exit_" + name, (long) EXIT + call.ordinal());
    }
    return new NameTable(codes);
  }

  /** Returns an ordinal of this enum, or that of a system call plus {@link #ENTER} or EXIT. */
  static int code(PerfLine line) {
    long code = CODES.get(line.event());
    if (code == LineScanner.NONE) {
      return (line.isRecord() ? RECORD_OTHER : OTHER).ordinal();
    }
    return (int) code;
  }

  /** Returns whether a line could only not be read because a known event has no task. */
  static boolean isOfNoTask(PerfLine line) {
    return CODES.get(line.eventWithoutTask()) != LineScanner.NONE;
  }

  /** Returns the event with a code below {@link #ENTER}. */
  static PerfEvent of(int code) {
    return ALL[code];
  }
}
