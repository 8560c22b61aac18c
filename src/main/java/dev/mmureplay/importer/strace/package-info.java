/** TODO */
@NullMarked
package dev.mmureplay.importer.strace;

import org.jspecify.annotations.NullMarked;
