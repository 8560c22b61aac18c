@NullMarked
package dev.mmureplay.store;

import org.jspecify.annotations.NullMarked;
