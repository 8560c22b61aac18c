@NullMarked
package dev.mmureplay.replay.race;

import org.jspecify.annotations.NullMarked;
