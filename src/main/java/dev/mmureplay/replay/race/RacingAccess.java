package dev.mmureplay.replay.race;

import dev.mmureplay.machine.AccessKind;

/**
 * One access at a chosen moment of an update.
 *
 * @param kind what it does
 * @param position before which of the update's memory operations on the PTE it happens, from 0
 * @param cached whether the TLB holds the translation of before the update, if hardware may have
 *     cached that
 * @param tid the thread; accesses of one thread share a TLB
 */
record RacingAccess(AccessKind kind, int position, boolean cached, int tid) {}
