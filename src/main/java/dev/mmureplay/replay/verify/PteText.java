package dev.mmureplay.replay.verify;

import dev.mmureplay.mmu.Pte;

/** The bits of a PTE as people read them. */
final class PteText {
  private PteText() {}

  static String of(long word, long protNone) {
    if (word == 0) {
      return "none";
    }
    StringBuilder text = new StringBuilder();
    text.append(Pte.isPresent(word) ? "P" : (word & protNone) != 0 ? "PROT_NONE" : "-");
    text.append(Pte.isWritable(word) ? " RW" : "");
    text.append((word & Pte.USER) != 0 ? " US" : "");
    text.append(Pte.isAccessed(word) ? " A" : "");
    text.append((word & Pte.DIRTY) != 0 ? " D" : "");
    text.append((word & Pte.SAVED_DIRTY) != 0 ? " saved-dirty" : "");
    text.append(Pte.isPresent(word) && (word & Pte.GLOBAL) != 0 ? " G" : "");
    text.append((word & Pte.SPECIAL) != 0 ? " special" : "");
    return text.append((word & Pte.NX) != 0 ? " NX" : "").toString();
  }
}
