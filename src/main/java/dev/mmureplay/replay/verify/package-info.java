/**
 * Compares a replay with what its trace observed, mprotect call by mprotect call.
 *
 * <pre>
 *  rows of a call ── XenReading ──┐
 *                                 ├─ Comparison ── CallCheck
 *  machine and counter ─ Model ───┘
 * </pre>
 *
 * <p>Observations say what a real kernel did; they drive nothing. What was there before the trace
 * began is put into the machine from the first observation of it ({@link
 * dev.mmureplay.machine.Seeds}) and counted as such: that a page put in like this exists is no
 * evidence for the model, all that follows is.
 */
@NullMarked
package dev.mmureplay.replay.verify;

import org.jspecify.annotations.NullMarked;
