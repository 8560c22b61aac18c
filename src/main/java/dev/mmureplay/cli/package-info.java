/**
 * The command line: one class per verb, and the one place that turns exceptions into a sentence and
 * an exit code.
 */
@NullMarked
package dev.mmureplay.cli;

import org.jspecify.annotations.NullMarked;
