package dev.mmureplay.cli;

import dev.mmureplay.event.EventSchema;
import dev.mmureplay.replay.CallFacts;
import dev.mmureplay.replay.verify.CallCheck;
import dev.mmureplay.report.Column;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One compared call as a row of a table. */
final class CallRow {
  static final List<Column> COLUMNS =
      List.of(
          FormatOption.text("trace"),
          number("call"),
          number("line"),
          number("pid"),
          number("tid"),
          FormatOption.text("address"),
          number("length"),
          number("protection"),
          number("result"),
          FormatOption.text("outcome"),
          FormatOption.text("reason"),
          number("rewritten_ptes"),
          number("older_pages"),
          FormatOption.text("differences"));

  private CallRow() {}

  private static Column number(String name) {
    return new Column(name, Column.Type.INTEGER);
  }

  static List<@Nullable Object> of(String trace, CallCheck check) {
    CallFacts call = check.call();
    String reason = check.reason();
    String differences =
        check.attributes().stream()
            .filter(each -> !each.agrees() && reason == null)
            .map(CallRow::text)
            .collect(Collectors.joining("; "));
    return Arrays.asList(
        trace,
        call.call,
        known(call.line),
        (long) call.pid,
        (long) call.tid,
        "0x" + Long.toHexString(call.address),
        call.length,
        (long) call.protection,
        known(call.recordedResult),
        reason != null ? "not comparable" : check.isEqual() ? "equal" : "different",
        reason,
        check.pages,
        check.seededPages,
        differences.isEmpty() ? null : differences);
  }

  private static @Nullable Long known(long value) {
    return value == EventSchema.UNKNOWN ? null : value;
  }

  /** Returns one difference in words. */
  static String text(CallCheck.Attribute difference) {
    String page =
        difference.address() == -1 ? "" : " of 0x" + Long.toHexString(difference.address());
    return difference.name()
        + page
        + ": expected "
        + difference.expected()
        + " but found "
        + difference.found();
  }
}
