package dev.mmureplay.cli;

import dev.mmureplay.event.EventReader;
import dev.mmureplay.event.EventText;
import dev.mmureplay.replay.Finding;
import dev.mmureplay.replay.ReplayOptions;
import dev.mmureplay.replay.minimise.Minimiser;
import dev.mmureplay.replay.minimise.Reproducer;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reduces a trace to the smallest one that still shows a finding. */
@Command(
    name = "minimise",
    description =
        "Reduces a trace with a finding to the smallest one that still shows it, and writes it as"
            + " events, as text and as a C program.",
    footer = {
      "",
      "Examples:",
      "  mmureplay minimise trace.arrow --backend naive",
      "  mmureplay minimise trace.arrow --backend naive --invariant I1 -o small.arrow --c small.c"
    })
final class MinimiseCommand extends Verb {
  @Parameters(
      paramLabel = "TRACE",
      description = "Event file, raw trace, FORMAT:TRACE, or - for standard input.")
  private String trace = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Event file to write.")
  private @Nullable Path output;

  @Option(
      names = "--text",
      paramLabel = "FILE",
      description =
          "Text of the events to write, or - for standard output, which is the default if no other"
              + " output is named.")
  private @Nullable String text;

  @Option(names = "--c", paramLabel = "FILE", description = "C program to write.")
  private @Nullable String program;

  @Option(
      names = "--invariant",
      paramLabel = "NAME",
      description = "The invariant whose breach is meant, such as I1; if not given, the first.")
  private @Nullable String invariant;

  @Mixin private ReplaySettings replay = new ReplaySettings();
  @Mixin private ImportSettings settings = new ImportSettings();

  @Override
  void run() throws Exception {
    ReplayOptions options = replay.options(this);
    Path scratch = Files.createTempFile("mmureplay", ".arrow");
    try (EventFiles files = new EventFiles(this, settings)) {
      EventFiles.EventFile file = files.open(trace);
      Path target = output == null ? scratch : output;
      AtomicLong replays = new AtomicLong();
      Minimiser.Witness witness =
          withProgress(
                  "minimising " + file.name(),
                  Progress.Unit.REPLAYS,
                  -1,
                  replays::get,
                  () ->
                      Optional.ofNullable(
                          Minimiser.minimise(
                              file.path(), options, this::isMeant, target, replays::set)))
              .orElseThrow(
                  () ->
                      new IOException(
                          file.name() + ": expected a finding" + meant() + " but found none"));
      describe(witness);
      write(witness, file.name(), target);
    } finally {
      Files.deleteIfExists(scratch);
    }
  }

  private boolean isMeant(Finding finding) {
    return invariant == null || finding.invariant().equals(invariant);
  }

  private String meant() {
    return invariant == null ? "" : " of " + invariant;
  }

  private void describe(Minimiser.Witness witness) {
    remark(
        String.format(
            Locale.ROOT,
            "%,d events instead of %,d show it (%,d replays): %s",
            witness.rows().size(),
            witness.eventsBefore(),
            witness.replays(),
            witness.finding().sentence()));
  }

  private void write(Minimiser.Witness witness, String source, Path events) throws Exception {
    String named = text == null && program == null && output == null ? OutputFile.STDOUT : text;
    if (named != null) {
      OutputFile.write(named, out(), to -> writeText(events, to));
    }
    if (program != null) {
      OutputFile.write(
          program, out(), to -> Reproducer.write(witness.rows(), witness.finding(), source, to));
    }
  }

  private static void writeText(Path events, Writer to) throws IOException {
    try (EventReader reader = EventReader.open(events)) {
      EventText.write(reader, to);
    }
  }
}
