/**
 * Reads the text that <a href="https://man7.org/linux/man-pages/man1/perf-script.1.html">{@code
 * perf script}</a> makes of a recording of tracepoints.
 *
 * <pre>
 * line                                        becomes
 * syscalls:sys_enter_X + sys_exit_X, X one of
 *   mmap munmap mprotect pkey_mprotect mremap
 *   brk madvise                               an event, with -errno where it failed
 * … result -512 to -516                       ignored: restarted, the call comes again
 * sys_enter_X without an end                  ignored: call-never-returned
 * sys_exit_X without a beginning              ignored: exit-without-enter
 * task:task_newtask, PERF_RECORD_FORK,
 *   clone clone3 fork vfork                   one CLONE a task; flags from the first of: newtask,
 *                                             the call's argument, the groups of parent and child
 * … result 0                                  ignored: clone-in-child
 * … result negative                           ignored: failed-clone
 * PERF_RECORD_COMM exec, execve execveat,
 *   sched:sched_process_exec                  one EXECVE a program; ignored if failed-execve
 * sys_enter_exit, sys_enter_exit_group,
 *   sched:sched_process_exit, PERF_RECORD_EXIT one EXIT a task, or with flags 1 a group
 * whatever of these comes too late            ignored: told-by-another-record
 * sched:sched_process_fork                    ignored: told-by-another-record (it has no flags)
 * PERF_RECORD_MMAP2 in an execve              MMAP by the loader
 * … at time 0                                 MMAP, as if by the loader: it was there before
 * … of the kernel                             ignored: kernel-layout
 * … else                                      OBSERVED_VMA, and names the file that an mmap maps
 * PERF_RECORD_MMAP                            ignored: kernel-layout, mmap-without-protection
 * PERF_RECORD_COMM                            ignored: thread-name
 * PERF_RECORD_LOST, …_LOST_SAMPLES            LOST; every open call is given up
 * exceptions:page_fault_user, …_kernel        READ, WRITE or FETCH
 * … at a kernel address, at a symbol          ignored: fault-at-kernel-address, fault-at-symbol
 * page-faults minor-faults major-faults       ignored: fault-without-access-type
 * tlb:tlb_flush                               OBSERVED_TLB_FLUSH
 * … reason 0                                  ignored: flush-on-task-switch
 * signal:signal_deliver                       SIGNAL, with the address of the fault behind a SIGSEGV
 * sched:sched_switch                          SCHED_SWITCH
 * mmap_lock:mmap_lock_acquire_returned,
 *   …_released                                the place among the others of the call that it is in,
 *                                             if it takes the lock to write; else ignored: mmap-lock
 * mmap_lock:mmap_lock_start_locking           ignored: mmap-lock
 * shmat shmdt                                 MMAP, MUNMAP of the mapping that a PERF_RECORD_MMAP2 in
 *                                             the shmat shows; without it ignored: shmat, shmdt
 * any other syscalls:*                        ignored: syscall-not-about-memory
 * any other event, any other record           ignored: other-event, other-record
 * PERF_RECORD_FORK, …_EXIT at time 0          ignored: initial-layout
 * # comment                                   ignored: header; "# cmdline" is the command
 * call stack, empty line                      ignored: stack-frame, blank
 * line of a source, as of -F +srcline         ignored: source-line
 * last line without its end                   rejected: truncated line
 * known line that cannot be read              rejected: unreadable event, record, arguments or result
 * event without a task, if none has one       rejected: event without its task (-F tid)
 * known event with nothing behind its name    rejected: event without its values (-F trace)
 * anything else                               rejected: unrecognised line
 * </pre>
 *
 * <p>What {@code -F} prints is used as follows, whatever its order there:
 *
 * <pre>
 * comm                                        passed over
 * pid, tid                                    thread group and task; a single number is the task, as
 *                                             perf prints by default. Of -F pid without tid the
 *                                             threads of a process are one task
 * cpu                                         the CPU; without it none is known
 * misc, tod                                   passed over
 * time, with --ns or not, --reltime           the time, in ns or µs; without it there is no clock,
 *                                             events come in the order of the lines, and calls have
 *                                             no duration
 * --deltatime                                 no clock: the differences are rounded to µs. Told by
 *                                             times that begin at 0 and go back
 * period, flags, addr, ip, sym, symoff, dso,
 *   srcline, phys_addr and the like           passed over
 * event, trace                                what happened, and its values
 * </pre>
 *
 * <p>Observations and faults stand where they were recorded, which for those inside a call is in
 * front of the call's own event: that is appended at its end, or where its lock is released.
 *
 * <p>Without PERF_RECORD_COMM ({@code --show-task-events}) the moment at which an execve drops the
 * old program is not known; its event then stands where the call began.
 *
 * <p>A record in an mmap, mprotect or brk that shows a mapping executable which is only to be
 * readable tells that the program's personality has READ_IMPLIES_EXEC: the protection of its calls
 * has PROT_EXEC from then on, as in the kernel.
 *
 * <p>The identity of a mapped file is a hash of its device, inode and path where an MMAP2 record
 * tells them ({@code --show-mmap-events}); else it is the descriptor.
 *
 * <p>An execve in another thread than the leader ends under the leader's number; the other threads
 * end with it, mostly without an EXIT of their own.
 */
@NullMarked
package dev.mmureplay.importer.perf;

import org.jspecify.annotations.NullMarked;
