package dev.mmureplay.cli;

import dev.mmureplay.cli.capture.CaptureTool;
import dev.mmureplay.cli.capture.CaptureTools;
import dev.mmureplay.cli.capture.Host;
import dev.mmureplay.cli.capture.Recording;
import dev.mmureplay.cli.capture.Step;
import dev.mmureplay.event.TraceInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a command under a tracing tool and imports what it wrote. */
@Command(
    name = RecordCommand.NAME,
    description = {
      "Runs a command under a tracing tool, keeps the raw log beside the event file"
          + " (NAME.arrow: NAME.TOOL.txt), imports it, and says what was lost.",
      "Standard streams and the exit code are the command's. Ctrl-C goes to the command; what it"
          + " did until then is imported."
    },
    footer = {
      "",
      "Examples:",
      "  mmureplay record -- java -version           the best tool that is here, java.arrow",
      "  mmureplay record --with lackey -o app.arrow -- ./app --fast",
      "  mmureplay record --with perf --print -- ./app",
      "  mmureplay doctor                            which tools are here, and what each can see"
    })
final class RecordCommand extends Verb {
  static final String NAME = "record";

  private static final List<String> STACKS = List.of("strace", "perf");
  private static final String EVENTS = ".arrow";

  @Option(
      names = "--with",
      paramLabel = "TOOL",
      converter = Tool.class,
      completionCandidates = ToolNames.class,
      description = "${COMPLETION-CANDIDATES}; the best that is here if not given.")
  private @Nullable CaptureTool tool;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description =
          "FILE.arrow, the event file to write, with the raw log beside it; or any other name, to"
              + " keep the raw log only. COMMAND.arrow if not given.")
  private @Nullable Path output;

  @Option(
      names = "--stacks",
      description =
          "Record the call stack of each call, for stats: with strace, which is slow, or with perf,"
              + " as far as programs keep frame pointers.")
  private boolean stacks;

  @Option(
      names = "--buffer",
      paramLabel = "MIB",
      defaultValue = "32",
      description =
          "Size of the tool's buffer for each CPU, a power of two; ${DEFAULT-VALUE} if not given.")
  private int buffer = 32;

  @Option(
      names = "--print",
      description = "Only print the command lines that would record, for a shell.")
  private boolean print;

  @Mixin private ImportSettings settings = new ImportSettings();

  @Parameters(
      paramLabel = "COMMAND",
      arity = "1..*",
      description = "The command and its arguments; no shell looks at them.")
  private List<String> command = new ArrayList<>();

  @Override
  void run() throws IOException {
    if (buffer < 1 || Integer.bitCount(buffer) != 1) {
      throw usage("expected a power of two of MiB but found --buffer " + buffer);
    }
    Host host = Host.here();
    CaptureTool chosen = stacks ? withStacks() : tool == null ? best(host) : tool;
    Path target = output == null ? defaultOutput() : output;
    Path log = log(target, chosen);
    CaptureTool.Order order = new CaptureTool.Order(command, log, buffer, stacks);
    if (print) {
      out()
          .print(
              chosen.steps(host, order).stream()
                  .map(Step::line)
                  .collect(Collectors.joining("\n", "", "\n")));
      return;
    }
    requireUsable(host, chosen);
    OutputFile.directoryOf(target);
    if (tool == null && !stacks) {
      remark("recording with " + chosen.name() + "; mmureplay doctor says why, --with picks");
    }
    answer(Recording.run(chosen, host, order));
    if (target.equals(log)) {
      Path temporary = Files.createTempFile(NAME, EVENTS);
      try {
        report(chosen, imported(chosen, log, temporary), log, log);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } else {
      report(chosen, imported(chosen, log, target), target, log);
    }
  }

  private CaptureTool withStacks() {
    if (tool != null && !STACKS.contains(tool.name())) {
      throw usage(
          "expected --stacks with "
              + String.join(" or ", STACKS)
              + " but found --with "
              + tool.name());
    }
    return tool == null ? CaptureTools.named(STACKS.get(0)) : tool;
  }

  private static CaptureTool best(Host host) throws IOException {
    CaptureTool best = CaptureTools.best(host);
    if (best == null) {
      throw new IOException(
          "expected a tool to record with but can use none here; mmureplay doctor says how to get"
              + " one");
    }
    return best;
  }

  private Path defaultOutput() {
    Path file = Path.of(command.get(0)).getFileName();
    return Path.of((file == null ? "command" : file) + EVENTS);
  }

  private static Path log(Path target, CaptureTool tool) throws IOException {
    Path file = target.getFileName();
    if (file == null || target.toString().equals(OutputFile.STDOUT)) {
      throw new IOException(target + ": expected the name of a file to write");
    }
    String name = file.toString();
    if (!name.endsWith(EVENTS)) {
      return target;
    }
    String stem = name.substring(0, name.length() - EVENTS.length());
    return target.resolveSibling(stem + "." + tool.name() + ".txt");
  }

  private void requireUsable(Host host, CaptureTool chosen) throws IOException {
    String obstacle = chosen.obstacle(host);
    if (obstacle != null) {
      throw new IOException(
          "cannot record with " + chosen.name() + ": " + obstacle + "; " + chosen.howToGet());
    }
    String program = command.get(0);
    if (host.program(program) == null) {
      throw new IOException("expected a program to record but found no " + program);
    }
  }

  private TraceInfo imported(CaptureTool chosen, Path log, Path target) throws IOException {
    try {
      return EventFiles.importTo(
          this, new EventFiles.Named(chosen.importer(), log.toString()), settings, target);
    } catch (IOException e) {
      throw new IOException(ErrorHandler.message(e) + "; the raw log is kept in " + log, e);
    }
  }

  private void report(CaptureTool chosen, TraceInfo info, Path target, Path log)
      throws IOException {
    String kept = target.equals(log) ? "" : "; raw log: " + log;
    remark(ImportCommand.summary(info, target) + kept);
    long lost = info.fidelity().lost();
    if (lost != 0) {
      remark(
          String.format(
              Locale.ROOT,
              "%s lost %s: results of this trace are not certain; try --buffer %d",
              chosen.name(),
              lost < 0 ? "events" : String.format(Locale.ROOT, "%,d events", lost),
              buffer * 2L));
    }
    List<String> others = childLogs(log);
    if (!others.isEmpty()) {
      remark("forked children have logs of their own, not imported: " + String.join(", ", others));
    }
  }

  /** lackey and adplug write one log for each process, with its number behind the name. */
  private static List<String> childLogs(Path log) throws IOException {
    String prefix = log.getFileName() + ".";
    try (Stream<Path> files = Files.list(OutputFile.directoryOf(log))) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.startsWith(prefix) && isNumber(name.substring(prefix.length())))
          .sorted()
          .toList();
    }
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** Reads the name of a tool. */
  static final class Tool implements ITypeConverter<CaptureTool> {
    @Override
    public CaptureTool convert(String name) {
      return FormatOption.converted(() -> CaptureTools.named(name));
    }
  }

  /** The names to offer. */
  static final class ToolNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return CaptureTools.all().stream().map(CaptureTool::name).toList().iterator();
    }
  }
}
