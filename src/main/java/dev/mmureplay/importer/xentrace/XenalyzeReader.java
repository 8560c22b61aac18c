package dev.mmureplay.importer.xentrace;

import static dev.mmureplay.event.EventSchema.UNKNOWN;

import dev.mmureplay.event.EventSink;
import dev.mmureplay.importer.Account;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.LineScanner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the text of {@code xenalyze --dump-all} line by line. */
final class XenalyzeReader {
  private static final Pattern RECORD =
      Pattern.compile(
          "[ \\]!](?: *(\\d{1,9})\\.(\\d{9})| {14}) ([-.|l 0-9]*x[-.|l 0-9]*)"
              + " d(?:\\?v\\?|(\\d{1,5})v(\\d{1,5})) ( ?)(.*)");
  private static final Pattern HYPERCALL =
      Pattern.compile(
          "hypercall +([0-9a-f]{1,5})(?: \\([^)]*\\))*(?: (\\d{1,10}) (?:updates|calls|ops)\\b)?.*");
  private static final Pattern PTWR =
      Pattern.compile("ptwr l1e ([0-9a-f]{1,16}) eip [0-9a-f]{1,16} addr ([0-9a-f]{1,16})");
  private static final Pattern PAGE_FAULT =
      Pattern.compile("page_fault *\\[ ((?:[0-9a-f]{1,8} )+)\\]");
  private static final Pattern SWITCH =
      Pattern.compile("sched_switch prev d\\d+v\\d+ next d(\\d{1,5})v(\\d{1,5})");
  private static final Pattern LOST = Pattern.compile("lost_records count (\\d{1,10}) .*");
  private static final Pattern KNOWN =
      Pattern.compile("(?:hypercall|ptwr|page_fault|sched_switch|lost_records)\\b.*");
  private static final Pattern SWITCH_DETAIL =
      Pattern.compile("sched_switch (?:prev|next|continue) d\\d+v\\d+, .*");

  // What xenalyze says about its own work, among the records; one such sentence ends no line.
  private static final Pattern MESSAGE = Pattern.compile(" {0,2}\\[?[A-Za-z].*");
  private static final Pattern DAMAGED =
      Pattern.compile(".* d[?\\d]+v[?\\d]+ +" + KNOWN.pattern(), Pattern.DOTALL);
  private static final Pattern UNENDED_MESSAGE =
      Pattern.compile("^d\\d+v\\d+ RUNSTATE_RUNNING detected, leaving INIT");
  private static final Pattern LOST_END =
      Pattern.compile(" {15}[-.|l x0-9]+ lost_records end [dv0-9]*---");

  private static final String OTHER = "other-record";
  private static final String SWITCH_TIMES = "sched-switch-times";
  private static final Pattern BLANK = Pattern.compile(" ");

  private final LineScanner line;
  private final Account account = new Account();
  private final XenRecords records;
  private final XenRecords.Place place = new XenRecords.Place();
  private boolean clock;

  XenalyzeReader(LineScanner line, EventSink sink) {
    this.line = line;
    this.records = new XenRecords(sink);
  }

  static boolean isRecord(String text) {
    return RECORD.matcher(text).matches();
  }

  ImportReport read() throws IOException {
    while (line.nextLine()) {
      account.ledger().line();
      if (line.tooLong()) {
        account.rejected(line, Account.TOO_LONG, 1);
      } else if (line.atEnd()) {
        account.ignored(Account.BLANK, 1);
      } else {
        readLine(line.line());
      }
    }
    account.ledger().check("xenalyze");
    return new ImportReport(account.ledger(), records.fidelity(clock), null);
  }

  private void readLine(String text) throws IOException {
    Matcher record = RECORD.matcher(UNENDED_MESSAGE.matcher(text).replaceFirst(""));
    if (!line.terminated()) {
      account.rejected(line, Account.TRUNCATED, 1);
    } else if (record.matches()) {
      readRecord(record);
    } else if (LOST_END.matcher(text).matches()) {
      account.ignored("lost-records-end", 1);
    } else if (MESSAGE.matcher(text).matches() && !DAMAGED.matcher(text).matches()) {
      account.ignored("message", 1);
    } else {
      account.rejected(line, Account.UNRECOGNISED, 1);
    }
  }

  private void readRecord(Matcher record) throws IOException {
    place.line = line.lineNumber();
    place.cpu = record.group(3).indexOf('x');
    boolean known = record.group(4) != null;
    XenRecords.runs(
        place,
        known ? Integer.parseInt(record.group(4)) : XenRecords.UNKNOWN_DOMAIN,
        known ? Integer.parseInt(record.group(5)) : place.cpu);
    place.time = UNKNOWN;
    if (record.group(1) != null) {
      clock = true;
      place.time =
          Long.parseLong(record.group(1)) * 1_000_000_000L + Long.parseLong(record.group(2));
    }
    String body = record.group(7);
    String rule = take(body, !record.group(6).isEmpty());
    if (rule == null) {
      account.parsed(1);
    } else if (rule.equals(OTHER) && KNOWN.matcher(body).matches()) {
      account.rejected(line, "unreadable record", 1);
    } else {
      account.ignored(rule, 1);
    }
  }

  /** Takes a record; returns the rule by which it is no event. */
  private @Nullable String take(String body, boolean subcall) throws IOException {
    Matcher found = HYPERCALL.matcher(body);
    if (found.matches()) {
      long count = found.group(2) == null ? UNKNOWN : Long.parseLong(found.group(2));
      records.hypercall(place, subcall, Integer.parseInt(found.group(1), 16), count);
      return null;
    }
    found = PTWR.matcher(body);
    if (found.matches()) {
      records.ptwr(
          place,
          Long.parseUnsignedLong(found.group(1), 16),
          Long.parseUnsignedLong(found.group(2), 16));
      return null;
    }
    found = PAGE_FAULT.matcher(body);
    if (found.matches()) {
      return fault(found.group(1));
    }
    found = SWITCH.matcher(body);
    if (found.matches()) {
      records.schedSwitch(
          place, Integer.parseInt(found.group(1)), Integer.parseInt(found.group(2)));
      return null;
    }
    found = LOST.matcher(body);
    if (found.matches()) {
      records.lost(place, Long.parseLong(found.group(1)));
      return null;
    }
    return SWITCH_DETAIL.matcher(body).matches() ? SWITCH_TIMES : OTHER;
  }

  /** The words of the record: instruction, address, error code; each of one or of two words. */
  private @Nullable String fault(String text) throws IOException {
    List<Long> words = new ArrayList<>();
    BLANK.splitAsStream(text.strip()).forEach(w -> words.add(Long.parseLong(w, 16)));
    if (words.size() == 3) {
      return records.fault(place, words.get(1), words.get(2));
    }
    return words.size() == 5
        ? records.fault(place, words.get(2) | (words.get(3) << Integer.SIZE), words.get(4))
        : OTHER;
  }
}
