/**
 * Reads what a Xen hypervisor traces: the binary file of <a
 * href="https://xenbits.xen.org/docs/unstable/man/xentrace.8.html">xentrace</a>, and the text that
 * {@code xenalyze --dump-all} makes of it.
 *
 * <pre>
 * xentrace -D -e 0x0020f000 -e 0x0002f000 FILE      PV events, and the scheduler's to know whose they are
 *
 * binary, little-endian, in records:
 * 2001f003 CPU SIZE                     a window: SIZE bytes of records of one CPU follow
 * header [TSC, 64 bits] words           header: event in bits 0 to 27, number of words in 28 to 30,
 *                                       bit 31 if there is a TSC
 * text:
 *   0.000012345 x| d1v0 hypercall  1 (mmu_update) 31 updates
 *   time, s     │  │    record; one more blank in front of it for an entry of a multicall
 *               │  └ domain and vcpu, d?v? if not known
 *               └ a character for each CPU, x for this one
 *
 * record                        id (guest of 64 bits)    becomes
 * page_fault                    00201004 (00201104)      READ, WRITE or FETCH
 *   of a kernel address                                  ignored: fault-at-kernel-address
 * ptwr                          0020100c (0020110b)      OBSERVED_XEN, PTWR_EMULATION
 * hypercall                     00201001 (00201101)      OBSERVED_XEN, HYPERCALL
 *                               0020100d                 the same, with the number of requests
 * hypercall (subcall)           0020200e                 OBSERVED_XEN, SUBCALL
 * sched_switch                  0002800a                 SCHED_SWITCH
 * runstate_change to running    00021n0n                 ignored: runstate-change; tells who runs
 * sched_switch prev, next and continue: how long each ran or waited
 *                               0002800e, f, 00028011    ignored: sched-switch-times (of text), other-record
 * lost_records                  0001f001                 LOST
 * cpu_change, wrap_buffer       0001f003, 0001f002       ignored: cpu-change, wrap-buffer
 * trap, emulate_privop and any
 *   other record of Xen                                  ignored: other-record
 * known record without all of its words                  rejected: unreadable record
 * record that is none, or goes beyond its window         rejected: unrecognised record; the rest of
 *                                                        the window, or of the file, is one record
 * file that stops in a record                            rejected: truncated record
 * lost_records end, in the text                          ignored: lost-records-end
 * what xenalyze says of its own work, in the text        ignored: message; the one without a line end of
 *                                                        its own is cut off the record behind it
 * other line of text that is no record                   rejected: unrecognised line
 * </pre>
 *
 * <p>Lines of the ledger and of events are records in the binary format, counted from 1.
 *
 * <p>Xen knows domains and vcpus, not processes: {@code pid} is the domain, {@code tid} the domain
 * times 32,768 plus the vcpu, and an access may be one of any process of its domain. What is traced
 * before the scheduler's records say who runs is of domain 32,768, with the CPU as its vcpu, as in
 * xenalyze. A TSC has no known frequency, so that the binary format tells an order and no times;
 * windows of different CPUs are put in order by it. The times of the text are xenalyze's, which
 * takes 2.4 GHz unless told otherwise.
 */
@NullMarked
package dev.mmureplay.importer.xentrace;

import org.jspecify.annotations.NullMarked;
