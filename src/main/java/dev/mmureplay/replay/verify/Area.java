package dev.mmureplay.replay.verify;

import dev.mmureplay.machine.Vma;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a recording shows of a VMA.
 *
 * @param start the first address
 * @param length bytes
 * @param protection PROT_READ 1, PROT_WRITE 2, PROT_EXEC 4
 * @param offset in the file, or the address at which anonymous memory was first mapped
 * @param older whether the recording does not show how it came to be, so that it is only assumed
 */
record Area(long start, long length, int protection, long offset, boolean older) {
  static @Nullable Area of(@Nullable Vma vma) {
    return vma == null
        ? null
        : new Area(
            vma.start(), vma.end() - vma.start(), vma.protection(), vma.offset(), vma.isDeduced());
  }

  boolean sameAs(Area other) {
    return start == other.start
        && length == other.length
        && protection == other.protection
        && offset == other.offset;
  }

  long end() {
    return start + length;
  }

  boolean isExecutable() {
    return (protection & 4) != 0;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "0x%x+0x%x %c%c%c @ 0x%x",
        start,
        length,
        (protection & 1) == 0 ? '-' : 'r',
        (protection & 2) == 0 ? '-' : 'w',
        (protection & 4) == 0 ? '-' : 'x',
        offset);
  }
}
