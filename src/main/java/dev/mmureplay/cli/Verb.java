package dev.mmureplay.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all verbs have in common. */
abstract class Verb implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("unused") // picocli shows the help and never comes here.
  private boolean help;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print results and errors only.")
  private boolean quiet;

  @Option(names = "--verbose", description = "Print the stack trace of a failure.")
  private boolean verbose;

  private int exitCode = CommandLine.ExitCode.OK;

  /** Does the work. */
  abstract void run() throws Exception;

  @Override
  public final Integer call() throws Exception {
    run();
    return exitCode;
  }

  /** Makes the program answer with this exit code although nothing failed. */
  final void answer(int code) {
    exitCode = code;
  }

  final PrintWriter out() {
    return spec.commandLine().getOut();
  }

  final Screen screen() {
    return ((Main) spec.root().userObject()).screen();
  }

  final boolean verbose() {
    return verbose;
  }

  final PrintWriter err() {
    return spec.commandLine().getErr();
  }

  /** Prints a remark on standard error, unless told to be quiet. */
  final void remark(String text) {
    if (!quiet) {
      PrintWriter err = spec.commandLine().getErr();
      err.println(text);
      err.flush();
    }
  }

  /** Something that takes a while. */
  interface Work<T> {
    T run() throws IOException;
  }

  /**
   * Works, and shows progress on standard error where somebody sees it.
   *
   * @param total how much there is to do; -1 if not known
   * @param done how much is done; called from another thread
   */
  final <T> T withProgress(
      String task, Progress.Unit unit, long total, LongSupplier done, Work<T> work)
      throws IOException {
    Progress progress = new Progress(err(), screen().err() && !quiet, task, unit, total, done);
    try {
      return work.run();
    } finally {
      progress.close();
    }
  }

  /** Returns the exception for wrong usage. */
  final ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
