/** Tests of the perftrace importer. */
@NullMarked
package dev.mmureplay.importer.perftrace;

import org.jspecify.annotations.NullMarked;
