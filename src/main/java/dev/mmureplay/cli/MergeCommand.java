package dev.mmureplay.cli;

import dev.mmureplay.event.TraceInfo;
import dev.mmureplay.importer.Importers;
import dev.mmureplay.importer.TraceImport;
import dev.mmureplay.importer.TraceSource;
import dev.mmureplay.importer.merge.CallMerge;
import dev.mmureplay.importer.merge.TimeMerge;
import dev.mmureplay.importer.strace.SplitStraceLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes one event file of several captures. */
@Command(
    name = "merge",
    description = {
      "Makes one event file of several captures.",
      "By time: captures of one run with the same clock and different tasks, as strace -ff and the"
          + " QEMU plug-in write them.",
      "By calls: two captures of two runs of the same deterministic program. The first gives the"
          + " calls, the second the accesses between them, moved to where the first has the"
          + " mapping."
    },
    footer = {
      "",
      "Examples:",
      "  mmureplay merge --by time app.log.* -o app.arrow        after strace -ff -ttt -o app.log",
      "  mmureplay merge --by calls app.strace.txt app.lackey.txt -o app.arrow"
    })
final class MergeCommand extends Verb {
  /** What the captures have in common. */
  enum By {
    TIME,
    CALLS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final int SHOWN = 10;

  @Parameters(
      paramLabel = "TRACE",
      arity = "2..*",
      description = "Event file, raw trace, FORMAT:TRACE, or - for standard input.")
  private List<String> traces = new ArrayList<>();

  @Option(
      names = "--by",
      paramLabel = "WHAT",
      required = true,
      description = "${COMPLETION-CANDIDATES}.")
  private By by = By.TIME;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "Event file to write.")
  private Path output = Path.of("");

  @Mixin private ImportSettings settings = new ImportSettings();

  @Override
  void run() throws IOException {
    if (by == By.CALLS && traces.size() != 2) {
      throw usage("expected two traces to merge by calls but found " + traces.size());
    }
    if (by == By.TIME && isSplitStrace()) {
      try (TraceSource source = SplitStraceLog.open(traces)) {
        remark(
            ImportCommand.summary(
                TraceImport.importTo(
                    source, "strace", settings.options(), settings.strict(), output),
                output));
      }
      return;
    }
    try (EventFiles files = new EventFiles(this, settings)) {
      List<Path> events = new ArrayList<>();
      for (String trace : traces) {
        events.add(files.open(trace).path());
      }
      if (by == By.TIME) {
        remark(ImportCommand.summary(TimeMerge.merge(events, output), output));
      } else {
        say(CallMerge.merge(events.get(0), events.get(1), output));
      }
    }
  }

  private boolean isSplitStrace() throws IOException {
    if (!SplitStraceLog.isSplit(traces) || !Files.exists(Path.of(traces.get(0)))) {
      return false;
    }
    try (TraceSource first = TraceSource.open(traces.get(0))) {
      return Importers.named("strace").recognises(first.head(Importers.HEAD_BYTES));
    }
  }

  private void say(CallMerge.Report report) {
    TraceInfo info = report.info();
    remark(
        String.format(
            Locale.ROOT,
            "%s: %,d events; %,d calls match, %,d only in the first, %,d only in the second;"
                + " %,d accesses placed, %,d left out that no call can matter to, %,d lost",
            output,
            info.events(),
            report.matched(),
            report.onlyFirst(),
            report.onlySecond(),
            report.accesses(),
            report.leftOut(),
            report.lost()));
    if (report.otherResult() + report.otherPlace() > 0) {
      remark(
          String.format(
              Locale.ROOT,
              "%,d matching calls end differently, %,d name memory that lies elsewhere",
              report.otherResult(),
              report.otherPlace()));
    }
    report.disagreements().stream().limit(SHOWN).forEach(each -> remark("  " + each));
    int more = report.disagreements().size() - SHOWN;
    if (more > 0) {
      remark("  the markers of " + output + " name more");
    }
  }
}
