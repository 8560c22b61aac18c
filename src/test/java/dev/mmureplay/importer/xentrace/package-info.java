/** Tests of the xentrace and xenalyze importers. */
@NullMarked
package dev.mmureplay.importer.xentrace;

import org.jspecify.annotations.NullMarked;
