package dev.mmureplay.cli;

import dev.mmureplay.report.Document;
import dev.mmureplay.report.Report;
import dev.mmureplay.store.Store;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes everything that a result file has to say. */
@Command(
    name = "report",
    description = "Writes everything that a result file has to say, as HTML or Markdown.",
    footer = {
      "",
      "Examples:",
      "  mmureplay report --db results/results.duckdb -o report.html",
      "  mmureplay report --profile xen-xpti -o report.md",
      "  mmureplay report -o - | less            Markdown on standard output"
    })
final class ReportCommand extends Verb {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "File to write, .html or .md; - for Markdown on standard output.")
  private String output = "";

  @Mixin private DatabaseOption database = new DatabaseOption();
  @Mixin private ProfileOption profile = new ProfileOption();

  @Override
  void run() throws Exception {
    String lower = output.toLowerCase(Locale.ROOT);
    boolean html = lower.endsWith(".html") || lower.endsWith(".htm");
    if (!html && !lower.endsWith(".md") && !output.equals(OutputFile.STDOUT)) {
      throw usage("expected a file ending in .html or .md to write but found \"" + output + "\"");
    }
    try (Store store = Store.openReadOnly(database.existing(), false)) {
      Document document = Report.of(store.connection(), profile.of(store, this));
      OutputFile.write(output, out(), html ? document::writeHtml : document::writeMarkdown);
    }
    if (!output.equals(OutputFile.STDOUT)) {
      remark("wrote " + output);
    }
  }
}
