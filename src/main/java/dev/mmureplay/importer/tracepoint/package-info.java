/**
 * What the importers of kernel tracepoints share, whichever tool has written them down: how the
 * beginnings and ends of system calls become events, how the records about tasks become one event
 * each, and what faults, flushes and signals become.
 *
 * <p>A tool's importer reads the columns ({@link dev.mmureplay.importer.tracepoint.Columns}) and
 * tells by the event's name which method is to take the rest of the line.
 */
@NullMarked
package dev.mmureplay.importer.tracepoint;

import org.jspecify.annotations.NullMarked;
