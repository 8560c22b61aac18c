/**
 * Reads what the <a href="https://github.com/bpftrace/bpftrace">bpftrace</a> script {@code
 * adsnap.bt} prints: memory calls, faults, flushes, and the kernel's own PTEs of the pages of each
 * mprotect, at its entry and at its exit.
 *
 * <pre>
 * line                                        becomes
 * P + p  mprotect entry and exit              MPROTECT, with -errno where it failed
 * e tid address word, behind its P            OBSERVED_PTE with flags 0 (before), one a page
 * x tid address word, behind its p            OBSERVED_PTE with flags 1 (after), one a page
 * … the P and the p themselves                OBSERVED_PTE with a length: the range that is known,
 *                                             in front of its pages; whatever is not named has none
 * M + m, U + u, B + b, R + r, D + d           MMAP, MUNMAP, BRK, MREMAP, MADVISE
 * … result -512 to -516                       ignored: restarted, the call comes again
 * entry without an exit                       ignored: call-never-returned
 * exit without an entry                       ignored: exit-without-enter
 * F  user page fault                          READ, WRITE or FETCH
 * … at a kernel address                       ignored: fault-at-kernel-address
 * f tid address byte, behind its F            OBSERVED_PTE with flags 2, in front of the access;
 *                                             0 if the F has none
 * T  TLB flush                                OBSERVED_TLB_FLUSH
 * … reason 0                                  ignored: flush-on-task-switch
 * N  new task                                 CLONE
 * Q  task exit                                EXIT of one task
 * Lost n events                               LOST; every open call is given up
 * Attaching n probes...                       ignored: header
 * @map[key]: value                            ignored: map-dump
 * empty line                                  ignored: blank
 * line with a time that has passed            rejected: too late to be sorted
 * x of other pages than those of its call     ignored: snapshot-of-another-call
 * e, x or f that fits no line before it       rejected: snapshot without its call
 * known letter that cannot be read            rejected: unreadable values
 * last line without its end                   rejected: truncated line
 * anything else                               rejected: unrecognised line
 * </pre>
 *
 * <p>The lines are not in the order of their times, because bpftrace drains its buffers one CPU
 * after another. They are sorted in a window of two seconds and at most 131,072 lines; a line that
 * is later than that is rejected.
 *
 * <p>A byte of a word stands for one page: 01 present, 02 writable, 04 accessed, 08 dirty, 10
 * no-execute, 20 in a huge page, 40 not present but kept (PROT_NONE), 80 saved-dirty. The event
 * holds the bits of an x86-64 PTE; frame, user bit and protection key are not known and 0. The
 * script looks at the first 512 pages of a call only.
 *
 * <p>The same letters without PTEs are read as well. Whether a trace has PTEs is known from its
 * first e, x or f line on, which the first fault brings.
 *
 * <p>There is no tracepoint for execve in it: what the program had mapped before its first own call
 * is not known, and the few faults in front of the execve belong to bpftrace's own image. A later
 * one is told by the break, of which every program asks first: where it is not what it was left at,
 * an EXECVE stands where the old memory went, at the last full flush outside a call.
 *
 * <p>A page that is executable behind an mprotect that did not ask for it tells, in a process with
 * one thread, that the program's personality has READ_IMPLIES_EXEC: the protection of its calls has
 * PROT_EXEC from then on.
 */
@NullMarked
package dev.mmureplay.importer.adsnap;

import org.jspecify.annotations.NullMarked;
