/** TODO */
@NullMarked
package dev.mmureplay.importer.perf;

import org.jspecify.annotations.NullMarked;
