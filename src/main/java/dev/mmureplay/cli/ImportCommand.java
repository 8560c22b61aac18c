package dev.mmureplay.cli;

import dev.mmureplay.event.Ledger;
import dev.mmureplay.event.TraceInfo;
import dev.mmureplay.importer.TraceImport;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Turns raw traces into event files. */
@Command(
    name = "import",
    description = "Turns raw traces into event files. Traces may be compressed (gzip, zstd, xz).",
    footer = {
      "",
      "Examples:",
      "  mmureplay import trace.log.gz -o trace.arrow",
      "  mmureplay import strace:one.log perf:two.txt -o events/",
      "  mmureplay import own.bt.txt --pattern 'fault: F %%time %%tid %%address:x %%error_code:x' -o own.arrow",
      "  mmureplay import table.csv --columns time:us=ts,kind=op,address:x=addr -o table.arrow",
      "  zcat trace.log.gz | mmureplay import - -o trace.arrow"
    })
final class ImportCommand extends Verb {
  @Parameters(
      paramLabel = "TRACE",
      arity = "1..*",
      description = "Raw trace, FORMAT:TRACE, or - for standard input.")
  private List<String> traces = new ArrayList<>();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description =
          "Event file to write, or - for standard output; for several traces, a directory.")
  private Path output = Path.of("");

  @Option(
      names = "--format",
      paramLabel = "NAME",
      defaultValue = TraceImport.AUTO,
      converter = TraceFormat.class,
      completionCandidates = TraceFormat.Names.class,
      description = "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} if not given.")
  private String format = TraceImport.AUTO;

  @Mixin private ImportSettings settings = new ImportSettings();

  @Override
  void run() throws IOException {
    boolean many = traces.size() > 1;
    if (many && !Files.isDirectory(output)) {
      throw usage(
          "expected a directory to write "
              + traces.size()
              + " event files to but "
              + output
              + " is none");
    }
    for (String trace : traces) {
      EventFiles.Named named = EventFiles.Named.parse(trace, format);
      if (EventFiles.isEventFile(named)) {
        throw new IOException(named.path() + ": expected a raw trace but found an event file");
      }
      Path target =
          Files.isDirectory(output) ? output.resolve(eventFileName(named.path())) : output;
      if (output.toString().equals(OutputFile.STDOUT)) {
        importToStandardOutput(named);
        continue;
      }
      remark(summary(EventFiles.importTo(this, named, settings, target), target));
    }
  }

  /** An event file is not written from front to back, so it is made elsewhere and copied. */
  private void importToStandardOutput(EventFiles.Named named) throws IOException {
    Path temporary = Files.createTempFile("mmureplay", ".arrow");
    try (OutputStream out = new FileOutputStream(FileDescriptor.out)) {
      TraceInfo info = EventFiles.importTo(this, named, settings, temporary);
      Files.copy(temporary, out);
      remark(summary(info, output));
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static String eventFileName(String trace) {
    Path file = Path.of(trace).getFileName();
    String name = file == null || trace.equals("-") ? "stdin" : file.toString();
    return name.replaceFirst("\\.(gz|zst|xz)$", "").replaceFirst("\\.(log|txt)$", "") + ".arrow";
  }

  /** Says what became of a trace. */
  static String summary(TraceInfo info, Path target) {
    Ledger ledger = info.ledger();
    return String.format(
        Locale.ROOT,
        "%s: %,d events from %,d lines of %s (%,d ignored, %,d rejected)",
        target,
        info.events(),
        ledger.lines(),
        info.importer(),
        ledger.ignoredCount(),
        ledger.rejectedCount());
  }
}
