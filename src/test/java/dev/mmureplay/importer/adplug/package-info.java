/** Tests of the adplug importer. */
@NullMarked
package dev.mmureplay.importer.adplug;

import org.jspecify.annotations.NullMarked;
