@NullMarked
package dev.mmureplay.importer.adsnap;

import org.jspecify.annotations.NullMarked;
