package dev.mmureplay.cli.capture;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One step of a recording. */
public sealed interface Step {
  /** Returns this as a line for a shell. */
  String line();

  private static String words(List<String> arguments) {
    return arguments.stream().map(ShellWord::quote).collect(Collectors.joining(" "));
  }

  /**
   * Runs a program that prepares a recording, or makes something of it.
   *
   * @param arguments its arguments, its name first; no shell sees them
   * @param input the file that it reads and an earlier step has left; null if none
   * @param output where its standard output goes; null if nobody needs it
   */
  record Run(List<String> arguments, @Nullable Path input, @Nullable Path output) implements Step {
    public Run {
      arguments = List.copyOf(arguments);
    }

    @Override
    public String line() {
      String words = words(arguments);
      return output == null ? words : words + " >" + ShellWord.quote(output.toString());
    }
  }

  /**
   * Runs the command under a tool, or makes itself the command.
   *
   * @param arguments the tool's and the command's arguments
   * @param childIsCommand whether the command is a child of the process that this starts, rather
   *     than that process itself
   * @param ownLog the log's name in front of a dot and the number of the started process, if the
   *     tool names it so; it is renamed to this
   */
  record RunCommand(List<String> arguments, boolean childIsCommand, @Nullable Path ownLog)
      implements Step {
    public RunCommand {
      arguments = List.copyOf(arguments);
    }

    @Override
    public String line() {
      return words(arguments);
    }
  }

  /**
   * Starts a tool that records until its standard input ends, and waits until it records: until it
   * gives back a line that it is given.
   *
   * @param arguments its arguments, its name first; no shell sees them
   * @param log in front of the names of the files beside it that a shell needs
   */
  record StartTracer(List<String> arguments, Path log) implements Step {
    public StartTracer {
      arguments = List.copyOf(arguments);
    }

    @Override
    public String line() {
      String input = ShellWord.quote(log + ".in");
      String output = ShellWord.quote(log + ".out");
      String messages = ShellWord.quote(log + ".err");
      return String.join(
          "\n",
          "mkfifo " + input + " " + output,
          words(arguments) + " <" + input + " >" + output + " 2>" + messages + " &",
          "exec 9>" + input + "; echo >&9; read -r ready <" + output,
          "rm " + input + " " + output);
    }
  }

  /**
   * Ends the tool that {@link StartTracer} has started, and waits until its log is complete. What
   * it says on its standard error of lost events is added to the log, in which its place is not
   * known.
   */
  record EndTracer(Path log) implements Step {
    @Override
    public String line() {
      String messages = ShellWord.quote(log + ".err");
      return String.join(
          "\n",
          "exec 9>&-; wait",
          "sed -n 's/^"
              + Tracer.LOST
              + "$/&"
              + Tracer.SOMEWHERE
              + "/p' "
              + messages
              + " >>"
              + ShellWord.quote(log.toString())
              + "; cat "
              + messages
              + " >&2; rm "
              + messages);
    }
  }

  /** Writes a text into a file of the kernel. */
  record Write(Path file, String text) implements Step {
    @Override
    public String line() {
      return "echo " + ShellWord.quote(text) + " >" + ShellWord.quote(file.toString());
    }
  }

  /** Copies a file of the kernel, whose length is not known before. */
  record Copy(Path from, Path to) implements Step {
    @Override
    public String line() {
      return "cat " + ShellWord.quote(from.toString()) + " >" + ShellWord.quote(to.toString());
    }
  }

  /** Makes a directory. */
  record MakeDirectory(Path directory) implements Step {
    @Override
    public String line() {
      return "mkdir " + ShellWord.quote(directory.toString());
    }
  }

  /** Removes a directory of the kernel, even if an earlier step failed. */
  record RemoveDirectory(Path directory) implements Step {
    @Override
    public String line() {
      return "rmdir " + ShellWord.quote(directory.toString());
    }
  }

  /** Removes a file that nobody needs any more. */
  record Delete(Path file) implements Step {
    @Override
    public String line() {
      return "rm " + ShellWord.quote(file.toString());
    }
  }

  /**
   * Writes a file that this program brings along.
   *
   * @param resource its name among the resources of this package
   */
  record Unpack(String resource, Path file) implements Step {
    /** Returns what the file is to hold; it ends with the end of a line. */
    String text() {
      try (InputStream in = Step.class.getResourceAsStream(resource)) {
        if (in == null) {
          throw new IllegalStateException("the jar lacks " + resource);
        }
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException("the jar cannot be read", e);
      }
    }

    @Override
    public String line() {
      return "cat >"
          + ShellWord.quote(file.toString())
          + " <<'END_OF_FILE'\n"
          + text()
          + "END_OF_FILE";
    }
  }
}
