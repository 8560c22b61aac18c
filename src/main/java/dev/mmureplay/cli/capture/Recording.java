package dev.mmureplay.cli.capture;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Carries out the steps of a recording. */
public final class Recording {
  private final String tool;
  private final Path log;
  private int exitCode;
  private @Nullable Tracer tracer;

  private Recording(String tool, Path log) {
    this.tool = tool;
    this.log = log;
  }

  /**
   * Records a command. Standard streams are the command's; a signal that would end this program
   * ends the command instead, and the log of what it did until then is complete.
   *
   * @return the command's exit code as its tool passes it on: 128 and the signal's number if a
   *     signal ended it
   * @throws IOException if a step fails, or the tool wrote no log
   */
  public static int run(CaptureTool tool, Host host, CaptureTool.Order order) throws IOException {
    Recording recording = new Recording(tool.name(), order.log());
    List<Step> steps = tool.steps(host, order);
    Files.deleteIfExists(order.log());
    int done = 0;
    try {
      for (Step step : steps) {
        recording.perform(step);
        done++;
      }
    } finally {
      for (Step left : steps.subList(done, steps.size())) {
        recording.cleanUp(left);
      }
    }
    recording.requireLog();
    return recording.exitCode;
  }

  private void perform(Step step) throws IOException {
    if (step instanceof Step.RunCommand command) {
      record(command);
    } else if (step instanceof Step.Run run) {
      run(run);
    } else if (step instanceof Step.StartTracer start) {
      tracer = Tracer.start(start.arguments());
    } else if (step instanceof Step.EndTracer) {
      endTracer();
    } else if (step instanceof Step.Write write) {
      Files.writeString(
          write.file(), write.text() + "\n", StandardOpenOption.WRITE, StandardOpenOption.CREATE);
    } else if (step instanceof Step.Copy copy) {
      try (InputStream from = Files.newInputStream(copy.from())) {
        Files.copy(from, copy.to(), StandardCopyOption.REPLACE_EXISTING);
      }
    } else if (step instanceof Step.MakeDirectory make) {
      Files.createDirectory(make.directory());
    } else if (step instanceof Step.RemoveDirectory remove) {
      Files.delete(remove.directory());
    } else if (step instanceof Step.Delete delete) {
      Files.deleteIfExists(delete.file());
    } else if (step instanceof Step.Unpack unpack) {
      Files.writeString(unpack.file(), unpack.text());
    }
  }

  private void endTracer() throws IOException {
    Tracer running = tracer;
    tracer = null;
    if (running != null) {
      running.end(log);
    }
  }

  /**
   * After a failure: the kernel's directories and the tracer go; files stay, for what can be saved
   * from them.
   */
  private void cleanUp(Step step) {
    try {
      if (step instanceof Step.RemoveDirectory remove) {
        Files.deleteIfExists(remove.directory());
      } else if (step instanceof Step.EndTracer) {
        endTracer();
      }
    } catch (IOException e) {
      return; // What failed before is said, and is why this fails.
    }
  }

  private void record(Step.RunCommand command) throws IOException {
    Process process;
    try (Interrupts interrupts = new Interrupts()) {
      process = new ProcessBuilder(command.arguments()).inheritIO().start();
      interrupts.started(process, command.childIsCommand());
      exitCode = waitFor(process);
    }
    Path named = command.ownLog();
    if (named != null) {
      try {
        Files.move(
            Path.of(named + "." + process.pid()), named, StandardCopyOption.REPLACE_EXISTING);
      } catch (NoSuchFileException e) {
        requireLog();
      }
    }
  }

  private void run(Step.Run run) throws IOException {
    Path input = run.input();
    if (input != null && !Files.exists(input)) {
      throw noLog();
    }
    Path output = run.output();
    Path messages = Files.createTempFile("mmureplay", ".err");
    try {
      ProcessBuilder builder = new ProcessBuilder(run.arguments());
      builder.redirectInput(Redirect.from(Path.of("/dev/null").toFile()));
      builder.redirectOutput(output == null ? Redirect.DISCARD : Redirect.to(output.toFile()));
      builder.redirectError(messages.toFile());
      int code = waitFor(builder.start());
      if (code != 0) {
        throw new IOException(
            String.join(" ", run.arguments().subList(0, 2))
                + " failed with exit code "
                + code
                + ": "
                + Files.readString(messages).strip());
      }
    } finally {
      Files.deleteIfExists(messages);
    }
  }

  private void requireLog() throws IOException {
    if (!Files.exists(log) || Files.size(log) == 0) {
      throw noLog();
    }
  }

  private IOException noLog() {
    return new IOException(
        log + ": expected a log but " + tool + " wrote none (its exit code is " + exitCode + ")");
  }

  /** Waits for a process; one who interrupts the wait ends it. */
  static int waitFor(Process process) throws IOException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a command was running", e);
    }
  }
}
