/** Tests of the gdb importer. */
@NullMarked
package dev.mmureplay.importer.gdb;

import org.jspecify.annotations.NullMarked;
