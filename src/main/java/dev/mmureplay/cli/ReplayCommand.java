package dev.mmureplay.cli;

import dev.mmureplay.replay.ReplayOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Replays traces into a result file. */
@Command(
    name = "replay",
    description = "Replays traces and adds what was counted to a result file.",
    footer = {
      "",
      "Examples:",
      "  mmureplay replay trace.arrow --db results.duckdb",
      "  mmureplay replay strace:trace.log --db results.duckdb --backend native,multicall",
      "  mmureplay replay trace.arrow --db results.duckdb --residency none --kernel linux-2.6.27",
      "  mmureplay replay trace.arrow --db results.duckdb --interleave exhaustive",
      "  mmureplay replay lackey:trace.log --db results.duckdb --interleave random:10 --assume-racing"
          + " 50events"
    })
final class ReplayCommand extends Verb {
  @Parameters(
      paramLabel = "TRACE",
      arity = "1..*",
      description = "Event file, raw trace, FORMAT:TRACE, or - for standard input.")
  private List<String> traces = new ArrayList<>();

  @Option(
      names = "--db",
      paramLabel = "FILE",
      required = true,
      description = "Result file; made if there is none.")
  private Path database = Path.of("");

  @Mixin private ReplaySettings replay = new ReplaySettings();
  @Mixin private ImportSettings settings = new ImportSettings();

  @Override
  void run() throws IOException {
    ReplayOptions options = replay.options(this);
    List<Replays.Stored> all;
    try (Replays replays = new Replays(this, database)) {
      all = replays.replay(traces, settings, options);
      for (Replays.Stored stored : all) {
        remark(
            String.format(
                Locale.ROOT,
                "%s: replay %d, %,d events, %,d mprotect calls, %d backends",
                stored.file().name(),
                stored.id(),
                stored.result().events(),
                stored.result().calls(),
                stored.result().backends().size()));
        Knowledge.races(stored).ifPresent(this::remark);
      }
    }
    Replays.requireAgreement(all);
  }
}
