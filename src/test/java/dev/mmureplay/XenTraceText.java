package dev.mmureplay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Writes the text of a tracer in a Xen guest, an event a line. */
final class XenTraceText {
  static final long PAGE = 0x1000_0000_0000L;
  private static final int TASK = 123;

  private final StringBuilder text = new StringBuilder("# tracer: nop\n#\n");
  private int time = 1_000_000;

  /** One event of a task on a CPU. */
  XenTraceText event(int task, int cpu, String event) {
    time += 10;
    text.append(
        String.format(
            Locale.ROOT,
            "            prog-%d     (    %d) [%03d] d..1.  %d.%06d: %s\n",
            task,
            task,
            cpu,
            time / 1_000_000,
            time % 1_000_000,
            event));
    return this;
  }

  XenTraceText begin(int cpu, int protection) {
    return begin(cpu, 1, protection);
  }

  XenTraceText begin(int cpu, int pages, int protection) {
    String arguments =
        String.format("start: %x, len: %x, prot: %x", PAGE, pages * 0x1000L, protection);
    return event(TASK, cpu, "sys_mprotect(" + arguments + ")");
  }

  /** The first page loses or gains the right to write, in a hypercall of its own. */
  XenTraceText update(int cpu, boolean writable) {
    return update(cpu, 0, writable);
  }

  /** The page of a number loses or gains the right to write, in a hypercall of its own. */
  XenTraceText update(int cpu, int number, boolean writable) {
    String names =
        String.format(
            "mm ffff888004c58900 addr %x ptep %x ",
            PAGE + number * 0x1000L, 0xffff_8880_0ae8_1000L + number * 8L);
    String old = writable ? "8000000001f2d965" : "8000000001f2d967";
    String changed = writable ? "8000000001f2d867" : "8000000001f2d865";
    event(TASK, cpu, "xen_mmu_ptep_modify_prot_start: " + names + "pteval " + old + " (raw 0)");
    event(
        TASK, cpu, "xen_mmu_ptep_modify_prot_commit: " + names + "pteval " + changed + " (raw 0)");
    event(TASK, cpu, "xen_mc_extend_args: extending op 1 by 16 bytes res BAD_OP");
    event(TASK, cpu, "xen_mc_entry: op 1 args [ffff88803d41ead0, 1, 0, 7ff0, 0, 0]");
    return event(TASK, cpu, "xen_mc_flush: flushing 1 hypercalls, 16 arg bytes, 0 callbacks");
  }

  XenTraceText flushHere(int cpu) {
    return flushHere(cpu, 0);
  }

  XenTraceText flushHere(int cpu, int number) {
    String page = Long.toHexString(PAGE + number * 0x1000L);
    event(TASK, cpu, "xen_mmu_flush_tlb_one_user: addr " + page);
    return flushRequest(cpu);
  }

  XenTraceText flushOnTwo(int cpu) {
    event(
        TASK,
        cpu,
        String.format(
            "xen_mmu_flush_tlb_multi: ncpus 2 mm ffff888004c58900 addr %x, end %x",
            PAGE, PAGE + 0x1000));
    return flushRequest(cpu);
  }

  /** This CPU flushes everything, which only its request shows. */
  XenTraceText everything(int cpu) {
    return flushRequest(cpu);
  }

  private XenTraceText flushRequest(int cpu) {
    event(TASK, cpu, "xen_mc_entry: op 26 args [ffff88803d41ead0, 1, 0, 7ff0, 0, 0]");
    return event(TASK, cpu, "xen_mc_flush: flushing 1 hypercalls, 24 arg bytes, 0 callbacks");
  }

  /** The tracer loses events. */
  XenTraceText lost(int events) {
    text.append("CPU:0 [LOST ").append(events).append(" EVENTS]\n");
    return this;
  }

  XenTraceText end(int cpu) {
    return event(TASK, cpu, "sys_mprotect -> 0x0");
  }

  /** A CPU switches from one task to another, with or without another page table. */
  XenTraceText switches(int cpu, int from, int to, boolean pageTable) {
    event(
        from,
        cpu,
        String.format(
            "sched_switch: prev_comm=a prev_pid=%d prev_prio=120 prev_state=S ==> next_comm=b"
                + " next_pid=%d next_prio=120",
            from, to));
    if (pageTable) {
      event(from, cpu, "xen_mmu_write_cr3: ");
      event(from, cpu, "xen_mc_entry: op 26 args [ffff88803d41ead0, 1, 0, 7ff0, 0, 0]");
      event(from, cpu, "xen_mc_entry: op 3 args [18, ffffc90040084000, 0, 0, 0, 0]");
      event(from, cpu, "xen_mc_flush: flushing 2 hypercalls, 24 arg bytes, 0 callbacks");
    }
    return this;
  }

  XenRecording recording(Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("trace.txt"), text);
    return new XenRecording(folder, file.toString());
  }
}
