package dev.mmureplay.cli;

import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.Ledger;
import dev.mmureplay.event.TraceInfo;
import java.io.IOException;
import java.util.ArrayList;
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
  private Facts.Format format = Facts.Format.TEXT;

  @Mixin private ImportSettings settings = new ImportSettings();

  @Override
  void run() throws IOException {
    try (EventFiles files = new EventFiles(this, settings)) {
      EventFiles.EventFile file = files.open(trace);
      facts(file.info(), TraceStatistics.of(file.path())).print(format, out());
    }
  }

  private static Facts facts(TraceInfo info, TraceStatistics statistics) {
    Facts facts = new Facts();
    facts.section("trace", trace(info, statistics));
    facts.section("fidelity", fidelity(info));
    facts.section("carries", Carries.of(info));
    Map<String, @Nullable Object> kinds = new LinkedHashMap<>();
    info.kinds().forEach((kind, n) -> kinds.put(kind.name().toLowerCase(Locale.ROOT), n));
    facts.section("kinds", kinds);
    facts.section("ledger", ledger(info.ledger()));
    facts.section("mprotect", mprotect(statistics));
    facts.table("first_rejected_lines", rejectedLines(info.ledger()));
    return facts;
  }

  private static Map<String, @Nullable Object> trace(TraceInfo info, TraceStatistics statistics) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
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

  private static void putKnown(
      Map<String, @Nullable Object> map, String key, @Nullable Object value) {
    if (value != null) {
      map.put(key, value);
    }
  }

  private static Map<String, @Nullable Object> fidelity(TraceInfo info) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    info.fidelity()
        .toMap()
        .forEach((key, value) -> map.put(key.substring(key.indexOf('.') + 1), value));
    if (info.fidelity().lost() < 0) {
      map.put("lost", "unknown number");
    }
    return map;
  }

  private static Map<String, @Nullable Object> ledger(Ledger ledger) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("lines", ledger.lines());
    map.put("parsed", ledger.parsedCount());
    map.put("ignored", ledger.ignoredCount());
    ledger.ignoredByRule().forEach((rule, n) -> map.put("ignored: " + rule, n));
    map.put("rejected", ledger.rejectedCount());
    ledger.rejectedByReason().forEach((reason, n) -> map.put("rejected: " + reason, n));
    return map;
  }

  private static Map<String, @Nullable Object> mprotect(TraceStatistics statistics) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
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

  private static List<Map<String, @Nullable Object>> rejectedLines(Ledger ledger) {
    List<Map<String, @Nullable Object>> lines = new ArrayList<>();
    ledger.rejections().stream()
        .limit(SHOWN_REJECTIONS)
        .forEach(
            rejection -> {
              Map<String, @Nullable Object> line = new LinkedHashMap<>();
              line.put("line", rejection.line());
              line.put("reason", rejection.reason());
              line.put("text", rejection.text());
              lines.add(line);
            });
    return lines;
  }
}
