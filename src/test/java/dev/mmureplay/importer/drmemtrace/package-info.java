/** Tests of the drmemtrace importer. */
@NullMarked
package dev.mmureplay.importer.drmemtrace;

import org.jspecify.annotations.NullMarked;
