/**
 * Records a command with a tracing tool: which tools there are, what each can see, and the steps
 * that make a raw log of a command.
 */
@NullMarked
package dev.mmureplay.cli.capture;

import org.jspecify.annotations.NullMarked;
