package dev.mmureplay.cli;

import static java.util.Objects.requireNonNull;

import dev.mmureplay.event.EngineVersion;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The program: picks the verb, runs it, and answers with an exit code. */
@Command(
    name = Main.NAME,
    description = "Replays recorded page-protection workloads through alternative MMU backends.",
    synopsisSubcommandLabel = "VERB",
    commandListHeading = "%nVerbs:%n",
    versionProvider = Main.Version.class,
    subcommands = {
      RunCommand.class,
      RecordCommand.class,
      DoctorCommand.class,
      ImportCommand.class,
      MergeCommand.class,
      InfoCommand.class,
      StatsCommand.class,
      ExportCommand.class,
      ReplayCommand.class,
      MinimiseCommand.class,
      VerifyCommand.class,
      SqlCommand.class,
      QueryCommand.class,
      ReportCommand.class,
      CheckCommand.class,
      ListCommand.class,
      CompletionCommand.class,
      CommandLine.HelpCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  mmureplay run trace.log                 replay a trace with every backend",
      "  mmureplay sql --db results/results.duckdb",
      "  mmureplay VERB --help                   more, with examples",
      "",
      "Exit codes: 0 all is well, 1 failure, 2 wrong usage.",
      "Environment: NO_COLOR switches colours off; MMUREPLAY_JAVA_OPTS are options for java."
    })
public final class Main implements Runnable {
  static final String NAME = "mmureplay";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("unused") // picocli answers and never comes here.
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  @SuppressWarnings("unused") // picocli answers and never comes here.
  private boolean version;

  private final Screen screen;

  private Main(Screen screen) {
    this.screen = screen;
  }

  /** Runs the program and ends the Java machine with its exit code. */
  public static void main(String[] args) {
    Screen screen = Screen.detect();
    PrintWriter out = StandardStream.out();
    PrintWriter err = StandardStream.err();
    int code = run(args, out, err, screen);
    System.exit(code);
  }

  /**
   * Runs the program as if neither output were a terminal.
   *
   * @return the exit code
   */
  public static int run(String[] args, PrintWriter out, PrintWriter err) {
    return run(args, out, err, Screen.NONE);
  }

  static int run(String[] args, PrintWriter out, PrintWriter err, Screen screen) {
    CommandLine line = commandLine(screen);
    ErrorHandler errors = new ErrorHandler();
    line.setOut(out);
    line.setErr(err);
    line.setExecutionExceptionHandler(errors);
    line.setParameterExceptionHandler(errors);
    line.setExecutionStrategy(parsed -> execute(parsed, errors));
    int code;
    try {
      code = line.execute(args);
      if (code == CommandLine.ExitCode.OK) {
        out.flush(); // After a failure, the handler has.
      }
    } catch (RuntimeException | OutOfMemoryError | LinkageError e) {
      code = errors.handle(e, line);
    }
    try {
      err.flush();
    } catch (StandardStream.ClosedException e) {
      return code; // Nobody is left to tell.
    }
    return code;
  }

  /** Without this, picocli prints the stack trace when help cannot be written. */
  private static int execute(CommandLine.ParseResult parsed, ErrorHandler errors) {
    try {
      return new CommandLine.RunLast().execute(parsed);
    } catch (CommandLine.PicocliException e) {
      throw e;
    } catch (RuntimeException e) {
      return errors.handle(e, parsed.commandSpec().commandLine());
    }
  }

  static CommandLine commandLine(Screen screen) {
    CommandLine line = new CommandLine(new Main(screen));
    line.setColorScheme(
        CommandLine.Help.defaultColorScheme(
            screen.colours() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
    // A word of a recorded command may begin with @.
    line.setExpandAtFiles(false);
    // What follows a command to record is the command's, even if it looks like an option of ours.
    requireNonNull(line.getSubcommands().get(RecordCommand.NAME)).setStopAtPositional(true);
    line.setUsageHelpAutoWidth(false);
    line.setUsageHelpWidth(100);
    line.getSubcommands()
        .values()
        .forEach(
            verb -> {
              verb.getCommandSpec().usageMessage().optionListHeading("%nOptions:%n");
              verb.setAbbreviatedOptionsAllowed(false);
            });
    return line;
  }

  Screen screen() {
    return screen;
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "expected a verb (" + verbs(spec.commandLine()) + ") but found none");
  }

  static String verbs(CommandLine root) {
    return String.join(", ", root.getSubcommands().keySet());
  }

  /** Answers {@code --version}. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        NAME + " " + EngineVersion.current(), "Java " + Runtime.version().toString()
      };
    }
  }
}
