package dev.mmureplay.cli;

import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.Ledger;
import dev.mmureplay.event.TraceInfo;
import dev.mmureplay.report.Column;
import dev.mmureplay.report.Json;
import dev.mmureplay.report.ReportFormat;
import dev.mmureplay.report.ResultTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what is in a trace. */
@Command(
    name = "info",
    description =
        "Says what is in a trace: kinds of events, what the capture can know, what became of every"
            + " line, and what its mprotect calls look like.",
    footer = {
      "",
      "Examples:",
      "  mmureplay info trace.log.gz",
      "  mmureplay info trace.arrow --format json"
    })
final class InfoCommand extends Verb {
  /** How to say it. */
  enum Format {
    TEXT,
    JSON,
    CSV;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final int SHOWN_REJECTIONS = 10;

  @Parameters(
      paramLabel = "TRACE",
      description = "Event file, raw trace, FORMAT:TRACE, or - for standard input.")
  private String trace = "";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} if not given.")
  private Format format = Format.TEXT;

  @Mixin private ImportSettings settings = new ImportSettings();

  @Override
  void run() throws IOException {
    try (EventFiles files = new EventFiles(this, settings)) {
      EventFiles.EventFile file = files.open(trace);
      Map<String, Object> facts = facts(file.info(), TraceStatistics.of(file.path()));
      switch (format) {
        case TEXT -> printText(facts);
        case JSON -> out().print(Json.document(facts));
        case CSV -> table(facts).writeTo(ReportFormat.CSV.writer(out()));
      }
      out().flush();
    }
  }

  /** Everything to say, in order: sections, of which each is a map or a list of maps. */
  private static Map<String, Object> facts(TraceInfo info, TraceStatistics statistics) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("trace", trace(info, statistics));
    facts.put("fidelity", fidelity(info));
    facts.put("carries", Carries.of(info));
    Map<String, Object> kinds = new LinkedHashMap<>();
    info.kinds().forEach((kind, n) -> kinds.put(kind.name().toLowerCase(Locale.ROOT), n));
    facts.put("kinds", kinds);
    facts.put("ledger", ledger(info.ledger()));
    facts.put("mprotect", mprotect(statistics));
    facts.put("rejected_lines", rejectedLines(info.ledger()));
    return facts;
  }

  private static Map<String, Object> trace(TraceInfo info, TraceStatistics statistics) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("source", info.source());
    map.put("sha256", info.sha256());
    map.put("importer", info.importer());
    map.put("importer_version", info.importerVersion());
    putKnown(map, "command", info.command());
    map.put("folding", info.folding());
    map.put("events", info.events());
    putKnown(map, "span_ns", statistics.span() == EventSchema.UNKNOWN ? null : statistics.span());
    return map;
  }

  private static void putKnown(Map<String, Object> map, String key, @Nullable Object value) {
    if (value != null) {
      map.put(key, value);
    }
  }

  private static Map<String, Object> fidelity(TraceInfo info) {
    Map<String, Object> map = new LinkedHashMap<>();
    info.fidelity()
        .toMap()
        .forEach((key, value) -> map.put(key.substring(key.indexOf('.') + 1), value));
    if (info.fidelity().lost() < 0) {
      map.put("lost", "unknown number");
    }
    return map;
  }

  private static Map<String, Object> ledger(Ledger ledger) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("lines", ledger.lines());
    map.put("parsed", ledger.parsedCount());
    map.put("ignored", ledger.ignoredCount());
    ledger.ignoredByRule().forEach((rule, n) -> map.put("ignored: " + rule, n));
    map.put("rejected", ledger.rejectedCount());
    ledger.rejectedByReason().forEach((reason, n) -> map.put("rejected: " + reason, n));
    return map;
  }

  private static Map<String, Object> mprotect(TraceStatistics statistics) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("calls", statistics.calls());
    if (statistics.calls() > 0) {
      map.put("failed", statistics.failed());
      map.put("result_unknown", statistics.unknownResult());
      map.put("distinct_ranges", statistics.distinctRanges());
      map.put("pages_min", statistics.pages(0));
      map.put("pages_median", statistics.pages(0.5));
      map.put("pages_p99", statistics.pages(0.99));
      map.put("pages_max", statistics.pages(1));
    }
    return map;
  }

  private static List<Object> rejectedLines(Ledger ledger) {
    List<Object> lines = new ArrayList<>();
    ledger.rejections().stream()
        .limit(SHOWN_REJECTIONS)
        .forEach(
            rejection -> {
              Map<String, Object> line = new LinkedHashMap<>();
              line.put("line", rejection.line());
              line.put("reason", rejection.reason());
              line.put("text", rejection.text());
              lines.add(line);
            });
    return lines;
  }

  private static ResultTable table(Map<String, Object> facts) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    facts.forEach(
        (section, content) -> {
          if (content instanceof Map<?, ?> map) {
            map.forEach((name, value) -> rows.add(Arrays.asList(section, name, value.toString())));
          } else if (content instanceof List<?> list) {
            for (Object element : list) {
              Map<?, ?> line = (Map<?, ?>) element;
              rows.add(
                  Arrays.asList(
                      section,
                      String.valueOf(line.get("line")),
                      line.get("reason") + ": " + line.get("text")));
            }
          }
        });
    return new ResultTable(
        List.of(
            FormatOption.text("section"), FormatOption.text("name"), FormatOption.text("value")),
        rows,
        true);
  }

  private void printText(Map<String, Object> facts) throws IOException {
    String separator = "";
    for (Map.Entry<String, Object> section : facts.entrySet()) {
      if (section.getValue() instanceof Map<?, ?> map && !map.isEmpty()) {
        out().print(separator + section.getKey() + "\n");
        int width = map.keySet().stream().mapToInt(key -> key.toString().length()).max().orElse(0);
        for (Map.Entry<?, ?> fact : map.entrySet()) {
          String key = fact.getKey().toString();
          String value =
              fact.getValue() instanceof Long number && !key.equals("line")
                  ? String.format(Locale.ROOT, "%,d", number)
                  : fact.getValue().toString();
          out().print("  " + key + " ".repeat(width - key.length() + 2) + value + "\n");
        }
        separator = "\n";
      } else if (section.getValue() instanceof List<?> list && !list.isEmpty()) {
        out().print(separator + "first " + section.getKey().replace('_', ' ') + "\n");
        rejectionTable(list).writeTo(ReportFormat.TABLE.writer(out()));
      }
    }
  }

  private static ResultTable rejectionTable(List<?> list) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (Object element : list) {
      rows.add(new ArrayList<>(((Map<?, ?>) element).values()));
    }
    return new ResultTable(
        List.of(
            new Column("line", Column.Type.INTEGER),
            FormatOption.text("reason"),
            FormatOption.text("text")),
        rows,
        true);
  }
}
