/**
 * Which accessed and dirty bits a backend would lose to accesses that race with an mprotect call.
 *
 * <p>A race has two sides. The trace gives one: an access of another thread, to a page that the
 * call updates, between the beginning and the end of the call ({@link
 * dev.mmureplay.replay.race.CandidateScan}), or a real PTE in which A or D was clear before the
 * call and set behind it. The backend gives the other: its own code is run on a PTE page of its own
 * while a CPU ({@link dev.mmureplay.machine.HardwareThread}) makes the access at a chosen moment
 * between two of the memory operations ({@link dev.mmureplay.replay.race.RacingPte}). A and D of a
 * page that was resident and that nobody but hardware touches can only come from there, so what the
 * PTE ends up with is compared with what it had and what hardware set.
 *
 * <p>Accesses to different PTEs do not meet, so that every moment of every access can be tried in
 * linear time; what one attempt yields depends on the flags of the PTE alone and is remembered.
 */
@NullMarked
package dev.mmureplay.replay.race;

import org.jspecify.annotations.NullMarked;
