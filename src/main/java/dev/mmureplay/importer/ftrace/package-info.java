@NullMarked
package dev.mmureplay.importer.ftrace;

import org.jspecify.annotations.NullMarked;
