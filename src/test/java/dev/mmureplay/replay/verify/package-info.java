/** Tests of {@link dev.mmureplay.replay.verify}. */
@NullMarked
package dev.mmureplay.replay.verify;

import org.jspecify.annotations.NullMarked;
