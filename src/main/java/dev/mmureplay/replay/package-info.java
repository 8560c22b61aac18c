/**
 * Feeds events to a machine and yields counts, findings and the final state of every page.
 *
 * <p>A replay reads an event file a batch at a time and drives one machine that carries every
 * backend at once. What comes out goes to a {@link dev.mmureplay.replay.ReplaySink} as it happens,
 * so that memory is bounded by the pages touched and not by the length of the trace; the totals are
 * a {@link dev.mmureplay.replay.ReplayResult}. A replay is a pure function of its events and {@link
 * dev.mmureplay.replay.ReplayOptions}.
 */
@NullMarked
package dev.mmureplay.replay;

import org.jspecify.annotations.NullMarked;
