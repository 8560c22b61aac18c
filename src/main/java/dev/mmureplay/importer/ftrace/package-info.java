/**
 * Reads the text of the kernel's own <a
 * href="https://docs.kernel.org/trace/ftrace.html">tracer</a>: tracefs {@code trace} and {@code
 * trace_pipe}, and {@code trace-cmd report}, also with {@code -l}, {@code -R} and {@code -t}.
 *
 * <pre>
 * line                                        becomes
 * sys_X(…) + sys_X -&gt; …, sys_enter_X: + sys_exit_X:,
 *   X one of mmap munmap mprotect
 *   pkey_mprotect mremap brk madvise          an event, with -errno where it failed
 * … result -512 to -516                       ignored: restarted, the call comes again
 * … beginning without an end                  ignored: call-never-returned
 * … end without a beginning                   ignored: exit-without-enter
 * clone clone3 fork vfork, task_newtask,
 *   sched_process_fork                        one CLONE a task; flags from the first of: newtask,
 *                                             the call's argument; unknown without either
 * … result 0                                  ignored: clone-in-child
 * … result negative                           ignored: failed-clone
 * execve execveat, sched_process_exec         one EXECVE a program; ignored if failed-execve
 * exit exit_group, sched_process_exit         one EXIT a task, or with flags 1 a group
 * whatever of these comes too late            ignored: told-by-another-record
 * page_fault_user, page_fault_kernel          READ, WRITE or FETCH
 * … at a kernel address, at a symbol          ignored: fault-at-kernel-address, fault-at-symbol
 * tlb_flush                                   OBSERVED_TLB_FLUSH
 * … reason 0                                  ignored: flush-on-task-switch
 * signal_deliver                              SIGNAL, with the address of the fault behind a SIGSEGV
 * mmap_lock_acquire_returned, …_released      the place among the others of the call that it is in,
 *                                             if it takes the lock to write; else ignored: mmap-lock
 * sched_switch                                SCHED_SWITCH, to kernel threads and idle tasks too
 * tracing_mark_write                          MARKER
 * xen_mmu_set_pte, _set_pte_atomic,
 *   _set_pte_at, _pte_clear                   SET_PTE
 * … of a page that is no program's            ignored: pte-of-kernel-page
 * … of a page that cannot be known            ignored: pte-of-unknown-address
 * … in an execve or a fork that failed        ignored: failed-execve, failed-clone
 * xen_mmu_ptep_modify_prot_start, _commit     OBSERVED_PTE
 * xen_mmu_alloc_ptpage, _release_ptpage,
 *   _set_p4d, _set_pud, _set_pmd,
 *   _pgd_pin, _pgd_unpin                      ignored: page-table-structure; they tell whose a PTE is
 *                                             and which page it maps
 * xen_mc_entry, _extend_args, _flush,
 *   xen_mmu_flush_tlb*, _write_cr3            OBSERVED_XEN
 * xen_mc_batch, _issue                        ignored: xen-lazy-mode (what is sent is in _flush)
 * xen_mc_entry_alloc                          ignored: xen-entry-alloc (_entry follows)
 * xen_mc_callback, _flush_reason              ignored: xen-callback, xen-flush-reason
 * xen_cpu_*                                   ignored: xen-descriptor-table
 * shmat shmdt                                 ignored: shmat, shmdt (the length is unknown)
 * any other system call                       ignored: syscall-not-about-memory
 * any other event                             ignored: other-event
 * [LOST n EVENTS], [n EVENTS DROPPED],
 *   a header with more entries written than
 *   are in the buffer                         LOST; every open call and page table is forgotten
 * # comment, cpus=2, CPU 0 is empty           ignored: header
 * empty line                                  ignored: blank
 * last line without its end                   rejected: truncated line
 * known line that cannot be read              rejected: unreadable event, arguments or result
 * anything else                               rejected: unrecognised line
 * </pre>
 *
 * <p>{@code xen_mmu_write_cr3} is printed without an end of its line, so that another event follows
 * on it. Such a line counts once: as parsed, unless what follows has to be rejected.
 *
 * <p>Observations and faults stand where they were recorded, which for those inside a call is in
 * front of the call's own event, with lines behind the one on which the call began. A task is in
 * one call at a time, so that its number and these lines tell which call they belong to. An
 * mprotect stands right behind the last that is seen of its work, because other threads may be at
 * work in the same memory before its end is traced; an mmap or brk that populates stands in front
 * of the PTEs that it sets, and a fork where it begins to copy.
 *
 * <p>A clone3, whose flags are in memory, shares its parent's space if Xen's events show no space
 * being made for it.
 *
 * <p>A {@code SET_PTE} of a space that a fork or an execve is making comes right behind the CLONE
 * or EXECVE. Under Xen an execve's event stands where the new page table is handed to Xen, which is
 * exactly where the old one is given up; without Xen's events it stands where the call began.
 *
 * <p>A {@code set_pte} inside an mprotect is of a page in its range. Where that is longer than one
 * page table, those of the call wait for its end: the kernel goes upwards, so that the tables of
 * the call may have only one place each.
 *
 * <p>PTEs that vanish are not traced: a consumer has to know from the calls which pages are gone.
 *
 * <p>Without the column of thread groups (option {@code record-tgid}) a task of which no clone has
 * been seen is taken for a process of its own. Pointers that the kernel has hashed (option {@code
 * hash-ptr}) are not pointers to page tables: then no {@code set_pte} has a page.
 */
@NullMarked
package dev.mmureplay.importer.ftrace;

import org.jspecify.annotations.NullMarked;
