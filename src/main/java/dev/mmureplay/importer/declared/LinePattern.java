package dev.mmureplay.importer.declared;

import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.importer.LineScanner;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One declared line: {@code mprotect-exit: p %time %pid %tid %cpu %result}. */
public final class LinePattern {
  /** A piece of the template: a field, a text (blanks are one blank), or with neither anything. */
  private record Piece(Field.@Nullable Declared field, String text) {
    static final Piece ANYTHING = new Piece(null, "");
    static final Piece BLANK = new Piece(null, " ");
  }

  private final Kind kind;
  private final List<Piece> pieces;

  private LinePattern(Kind kind, List<Piece> pieces) {
    this.kind = kind;
    this.pieces = pieces;
  }

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static LinePattern parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException(
          "expected a pattern KIND: TEMPLATE but found \"" + text + "\"");
    }
    Kind kind = Kind.named(text.substring(0, colon).strip());
    String template = text.substring(colon + 1).strip();
    List<Piece> pieces = new ArrayList<>();
    int at = 0;
    while (at < template.length()) {
      at = piece(template, at, pieces);
    }
    if (pieces.isEmpty()) {
      throw new IllegalArgumentException(
          "expected a template behind the kind but found none in \"" + text + "\"");
    }
    return new LinePattern(kind, pieces);
  }

  /** Adds the piece that begins at an offset; returns where the next one begins. */
  private static int piece(String template, int at, List<Piece> pieces) {
    char first = template.charAt(at);
    int end = at + 1;
    if (first == ' ') {
      while (template.charAt(end) == ' ') {
        end++;
      }
      pieces.add(Piece.BLANK);
    } else if (template.startsWith("%*", at)) {
      pieces.add(Piece.ANYTHING);
      end++;
    } else if (template.startsWith("%%", at)) {
      pieces.add(new Piece(null, "%"));
      end++;
    } else if (first == '%') {
      while (end < template.length() && LineScanner.isWordByte(template.charAt(end))) {
        end++;
      }
      int name = end;
      if (end + 1 < template.length()
          && template.charAt(end) == ':'
          && LineScanner.isWordByte(template.charAt(end + 1))) {
        end++;
        while (end < template.length() && LineScanner.isWordByte(template.charAt(end))) {
          end++;
        }
      }
      pieces.add(new Piece(declared(template.substring(at + 1, end), name - at - 1), ""));
    } else {
      while (end < template.length()
          && template.charAt(end) != ' '
          && template.charAt(end) != '%') {
        end++;
      }
      pieces.add(new Piece(null, template.substring(at, end)));
    }
    return end;
  }

  private static Field.Declared declared(String text, int nameLength) {
    Field.Declared declared = Field.Declared.parse(text);
    if (declared.field() == Field.KIND) {
      throw new IllegalArgumentException(
          "expected the kind in front of the template but found \"%"
              + text.substring(0, nameLength)
              + "\" in it");
    }
    return declared;
  }

  /** Reads the whole line as this pattern; null if it is another one. */
  @Nullable DeclaredRecord match(LineScanner line) {
    line.position(0);
    line.skipBlanks();
    DeclaredRecord record = new DeclaredRecord(kind, line.lineNumber());
    for (int i = 0; i < pieces.size(); i++) {
      if (!matches(pieces.get(i), i == pieces.size() - 1, line, record)) {
        return null;
      }
    }
    line.skipBlanks();
    return line.atEnd() ? record : null;
  }

  private static boolean matches(
      Piece piece, boolean last, LineScanner line, DeclaredRecord record) {
    if (piece.equals(Piece.ANYTHING)) {
      while (!line.atEnd() && (last || line.peek() != ' ')) {
        line.advance();
      }
      return true;
    }
    if (piece.equals(Piece.BLANK)) {
      boolean blank = line.peek() == ' ' || line.peek() == '\t' || line.atEnd();
      line.skipBlanks();
      return blank;
    }
    Field.Declared declared = piece.field;
    if (declared == null) {
      return line.skip(piece.text);
    }
    long value = declared.read(line);
    record.set(declared.field(), value);
    return value != NONE;
  }
}
