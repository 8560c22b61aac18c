package dev.mmureplay.importer.text;

import static dev.mmureplay.importer.LineScanner.NONE;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.EventSink;
import dev.mmureplay.event.EventText;
import dev.mmureplay.event.Fidelity;
import dev.mmureplay.event.Ledger;
import dev.mmureplay.importer.Account;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.LineScanner;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one text of events. */
final class EventTextReader {
  /** The rule for the header and for lines that begin with {@code #}. */
  static final String COMMENT = "comment";

  private static final Map<String, EventKind> KINDS = new HashMap<>();

  static {
    for (EventKind kind : EventKind.values()) {
      KINDS.put(kind.name().toLowerCase(Locale.ROOT), kind);
    }
  }

  private final LineScanner line;
  private final EventSink events;
  private final Ledger ledger = new Ledger();
  private final EventRow row = new EventRow();
  private final List<String> markers = new ArrayList<>();
  private Fidelity fidelity =
      new Fidelity(Fidelity.Accesses.EVERY, true, true, true, false, true, false, 0);
  private @Nullable String command;

  EventTextReader(InputStream text, EventSink events) {
    this.line = new LineScanner(text);
    this.events = events;
  }

  ImportReport read() throws IOException {
    while (line.nextLine()) {
      ledger.line();
      if (line.atEnd()) {
        ledger.ignored(Account.BLANK);
      } else if (line.looksAt("#")) {
        comment();
      } else {
        event();
      }
    }
    return new ImportReport(ledger, fidelity, command, markers);
  }

  private void comment() {
    if (line.skip(EventText.FIDELITY)) {
      Map<String, String> keys = new HashMap<>(fidelity.toMap());
      for (String field : line.rest().split(" ", -1)) {
        int equals = field.indexOf('=');
        if (equals > 0) {
          keys.put("fidelity." + field.substring(0, equals), field.substring(equals + 1));
        }
      }
      try {
        fidelity = Fidelity.ofMap(keys);
      } catch (IllegalArgumentException e) {
        reject("fidelity that is none");
        return;
      }
    } else if (line.skip(EventText.COMMAND)) {
      command = line.rest();
    }
    ledger.ignored(COMMENT);
  }

  private void event() throws IOException {
    String reason = parse();
    if (reason != null) {
      reject(reason);
      return;
    }
    events.append(row);
    ledger.parsed();
  }

  private void reject(String reason) {
    ledger.rejected(line.lineNumber(), reason, line.line());
  }

  /** Fills the row; returns what is wrong with the line, or null if nothing is. */
  private @Nullable String parse() {
    long time = NONE;
    long duration = NONE;
    if (line.skip('@')) {
      time = line.decimal();
      if (time < 0) {
        return "expected a time in ns after @";
      }
      if (line.skip('+')) {
        duration = line.decimal();
        if (duration < 0) {
          return "expected a duration in ns after +";
        }
      }
      line.skipBlanks();
    }
    long pid = line.decimal();
    boolean slash = line.skip('/');
    long tid = line.decimal();
    if (!slash || !isInt(pid) || !isInt(tid)) {
      return "expected pid/tid";
    }
    line.skipBlanks();
    long cpu = NONE;
    if (line.skip("cpu")) {
      cpu = line.decimal();
      if (cpu < 0 || cpu > EventSchema.MAX_CPU) {
        return "expected the number of a CPU after cpu";
      }
      line.skipBlanks();
    }
    EventKind kind = KINDS.get(word());
    if (kind == null) {
      return "expected a kind of event";
    }
    row.reset(kind, (int) pid, (int) tid);
    row.line = line.lineNumber();
    row.time = time == NONE ? row.time : time;
    row.duration = duration == NONE ? row.duration : duration;
    row.cpu = cpu == NONE ? row.cpu : (int) cpu;
    line.skipBlanks();
    if (line.looksAt("0x")) {
      row.address = line.number();
      if (row.address == NONE) {
        return "expected a hex address";
      }
    }
    return fields();
  }

  private @Nullable String fields() {
    while (true) {
      line.skipBlanks();
      if (line.atEnd()) {
        return null;
      }
      if (line.skip("= ")) {
        return result();
      }
      if (line.skip(": ")) {
        row.result = markers.size();
        markers.add(line.rest());
        return row.kind == EventKind.MARKER ? null : "expected text behind : only for a marker";
      }
      String name = word();
      if (!line.skip('=') || !field(name)) {
        return "expected name=value with the name of a column";
      }
    }
  }

  private @Nullable String result() {
    boolean negative = line.skip('-');
    long value = line.number();
    row.result = negative ? -value : value;
    return value == NONE || !line.atEnd() ? "expected a number behind =" : null;
  }

  private boolean field(String name) {
    if (name.equals("protection")) {
      return protection();
    }
    long value = line.number();
    if (value == NONE) {
      return false;
    }
    switch (name) {
      case "length" -> row.length = value;
      case "flags" -> row.flags = value;
      case "address2" -> row.address2 = value;
      case "length2" -> row.length2 = value;
      case "offset" -> row.offset = value;
      case "line" -> row.line = value;
      case "duration" -> row.duration = value;
      case "file" -> row.file = (int) value;
      case "count" -> row.count = (int) value;
      default -> {
        return false;
      }
    }
    return switch (name) {
      case "file" -> isInt(value);
      case "count" -> isInt(value) && value >= (row.kind == EventKind.LOST ? 0 : 1);
      case "line" -> value > 0;
      default -> true;
    };
  }

  private boolean protection() {
    long value = line.decimal();
    if (value != NONE) {
      row.protection = (int) value;
      return isInt(value);
    }
    int bits = 0;
    String letters = "rwx";
    for (int i = 0; i < letters.length(); i++) {
      if (line.skip(letters.charAt(i))) {
        bits |= 1 << i;
      } else if (!line.skip('-')) {
        return false;
      }
    }
    row.protection = bits;
    return true;
  }

  private String word() {
    int from = line.position();
    while (LineScanner.isWordByte(line.peek())) {
      line.advance();
    }
    return line.text(from, line.position());
  }

  private static boolean isInt(long value) {
    return value >= 0 && value <= Integer.MAX_VALUE;
  }
}
