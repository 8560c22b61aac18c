/** Tests of the perf importer. */
@NullMarked
package dev.mmureplay.importer.ftrace;

import org.jspecify.annotations.NullMarked;
