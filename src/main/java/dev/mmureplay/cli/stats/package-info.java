/**
 * Characterises the mprotect calls of a trace without any backend or price: how much they change,
 * how often they come back to the same pages, and how many VMAs they make.
 */
@NullMarked
package dev.mmureplay.cli.stats;

import org.jspecify.annotations.NullMarked;
