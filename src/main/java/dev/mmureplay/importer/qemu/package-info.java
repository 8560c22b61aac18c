/**
 * Reads what {@code qemu-x86_64 -strace} prints, also together with {@code -d page}: system calls
 * of a program that QEMU runs, without times.
 *
 * <pre>
 * 25791 mprotect(0x0000004002a1a000,16384,PROT_READ) = 0
 * 25791 futex(0x0000004003a40990,…)25791 set_robust_list(274938988960,24) = -1 errno=38 (…)
 *  = 0
 * 25800 mmap(NULL,45771,PROT_READ,MAP_PRIVATE,4,0)page layout changed following mmap
 * start            end              size             prot
 * 0000004000000000-0000004000001000 0000000000001000 r--
 *  = 0x000000400283d000
 * </pre>
 *
 * <p>The number is the <em>process</em>: threads cannot be told apart, and what one prints can
 * stand inside what another one prints. A result alone on its line is taken for that of the call
 * printed last that has none yet.
 *
 * <pre>
 * record                                         becomes
 * PID name(arguments) = result                   as {@link dev.mmureplay.importer.call} says; the task
 *                                                is the process
 *    exit in a process that made threads         ignored(exit-of-unnamed-thread)
 *  = result                                      the end of an earlier call; without one,
 *                                                ignored(result-without-call)
 * PID Unknown syscall 435                        ignored(unknown-syscall)
 * --- SIGSEGV {si_signo=SIGSEGV, …} ---          SIGNAL
 * page layout changed following mmap, and the
 *    table behind it                             ignored(page-layout)
 * guest_base  0x…, start_brk 0x… and the like    ignored(qemu-note)
 * empty                                          ignored(blank)
 * a call with unreadable arguments or result     rejected(unreadable arguments or result)
 * last line without its end                      rejected(truncated line)
 * line of more than a MiB                        rejected(line too long)
 * anything else                                  rejected(unrecognised line)
 * </pre>
 */
@NullMarked
package dev.mmureplay.importer.qemu;

import org.jspecify.annotations.NullMarked;
