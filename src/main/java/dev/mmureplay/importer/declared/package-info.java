/**
 * Reads records of the user's own making, whose fields the user declares: lines of a bpftrace
 * script or the like ({@code pattern}), and tables ({@code columns}).
 *
 * <pre>
 * --pattern 'mprotect-enter: P %time %pid %tid %cpu %address:x %length:x %protection:x'
 * --pattern 'mprotect-exit: p %time %pid %tid %cpu %result'
 * --pattern 'fault: F %time %pid %tid %cpu %address:x %* %error_code:x'
 * --pattern 'ignore: T %*'
 *
 * --columns time:us=ts,kind=op,mprotect=MP,write=W,address:x=addr,length=len,protection=prot,result=ret
 * </pre>
 *
 * <p>A pattern is {@code KIND: TEMPLATE}. In the template {@code %FIELD} or {@code %FIELD:FORMAT}
 * is a value, {@code %*} anything up to the next blank (at the end: anything), {@code %%} a percent
 * sign, a blank any number of blanks, and everything else itself. The first pattern that matches
 * the whole line counts. {@code --columns} has {@code FIELD[:FORMAT]=COLUMN} for fields whose
 * column has another name or format, and {@code KIND=VALUE} for what the column of the kind holds;
 * a field that it leaves out is looked for under its own name.
 *
 * <pre>
 * KIND    mmap munmap mprotect pkey_mprotect mremap brk madvise clone fork vfork execve exit
 *         exit_group: a whole call; with -enter or -exit behind it: its beginning or its end
 *         read write fetch: an access, of which every one is there (else declare them as faults or
 *         ignore them); fault: a page fault, with error_code
 *         lost: count events were lost; ignore: nothing for us
 * FIELD   time duration pid tid cpu kind address length protection flags address2 length2 file
 *         offset result count error_code, as the columns of {@link dev.mmureplay.event.EventSchema};
 *         file is a descriptor; flags is the advice, the key or the clone flags
 * FORMAT  x: hex without 0x; ns us ms s: units of time, with fractions (ns if not given); without
 *         it a number is decimal, or hex with 0x, or made of the kernel's names (PROT_READ|PROT_EXEC)
 * </pre>
 *
 * <p>Records with a time are put in its order, as far as 131,072 of them reach. What the records
 * can know is taken from the fields that <em>every</em> one of them has: {@code time} is a clock,
 * {@code tid} names threads, {@code cpu} CPUs. Without {@code tid} there is one task, or one for
 * each pid.
 *
 * <pre>
 * record                                     becomes
 * a call                                     as {@link dev.mmureplay.importer.call} says
 * read, write, fetch                         READ, WRITE, FETCH, on two pages if it straddles
 * fault                                      READ, WRITE or FETCH from a fault
 *   of the upper half of the address space   ignored(access-at-kernel-address)
 * lost; bpftrace's "Lost N events"           LOST; calls under way are given up
 * ignore                                     ignored(declared-to-be-ignored)
 * bpftrace's "Attaching N probes..."         ignored(attaching)
 * bpftrace's dumps of maps, "@name…: …"      ignored(map-dump)
 * the names of the columns                   ignored(header)
 * empty                                      ignored(blank)
 * line that no pattern matches               rejected(no pattern matches)
 * row with more or fewer columns             rejected(wrong number of columns)
 * row with another kind                      rejected(unknown kind)
 * value that its format does not allow       rejected(unreadable FIELD)
 * record without a value that it needs       rejected(no FIELD)
 * last line without its end                  as any other: the user's tool may leave it out
 * line of more than a MiB                    rejected(line too long)
 * </pre>
 */
@NullMarked
package dev.mmureplay.importer.declared;

import org.jspecify.annotations.NullMarked;
