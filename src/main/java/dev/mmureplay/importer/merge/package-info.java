/**
 * Makes one event file of several captures.
 *
 * <p>Captures of one run, of different tasks but with the same clock, are merged by time ({@link
 * dev.mmureplay.importer.merge.TimeMerge}). Two captures of two runs of the same deterministic
 * program, one for its calls and one for its accesses, are merged by the sequence of their calls
 * ({@link dev.mmureplay.importer.merge.CallMerge}).
 *
 * <p>In a merged file the lines of an input count behind all lines of the inputs before it.
 */
@NullMarked
package dev.mmureplay.importer.merge;

import org.jspecify.annotations.NullMarked;
