/** Tests of the importers of declared records. */
@NullMarked
package dev.mmureplay.importer.declared;

import org.jspecify.annotations.NullMarked;
