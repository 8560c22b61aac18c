package dev.mmureplay.importer.adsnap;

/**
 * The byte in which the script packs one PTE, and the x86-64 word that says the same. What the byte
 * does not hold is 0 in the word: frame, user bit, protection key.
 */
final class PteByte {
  private static final int PRESENT = 0x01;
  private static final int WRITABLE = 0x02;
  private static final int ACCESSED = 0x04;
  private static final int DIRTY = 0x08;
  private static final int NO_EXECUTE = 0x10;
  private static final int HUGE = 0x20;
  private static final int KEPT = 0x40;
  private static final int SAVED_DIRTY = 0x80;

  private static final long[] WORDS = new long[256];

  static {
    for (int b = 0; b < WORDS.length; b++) {
      WORDS[b] =
          bit(b, PRESENT, 0)
              | bit(b, WRITABLE, 1)
              | bit(b, ACCESSED, 5)
              | bit(b, DIRTY, 6)
              // Bit 7 is PSE in an upper entry; in a PTE it would be PAT.
              | bit(b, HUGE, 7)
              // Linux marks a PROT_NONE entry with the bit that is GLOBAL in a present one.
              | bit(b, KEPT, 8)
              | bit(b, SAVED_DIRTY, 58)
              | bit(b, NO_EXECUTE, 63);
    }
  }

  private PteByte() {}

  private static long bit(int value, int mask, int position) {
    return (value & mask) != 0 ? 1L << position : 0;
  }

  /** Returns whether a page can be accessed. */
  static boolean isPresent(int value) {
    return (value & PRESENT) != 0;
  }

  /** Returns whether a page can be executed. */
  static boolean isExecutable(int value) {
    return (value & (PRESENT | NO_EXECUTE)) == PRESENT;
  }

  /** Returns the PTE that a byte stands for; 0 for none. */
  static long word(int value) {
    return WORDS[value];
  }
}
