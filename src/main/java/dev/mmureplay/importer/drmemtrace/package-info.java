/**
 * Reads the text that DynamoRIO's {@code view} tool makes of a drmemtrace recording: every access
 * of every thread, and system calls if their arguments were recorded.
 *
 * <pre>
 * drrun -t drmemtrace -offline -record_syscall '9|6&amp;10|3&amp;11|2&amp;12|1&amp;25|5&amp;28|3&amp;56|5&amp;329|4' -- PROGRAM
 * drrun -t drmemtrace -indir drmemtrace.PROGRAM.*.dir -tool view 2&gt; FILE
 *
 *           43          20:      296231 ifetch       2 byte(s) @ 0x0000000000401026 0f 05   syscall
 *           44          20:      296231 &lt;marker: timestamp 13319413770947383&gt;
 *           45          20:      296231 &lt;marker: tid 296231 on core 10&gt;
 *           46          20:      296231 &lt;marker: system call 10&gt;
 *           47          20:      296231 &lt;marker: function==syscall #10&gt;
 *           48          20:      296231 &lt;marker: function argument 0x7f5bca271000&gt;
 *           …
 *           51          20:      296231 &lt;marker: function==syscall #10&gt;
 *           52          20:      296231 &lt;marker: function return value 0x0&gt;
 *           53          21:      296231 write        8 byte(s) @ 0x00007ffd90c13950 by PC 0x000000000040257d
 * └ record    └ instruction   └ thread
 *
 *       173371: T1774669 write        8 byte(s) @ …              up to release 9.0
 *           53          21:       W0.T3 write        8 byte(s) @ …   later: workload and thread
 * </pre>
 *
 * <p>Threads are interleaved by the timestamps of their buffers, which are far apart: an access
 * cannot be said to have raced with a call, and has no time. A call's time is that of the timestamp
 * before it, its duration reaches to the one behind it, in microseconds. The threads of a workload
 * are taken to be one process. What the kernel accesses is not seen.
 *
 * <pre>
 * record                                        becomes
 * ifetch, read, write                           FETCH, READ, WRITE, on two pages if it straddles
 *   of a "non-fetched instruction"              ignored(not-fetched)
 *   of the upper half of the address space      ignored(access-at-kernel-address)
 * &lt;marker: system call N&gt; and the markers       as {@link dev.mmureplay.importer.call} says
 *   function==syscall #N, function argument,
 *   function return value behind it
 *   without the arguments that it needs         ignored(syscall-without-arguments)
 * &lt;thread T exited&gt;                             EXIT
 * &lt;marker: timestamp N&gt;                         ignored(timestamp); the time of calls
 * &lt;marker: tid T on core C&gt;                     ignored(core); the CPU of what follows
 * &lt;marker: function #N&gt; and its values          ignored(function-marker)
 * &lt;marker: system call failed: E&gt;               ignored(told-by-another-record)
 * any other &lt;marker: …&gt;, &lt;entry type …&gt;         ignored(other-marker)
 * pref…, iflush, dflush                         ignored(prefetch), ignored(cache-flush)
 * more bytes of a long instruction              ignored(instruction-bytes)
 * Output format:, &lt;--record#-&gt; …, -----         ignored(header)
 * View tool results: and what follows it        ignored(summary)
 * empty                                         ignored(blank)
 * access with unreadable parts, or to more      rejected(unreadable access)
 *   than a page
 * marker with unreadable parts                  rejected(unreadable marker)
 * last line without its end                     rejected(truncated line)
 * line of more than a MiB                       rejected(line too long)
 * anything else, as the program's output        rejected(unrecognised line)
 * </pre>
 *
 * @see <a href="https://dynamorio.org/sec_drcachesim_format.html">Trace format</a>
 */
@NullMarked
package dev.mmureplay.importer.drmemtrace;

import org.jspecify.annotations.NullMarked;
