package dev.mmureplay.importer.declared;

import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.event.EventSink;
import dev.mmureplay.importer.Account;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.LineScanner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a table as text: a line for each row, the first one with the names of the columns, cells
 * between commas, semicolons or tabs and perhaps between quotes.
 */
final class TableReader {
  private static final String BYTE_ORDER_MARK = "\ufeff";
  private static final String WRONG_NUMBER = "wrong number of columns";

  private final String name;
  private final LineScanner line;
  private final ColumnMap columns;
  private final Account account = new Account();

  /** Where the cells of the line at hand begin and end, without their quotes. */
  private int[] from = new int[0];

  private int[] to = new int[0];
  private int cells;
  private char separator = ',';

  TableReader(String name, LineScanner line, ColumnMap columns) {
    this.name = name;
    this.line = line;
    this.columns = columns;
  }

  ImportReport read(EventSink sink, boolean folds) throws IOException {
    DeclaredEvents declared = new DeclaredEvents(account, sink, folds);
    List<Field.@Nullable Declared> fields = null;
    while (line.nextLine()) {
      account.ledger().line();
      if (line.tooLong()) {
        account.rejected(line, Account.TOO_LONG, 1);
      } else if (line.atEnd()) {
        account.ignored(Account.BLANK, 1);
      } else if (fields == null) {
        fields = header();
        account.ignored("header", 1);
      } else {
        String reason = row(fields, declared);
        if (reason != null) {
          account.rejected(line, reason, 1);
        }
      }
    }
    return declared.finish();
  }

  private List<Field.@Nullable Declared> header() throws IOException {
    String text = line.rest();
    for (char each : new char[] {';', '\t'}) {
      separator = text.indexOf(each) >= 0 && text.indexOf(separator) < 0 ? each : separator;
    }
    from = new int[line.length() + 1];
    to = new int[line.length() + 1];
    line.position(0);
    split();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < cells; i++) {
      String cell = line.text(from[i], to[i]);
      names.add((cell.startsWith(BYTE_ORDER_MARK) ? cell.substring(1) : cell).strip());
    }
    try {
      return columns.fields(names);
    } catch (IllegalArgumentException e) {
      throw new IOException(name + ": " + e.getMessage(), e);
    }
  }

  /**
   * Finds the cells of the line; false if there are more than columns, or a quote is not closed.
   */
  private boolean split() {
    cells = 0;
    do {
      if (cells == from.length) {
        return false;
      }
      boolean quoted = line.skip('"');
      from[cells] = line.position();
      while (!line.atEnd() && line.peek() != (quoted ? '"' : separator)) {
        line.advance();
      }
      to[cells++] = line.position();
      if (quoted && !line.skip('"')) {
        return false;
      }
    } while (line.skip(separator));
    return line.atEnd();
  }

  /** Reads a row; returns why it is rejected, or null. */
  private @Nullable String row(List<Field.@Nullable Declared> fields, DeclaredEvents declared)
      throws IOException {
    if (!split() || cells != fields.size()) {
      return WRONG_NUMBER;
    }
    Kind kind = null;
    for (int i = 0; i < cells; i++) {
      Field.Declared field = fields.get(i);
      if (field != null && field.field() == Field.KIND) {
        kind = columns.kind(line.text(from[i], to[i]).strip());
      }
    }
    if (kind == null) {
      return "unknown kind";
    }
    DeclaredRecord record = new DeclaredRecord(kind, line.lineNumber());
    for (int i = 0; i < cells; i++) {
      Field.Declared field = fields.get(i);
      if (field != null && field.field() != Field.KIND && !cell(i, field, record)) {
        return "unreadable " + field.field().fieldName();
      }
    }
    String objection = DeclaredEvents.objection(record);
    if (objection == null) {
      declared.add(record);
    }
    return objection;
  }

  /** Reads a cell into the record; an empty one is no value. */
  private boolean cell(int i, Field.Declared field, DeclaredRecord record) {
    line.position(from[i]);
    skipSpaces(i);
    if (line.position() >= to[i]) {
      return true;
    }
    long value = field.read(line);
    skipSpaces(i);
    record.set(field.field(), value);
    return value != NONE && line.position() == to[i];
  }

  /** Not {@link LineScanner#skipBlanks}: a tab may separate cells. */
  private void skipSpaces(int i) {
    while (line.position() < to[i] && line.peek() == ' ') {
      line.advance();
    }
  }
}
