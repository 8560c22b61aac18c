package dev.mmureplay.cli;

import dev.mmureplay.event.EventReader;
import dev.mmureplay.event.EventText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes events as text. */
@Command(
    name = "export",
    description =
        "Writes the events of a trace as text, one line each, that can be read, edited and"
            + " imported again.",
    footer = {
      "",
      "Examples:",
      "  mmureplay export trace.arrow | less",
      "  mmureplay export strace:trace.log -o events.txt",
      "  mmureplay run events.txt"
    })
final class ExportCommand extends Verb {
  @Parameters(
      paramLabel = "TRACE",
      description = "Event file, raw trace, FORMAT:TRACE, or - for standard input.")
  private String trace = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      defaultValue = OutputFile.STDOUT,
      description = "Text file to write, or - for standard output, which is the default.")
  private String output = OutputFile.STDOUT;

  @Mixin private ImportSettings settings = new ImportSettings();

  @Override
  void run() throws Exception {
    try (EventFiles files = new EventFiles(this, settings);
        EventReader reader = EventReader.open(files.open(trace).path())) {
      OutputFile.write(output, out(), text -> EventText.write(reader, text));
    }
  }
}
