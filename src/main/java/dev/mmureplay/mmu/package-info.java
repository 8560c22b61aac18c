/**
 * The PTE bits, and the ways an update of a PTE is carried out and counted; the second seam of the
 * program.
 *
 * <p>An {@link dev.mmureplay.mmu.MmuBackend} makes an {@link dev.mmureplay.mmu.Mmu}, whose methods
 * are Linux's own (pv_mmu_ops and the functions that pv_mmu_ops does not cover). The guest kernel
 * is an axis of its own: {@link dev.mmureplay.mmu.GuestPlatform} tells the backend which kernel
 * asks and what the hypervisor offers. Backends count {@link dev.mmureplay.mmu.Operation
 * operations}; nothing here knows what an operation costs.
 */
@NullMarked
package dev.mmureplay.mmu;

import org.jspecify.annotations.NullMarked;
