/**
 * Reads what gdb prints at {@code catch syscall}, if a stop handler prints the registers: gdb
 * itself names the call and no more.
 *
 * <pre>
 * catch syscall mprotect
 * python
 * import gdb, time
 * def stop(event):
 *   reg = lambda name: int(gdb.parse_and_eval("(long)$" + name)) % 2**64
 *   print("@ %.6f %d mprotect start=%#x len=%#x prot=%#x rax=%d" % (time.time(),
 *       gdb.selected_thread().ptid[1], reg("rdi"), reg("rsi"), reg("rdx"), int(gdb.parse_and_eval("(long)$rax"))))
 *   gdb.execute("continue")
 * gdb.events.stop.connect(stop)
 * end
 * run
 *
 * Catchpoint 1 (call to syscall mprotect), 0x00007ffff7fead07 in __GI_mprotect () at …
 * @ 1795363042.649862 27438 mprotect start=0x7ffff7fa1000 len=0x4000 prot=0x1 rax=-38
 * Catchpoint 1 (returned from syscall mprotect), 0x00007ffff7fead07 in __GI_mprotect () at …
 * @ 1795363042.650495 27438 mprotect start=0x7ffff7fa1000 len=0x4000 prot=0x1 rax=0
 * </pre>
 *
 * <p>The line of the handler is {@code @ SECONDS TID NAME ARGUMENT=VALUE… rax=RESULT} with the
 * arguments in the order of the manual, for any call. At a call's beginning {@code rax} is -38. A
 * stop takes about a millisecond, and the other threads stand still: durations are gdb's, and
 * nothing runs inside a call.
 *
 * <pre>
 * record                                    becomes
 * &#64; … of a call                             its beginning or its end, as
 *                                           {@link dev.mmureplay.importer.call} says
 * Catchpoint N (…), Thread N "…" hit …      ignored(stop)
 * the source line, 117	in ../sysdeps/…      ignored(stop)
 * [New Thread …], [Inferior 1 …] …          ignored(gdb-message)
 * Using host libthread_db …, The program …  ignored(gdb-message)
 * empty                                     ignored(blank)
 * &#64; … that cannot be read                  rejected(unreadable arguments or result)
 * last line without its end                 rejected(truncated line)
 * line of more than a MiB                   rejected(line too long)
 * anything else, as the program's output    rejected(unrecognised line)
 * </pre>
 */
@NullMarked
package dev.mmureplay.importer.gdb;

import org.jspecify.annotations.NullMarked;
