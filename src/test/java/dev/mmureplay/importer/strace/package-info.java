/** Tests of the strace importer. */
@NullMarked
package dev.mmureplay.importer.strace;

import org.jspecify.annotations.NullMarked;
