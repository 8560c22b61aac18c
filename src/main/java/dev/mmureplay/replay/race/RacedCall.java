package dev.mmureplay.replay.race;

import static dev.mmureplay.event.EventSchema.UNKNOWN;

import dev.mmureplay.machine.AddressSpace;

/**
 * One mprotect call as far as races go.
 *
 * @param number of the call within the trace, from 0, or {@link Races#NO_CALL}
 * @param seq position in the event file
 * @param line on which it begins, or unknown
 * @param time ns at which it began, or unknown
 * @param duration ns, or unknown
 * @param start first byte of its range, a page boundary
 * @param end behind the last page of its range
 */
record RacedCall(
    long number,
    long seq,
    long line,
    long time,
    long duration,
    int tid,
    AddressSpace space,
    long start,
    long end) {
  boolean covers(long address) {
    return address >= start && address < end;
  }

  boolean timed() {
    return time != UNKNOWN && duration != UNKNOWN;
  }
}
