package dev.mmureplay.importer.qemu;

import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.importer.LineScanner;

/** Tells apart what stands on a line of QEMU's log. */
final class QemuLine {
  static final String RESULT = " = ";
  static final String SIGNAL = "--- SIG";
  static final String UNKNOWN_CALL = "Unknown syscall ";
  static final String LAYOUT_CHANGED = "page layout changed following ";

  private QemuLine() {}

  /** Returns whether the line belongs to the layout that {@code -d page} prints. */
  static boolean isLayout(LineScanner line) {
    if (line.looksAt(LAYOUT_CHANGED) || line.looksAt("start            end ")) {
      return true;
    }
    boolean range = line.hex() != NONE && line.skip('-') && line.hex() != NONE && line.skip(' ');
    range = range && line.hex() != NONE && line.skip(' ') && line.length() - line.position() == 3;
    line.position(0);
    return range;
  }

  /** Returns whether the line says where QEMU has put the program. */
  static boolean isNote(LineScanner line) {
    if (line.looksAt("host mmap_min_addr=") || line.looksAt("Locating guest address space @ ")) {
      return true;
    }
    while (LineScanner.isWordByte(line.peek())) {
      line.advance();
    }
    boolean note = line.position() > 0 && line.peek() == ' ';
    line.skipBlanks();
    note = note && (line.skip("(nil)") || (line.skip("0x") && line.hex() != NONE)) && line.atEnd();
    line.position(0);
    return note;
  }

  /**
   * Moves from the parenthesis behind a call's name to behind the one that closes it; strings may
   * hold parentheses, escaped quotes too. Returns false if there is none.
   */
  static boolean skipArguments(LineScanner line) {
    int depth = 0;
    boolean quoted = false;
    while (!line.atEnd()) {
      int b = line.peek();
      line.advance();
      if (quoted && b == '\\') {
        line.advance();
      } else if (b == '"') {
        quoted = !quoted;
      } else if (!quoted && b == '(') {
        depth++;
      } else if (!quoted && b == ')') {
        depth--;
        if (depth == 0) {
          return true;
        }
      }
    }
    return false;
  }
}
