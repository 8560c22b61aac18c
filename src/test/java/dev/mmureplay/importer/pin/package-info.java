/** Tests of the pin importer. */
@NullMarked
package dev.mmureplay.importer.pin;

import org.jspecify.annotations.NullMarked;
