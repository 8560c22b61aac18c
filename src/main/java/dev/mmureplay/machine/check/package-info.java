/**
 * The backend contract, checked exhaustively on small programs.
 *
 * <p>A {@link dev.mmureplay.machine.check.Program} is a short piece of kernel work on one to a few
 * dozen PTEs (CPU 0) beside a few accesses by user threads on other CPUs. A {@link
 * dev.mmureplay.machine.check.Run} carries it out with a backend in one order, an {@link
 * dev.mmureplay.machine.check.Exploration} in every order there is: an access may come before any
 * memory operation on a PTE that threads touch, and between any two calls of the {@link
 * dev.mmureplay.mmu.Mmu}. Nothing is remembered between runs; a run is determined by its program
 * and its {@link dev.mmureplay.machine.check.Schedule}.
 *
 * <p>What must come out is known to the {@link dev.mmureplay.machine.check.Judge}, which has never
 * heard of backends: an update is atomic, A and D are what they were and what hardware has set.
 *
 * <pre>
 *  BackendCheck ── Programs
 *     └─ Exploration ── Schedule
 *           └─ Run ── KernelSide, UserCpus, Judge
 * </pre>
 */
@NullMarked
package dev.mmureplay.machine.check;

import org.jspecify.annotations.NullMarked;
