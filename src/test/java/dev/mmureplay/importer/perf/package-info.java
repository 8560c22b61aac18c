/** Tests of the perf importer. */
@NullMarked
package dev.mmureplay.importer.perf;

import org.jspecify.annotations.NullMarked;
