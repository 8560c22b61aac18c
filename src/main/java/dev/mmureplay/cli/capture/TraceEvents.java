package dev.mmureplay.cli.capture;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The kernel's tracepoints and system calls that the importers make use of. */
final class TraceEvents {
  /** System calls that change an address space or say whose it is, and returns from signals. */
  static final List<String> CALLS =
      List.of(
          "mmap",
          "munmap",
          "mprotect",
          "pkey_mprotect",
          "mremap",
          "brk",
          "madvise",
          "clone",
          "clone3",
          "fork",
          "vfork",
          "execve",
          "execveat",
          "exit",
          "exit_group",
          "shmat",
          "shmdt",
          "rt_sigreturn");

  private static final List<String> OTHERS =
      List.of(
          "exceptions:page_fault_user",
          "exceptions:page_fault_kernel",
          "tlb:tlb_flush",
          "task:task_newtask",
          "sched:sched_process_fork",
          "sched:sched_process_exec",
          "sched:sched_process_exit",
          "signal:signal_deliver");

  private TraceEvents() {}

  /** Returns the tracepoints that the kernel has; all of them if it cannot be asked. */
  static List<String> present(Host host) {
    String tracefs = host.tracefs();
    List<String> wanted =
        Stream.concat(
                CALLS.stream()
                    .flatMap(
                        call ->
                            Stream.of("syscalls:sys_enter_" + call, "syscalls:sys_exit_" + call)),
                OTHERS.stream())
            .toList();
    if (tracefs == null) {
      return wanted;
    }
    List<String> present = new ArrayList<>(wanted);
    present.removeIf(
        event -> !Files.exists(host.file(tracefs + "/events/" + event.replace(':', '/'))));
    return present;
  }
}
