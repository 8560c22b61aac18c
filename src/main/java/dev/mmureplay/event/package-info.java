/**
 * The canonical event file: what a traced program did to its address space, in source order, in
 * columns.
 *
 * <p>An event file is an Apache Arrow IPC <em>file</em> of record batches of at most {@link
 * dev.mmureplay.event.EventSchema#BATCH_ROWS} rows. {@link dev.mmureplay.event.EventSchema} is the
 * schema and says what each column means for each {@link dev.mmureplay.event.EventKind}; {@link
 * dev.mmureplay.event.TraceInfo} is what the file knows about its own origin (importer, source,
 * checksum, fidelity, ledger) and travels in the file's footer. {@link
 * dev.mmureplay.event.EventWriter} writes, {@link dev.mmureplay.event.EventReader} reads; both hold
 * one batch in memory, whatever the length of the trace.
 */
@NullMarked
package dev.mmureplay.event;

import org.jspecify.annotations.NullMarked;
