package dev.mmureplay.importer.ftrace;

import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.NameTable;
import dev.mmureplay.importer.SystemCall;
import java.util.Map;
import java.util.TreeMap;

/** The tracepoints that mean something to us. */
enum FtraceEvent {
  PAGE_FAULT_USER,
  PAGE_FAULT_KERNEL,
  TLB_FLUSH,
  TASK_NEWTASK,
  SCHED_PROCESS_FORK,
  SCHED_PROCESS_EXEC,
  SCHED_PROCESS_EXIT,
  SCHED_SWITCH,
  SIGNAL_DELIVER,
  MMAP_LOCK_ACQUIRE_RETURNED,
  MMAP_LOCK_RELEASED,
  TRACING_MARK_WRITE,
  /** A marker as trace-cmd shows it, or a text of the kernel's own. */
  PRINT,
  XEN_MC_BATCH,
  XEN_MC_ISSUE,
  XEN_MC_CALLBACK,
  XEN_MC_FLUSH_REASON,
  XEN_MC_ENTRY_ALLOC,
  XEN_MC_ENTRY,
  XEN_MC_EXTEND_ARGS,
  XEN_MC_FLUSH,
  XEN_MMU_SET_PTE,
  XEN_MMU_SET_PTE_ATOMIC,
  XEN_MMU_SET_PTE_AT,
  XEN_MMU_PTE_CLEAR,
  XEN_MMU_PTEP_MODIFY_PROT_START,
  XEN_MMU_PTEP_MODIFY_PROT_COMMIT,
  XEN_MMU_ALLOC_PTPAGE,
  XEN_MMU_RELEASE_PTPAGE,
  XEN_MMU_PGD_PIN,
  XEN_MMU_PGD_UNPIN,
  XEN_MMU_SET_P4D,
  XEN_MMU_SET_PUD,
  XEN_MMU_SET_PMD,
  XEN_MMU_FLUSH_TLB_ONE_USER,
  XEN_MMU_FLUSH_TLB_SINGLE,
  XEN_MMU_FLUSH_TLB_MULTI,
  XEN_MMU_FLUSH_TLB_OTHERS,
  XEN_MMU_FLUSH_TLB,
  XEN_MMU_FLUSH_TLB_ALL,
  XEN_MMU_WRITE_CR3,
  XEN_CPU_WRITE_LDT_ENTRY,
  XEN_CPU_WRITE_IDT_ENTRY,
  XEN_CPU_LOAD_IDT,
  XEN_CPU_WRITE_GDT_ENTRY,
  XEN_CPU_SET_LDT,
  /** Any other event. */
  OTHER;

  /** Codes from here on are the beginnings of {@link SystemCall}s. */
  static final int ENTER = 1_000;

  /** Codes from here on are the ends of {@link SystemCall}s. */
  static final int EXIT = 2_000;

  private static final FtraceEvent[] ALL = values();
  private static final NameTable CODES = codes();

  private static NameTable codes() {
    Map<String, Long> codes = new TreeMap<>();
    for (FtraceEvent event : ALL) {
      if (event != OTHER) {
        codes.put(event.name().toLowerCase(java.util.Locale.ROOT), (long) event.ordinal());
      }
    }
    for (SystemCall call : SystemCall.values()) {
      String name = call.callName();
      codes.put("sys_enter_" + name, (long) ENTER + call.ordinal());
      codes.put("sys_exit_" + name, (long) EXIT + call.ordinal());
      codes.put("sys_" + name + "(", (long) ENTER + call.ordinal());
      codes.put("sys_" + name + " ", (long) EXIT + call.ordinal());
    }
    return new NameTable(codes);
  }

  /** Returns an ordinal of this enum, or that of a system call plus {@link #ENTER} or EXIT. */
  static int code(LineScanner line, FtraceLine columns) {
    long hash = columns.event(line);
    long code = hash == LineScanner.NONE ? LineScanner.NONE : CODES.get(hash);
    return code == LineScanner.NONE ? OTHER.ordinal() : (int) code;
  }

  /** Returns the event with a code below {@link #ENTER}. */
  static FtraceEvent of(int code) {
    return ALL[code];
  }
}
