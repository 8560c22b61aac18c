/**
 * Reads what the QEMU-user plug-in {@code adplug} writes: every page that every thread touches, and
 * the system calls about memory, while the threads run truly concurrently.
 *
 * <pre>
 * qemu-x86_64 -plugin ./libadplug.so,out=FILE[,pages=0][,code=0] PROGRAM
 *
 * # adplug 1 pages=1 code=1 pid=4802 clock=CLOCK_MONOTONIC ns; S/R syscall numbers decimal, rest hex
 * 577 6511549890153 0 27457 S 10 4002a2f000 4000 0 400285fa20 ffffffff 0
 * 578 6511549914539 0 27457 R 10 0
 * 579 6511549916102 0 27457 x 400294c000
 * │   │             │ │     │ └ page (pages=1) or address (pages=0), hex; call number, decimal
 * │   │             │ │     └ r, w, x: touched; S: call begins; R: call returns
 * │   │             │ └ the host's tid
 * │   │             └ QEMU's number of the thread
 * │   └ CLOCK_MONOTONIC, ns
 * └ number of the record in its process
 * </pre>
 *
 * <p>The plug-in writes the first touch of each kind by each thread since <em>any</em> thread
 * entered or left a system call about memory, and folding here does the same to what it has not
 * folded. So what lies between the beginning and the end of a call is told from what lies before
 * and behind it, and the event file keeps it: a row's {@code line} and {@code time} are those of
 * the first touch; a call's are those of its beginning, and {@code time + duration} is its end. An
 * access ran inside another thread's call if and only if its time is between the two. Times never
 * run backwards within a process. A call is placed where it ends, one that gives memory up where it
 * begins.
 *
 * <p>Not known: the mappings that QEMU made before the first instruction (program, loader, stack),
 * and accesses that the kernel makes. An access is written once it has succeeded, so that one which
 * faulted shows once. A block of code that runs on into a second page shows its first page only. A
 * forked child writes a file of its own, {@code FILE.PID}, which begins with its return from the
 * fork; {@code vfork} is a fork to QEMU. What a program does after {@code execve} is not seen.
 *
 * <pre>
 * record                                         becomes
 * r, w, x                                        READ, WRITE, FETCH
 *   of the upper half of the address space       ignored(access-at-kernel-address)
 * S and R of (9) mmap, (10) mprotect,            MMAP, MPROTECT, …; arguments that the call does not
 *   (11) munmap, (12) brk, (25) mremap,          have are leftover registers and are not looked at
 *   (28) madvise, (329) pkey_mprotect
 *   (56) clone, (57) fork, (58) vfork            CLONE; failed, as (435) clone3 is: ignored(failed-clone)
 *   R with result 0 of one of these              ignored(clone-in-child)
 *   (59) execve, (322) execveat                  EXECVE at the end of the log if it does not return;
 *                                                failed: ignored(failed-execve)
 *   (60) exit, (231) exit_group                  EXIT, flags 0 or 1
 *   (30) shmat, (67) shmdt                       ignored(shmat), ignored(shmdt)
 *   any other                                    ignored(syscall-not-about-memory)
 * S without R                                    ignored(call-never-returned)
 * R without S                                    ignored(exit-without-enter)
 * both, if the call will be made again           ignored(restarted)
 * # adplug …                                     ignored(header); names the process of unknown threads
 * empty                                          ignored(blank)
 * numbers missing between two records            LOST, in addition; open calls are given up
 * a number not above that of the last record     rejected(out of sequence)
 * record with unreadable values                  rejected(unreadable access, unreadable call,
 *                                                unreadable arguments or result)
 * last line without its end                      rejected(truncated line)
 * line of more than a MiB                        rejected(line too long)
 * anything else                                  rejected(unrecognised line)
 * </pre>
 */
@NullMarked
package dev.mmureplay.importer.adplug;

import org.jspecify.annotations.NullMarked;
