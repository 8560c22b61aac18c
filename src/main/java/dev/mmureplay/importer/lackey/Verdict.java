package dev.mmureplay.importer.lackey;

import dev.mmureplay.event.Ledger;
import dev.mmureplay.importer.LineScanner;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the current line, which may hold several blocks: it is parsed if one of them was
 * of use, else rejected if one was unreadable, else ignored.
 */
final class Verdict {
  private boolean used;
  private @Nullable String rule;
  private @Nullable String reason;

  void clear() {
    used = false;
    rule = null;
    reason = null;
  }

  void use() {
    used = true;
  }

  void ignore(String newRule) {
    rule = newRule;
  }

  void reject(String newReason) {
    reason = newReason;
  }

  /** Enters the line into the ledger; {@code unknown} is the reason if no block was recognised. */
  void book(Ledger ledger, LineScanner scanner, String unknown) {
    if (used) {
      ledger.parsed();
    } else if (reason == null && rule != null) {
      ledger.ignored(rule);
    } else {
      ledger.rejected(scanner.lineNumber(), reason == null ? unknown : reason, scanner.line());
    }
  }
}
