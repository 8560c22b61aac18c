/**
 * The smallest trace that still shows a finding.
 *
 * <pre>
 * trace ── TraceSlice ──▶ events around the page ── DeltaDebugging ──▶ 1-minimal ──▶ event file
 *                                     ▲        replayed each time │               └▶ Reproducer (C)
 *                                     └────────── Replay ◀────────┘
 * </pre>
 */
@NullMarked
package dev.mmureplay.replay.minimise;

import org.jspecify.annotations.NullMarked;
