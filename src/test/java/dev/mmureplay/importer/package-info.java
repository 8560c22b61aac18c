/** Tests of the importers, and what they share. */
@NullMarked
package dev.mmureplay.importer;

import org.jspecify.annotations.NullMarked;
