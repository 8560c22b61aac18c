/**
 * Reads logs of <a href="https://man7.org/linux/man-pages/man1/strace.1.html">strace</a>, best made
 * with {@code strace -f -ttt -T -y -o FILE}.
 *
 * <pre>
 * line                                        becomes
 * mmap munmap mprotect pkey_mprotect mremap
 *   brk madvise                               an event each, with -errno where it failed
 * clone clone3 fork vfork                     CLONE; ignored if failed-clone
 * execve execveat                             EXECVE; ignored if failed-execve
 * exit exit_group                             EXIT, flags 1 for the group
 * +++ exited … +++, +++ killed by … +++       EXIT; ignored if exited-already
 * +++ superseded by execve … +++              ignored: superseded-by-execve, the EXECVE says it
 * --- SIGxxx {…} ---                          SIGNAL, with its si_addr
 * --- stopped by SIGxxx ---                   ignored: stopped, nothing is delivered
 * = ? ERESTART…                               ignored: restarted, the call comes again
 * = ?                                         the event with unknown result
 * shmat shmdt                                 ignored: shmat, shmdt (the length is unknown)
 * any other call, ???(                        ignored: syscall-not-about-memory
 * … &lt;unfinished ...&gt; + &lt;... x resumed&gt;       put together, then as above
 * … &lt;unfinished ...&gt; without an end          ignored: call-never-returned
 * &lt;... x resumed&gt; without a beginning         ignored: resumed-without-beginning
 * … &lt;detached ...&gt;                            ignored: detached
 * strace: Process 9610 attached               ignored: strace-note; in mid-line the two parts are joined
 * ) = 0, NULL) = 0 behind an unfinished call (-z, -e status)
 *                                             put together, then as above
 *  | 00000  7f 45 (-e read, -e write)          ignored: data-dump
 * table of -C behind the records              ignored: summary
 *  &gt; ./demo(main+0x1) [0x1000] (-k)           ignored: stack-frame; those of mprotect are counted by call site
 * empty                                       ignored: blank
 * last line that stops anywhere               rejected: truncated line
 * known call that cannot be read              rejected: unreadable arguments or result
 * longer than 1 MiB                           rejected: line too long
 * anything else, as the program's output      rejected: unrecognised line
 * </pre>
 *
 * <p>The task and the time in front of a line may have any form that strace gives them, or be
 * missing ({@link dev.mmureplay.importer.strace.StracePrefix}). Times are a clock unless they are
 * whole seconds.
 *
 * <p>strace knows tasks only. Their thread group follows from the flags of the clone that made
 * them; if these are hidden behind a pointer ({@code -e raw=all}), the new task counts as a thread,
 * because what glibc makes with clone3 mostly is one. In a trace that does not begin with an
 * execve, tasks that no clone explains count as one process ({@code -p}). A trace that names no
 * task at all is about task 1.
 *
 * <p>Under {@code -y} the identity of a mapped file is a hash of its path; else it is the
 * descriptor.
 *
 * <p>An execve in another thread than the leader ends under the leader's number; the other threads
 * end with it, without an EXIT of their own.
 */
@NullMarked
package dev.mmureplay.importer.strace;

import org.jspecify.annotations.NullMarked;
