/**
 * Reads the log of Valgrind's lackey tool: every page access, and every system call that changes
 * the address space.
 *
 * <pre>
 * valgrind --tool=lackey --fair-sched=yes --trace-mem=yes --trace-syscalls=yes --trace-sched=yes \
 *     --basic-counts=no --log-file=trace.%p PROGRAM
 * </pre>
 *
 * <p>An access line names no thread: it belongs to the thread that last acquired Valgrind's lock,
 * or, without {@code --trace-sched}, that last made a call. {@code pid} is the process that
 * Valgrind names; {@code tid} is <em>Valgrind's</em> small number of the thread, because nothing in
 * the log translates it, while the result of a {@code clone} is the kernel's number. System call
 * numbers are those of amd64.
 *
 * <pre>
 * record                                         becomes
 * I  0401ab70,3                                  FETCH, on two pages if it straddles
 *  L 1fff000ae8,8                                READ
 *  S 1fff000d28,8                                WRITE
 *  M 04033e06,1                                  READ, then WRITE
 * SYSCALL[p,t](9) sys_mmap                       MMAP
 *   (10) mprotect, (329) pkey_mprotect           MPROTECT, PKEY_MPROTECT
 *   (11) munmap, (25) mremap                     MUNMAP, MREMAP
 *   (12) brk, (28) madvise                       BRK, MADVISE
 *   (56) clone, (57) fork, (58) vfork            CLONE; failed: ignored(clone-failed)
 *   (59) execve                                  EXECVE if it never returns; failed: ignored(execve-failed)
 *   (60) exit, (231) exit_group                  EXIT, flags 0 or 1
 *   (435) clone3                                 refused by Valgrind: ignored(clone-failed)
 *   any other, and its results                   ignored(syscall-not-about-memory)
 *   one of the above without a result            ignored(call-never-returned)
 * SYSCALL[p,t](n) ... [async] --&gt; Success(0x0)   the result of an earlier call; the event takes this place
 *  --&gt; [pre-fail] Failure(0x26)                  the result of a call whose line ended without one
 * --p--   SCHED[t]:  acquired lock               switches the thread; parsed if it is another one
 * --p--   SCHED[t]: …                            ignored(scheduler-message)
 * SCHEDSETJMP(line 1034) tid 1, jumped=…         ignored(scheduler-jump): a signal; its faulting access is
 *                                                not logged until it succeeds
 * ==p== …                                        ignored(valgrind-message); "Command:" names the program
 * empty                                          ignored(blank)
 * access line with other text in it              rejected(access-malformed)
 * access to no byte or to more than a page       rejected(access-size)
 * call with missing or unreadable parts          rejected(call-malformed)
 * result that belongs to no call                 rejected(result-without-call)
 * anything else, such as lines that two
 * processes wrote into each other                rejected(not-lackey)
 * </pre>
 *
 * <p>{@link dev.mmureplay.importer.lackey.LackeyImporter} recognises, {@code LackeyLog} reads one
 * log line by line, {@code AccessLines} is the hot loop over access lines and {@link
 * dev.mmureplay.importer.PageFold} folds them.
 */
@NullMarked
package dev.mmureplay.importer.lackey;

import org.jspecify.annotations.NullMarked;
