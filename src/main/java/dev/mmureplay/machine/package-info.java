/**
 * A simulated x86-64 under a Linux guest: address spaces, VMAs, page tables, faults and the
 * mprotect walk.
 *
 * <p>One {@link dev.mmureplay.machine.Machine} carries any number of backends at once. VMAs, frames
 * and the decisions of the kernel are the same under all of them and exist once; every backend has
 * its own copy of each PTE page, which only its own {@link dev.mmureplay.mmu.Mmu} and the simulated
 * hardware change. Beside them stands the <em>reference</em> PTE: what the entry would hold if
 * every update were atomic. Backends are compared with it when a PTE dies and at the end, after
 * each update, and in the course of each protection change: {@link
 * dev.mmureplay.machine.ProtectionCheck}.
 *
 * <pre>
 *  Machine ── AddressSpace ── VmaList ── Vma
 *     │             └─ PageTables ── LeafTable (2 MiB): reference[512], settled[512], PtePage per backend
 *     ├─ FrameTable
 *     └─ Backend (Mmu + OperationCounter) per backend
 * </pre>
 *
 * <p>Nothing here knows events, files or prices. Addresses are in bytes, lengths in bytes and
 * page-aligned unless said otherwise; results are 0 or -errno as the kernel returns them.
 */
@NullMarked
package dev.mmureplay.machine;

import org.jspecify.annotations.NullMarked;
