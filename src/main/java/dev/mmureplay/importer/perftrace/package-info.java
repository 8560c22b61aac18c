/**
 * Reads what {@code perf trace} prints: system calls with durations. It is a poor source beside
 * {@code perf record} and {@code perf script}: it has no CPUs, faults without the kind of access
 * and mostly as offsets into files, and microseconds.
 *
 * <pre>
 * perf trace [-F all] [-T] -o FILE COMMAND
 *
 *      2.002 ( 0.036 ms): demo/10190 mprotect(start: 0x7fa9681a6000, len: 16384, prot: READ)   = 0
 *     56.221 (         ): demo/25558 mprotect(start: 0x7fb0bc8ef000, len: 32768, prot: READ) ...
 *     56.221 ( 0.129 ms): demo/25558  ... [continued]: mprotect())                              = 0
 *          ? (         ): demo/25559  ... [continued]: clone3())                                = 0
 * </pre>
 *
 * <p>The time is that of the call's beginning, in ms; arguments that are 0 are not shown, nor is
 * the name and number of the task while there is only one. Lines are printed when a call ends, and
 * where {@code perf trace -i} reads a recording, one CPU's run after another: calls are put in the
 * order of their ends, as far as 131,072 of them reach. A continuation that does not fit the task's
 * unfinished call shows the time of another one: it counts only if it ends an execve, at the place
 * of the line before it.
 *
 * <pre>
 * record                                    becomes
 * a call, whole or continued                as {@link dev.mmureplay.importer.call} says
 *   with a path behind fd                   the path is the identity of the file
 * minfault […] =&gt; …, majfault […] =&gt; …      ignored(fault-without-access-type)
 * sched:sched_switch(…) and the like        ignored(other-event)
 * LOST 12 events!                           LOST; calls under way are given up
 * frame of a call stack (--call-graph)      ignored(stack-frame)
 * empty                                     ignored(blank)
 * Summary of events: and what follows it    ignored(summary)
 * a call with an unreadable argument        rejected(unreadable arguments or result)
 * last line without its end                 rejected(truncated line)
 * line of more than a MiB                   rejected(line too long)
 * anything else                             rejected(unrecognised line)
 * </pre>
 */
@NullMarked
package dev.mmureplay.importer.perftrace;

import org.jspecify.annotations.NullMarked;
