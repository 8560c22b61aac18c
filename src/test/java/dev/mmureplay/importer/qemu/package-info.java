/** Tests of the qemu importer. */
@NullMarked
package dev.mmureplay.importer.qemu;

import org.jspecify.annotations.NullMarked;
