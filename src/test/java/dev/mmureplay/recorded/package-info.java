/**
 * Counters and instructions of single system calls, recorded under a real Xen, against the model.
 */
@NullMarked
package dev.mmureplay.recorded;

import org.jspecify.annotations.NullMarked;
