package dev.mmureplay.cli.capture;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A tool that runs beside the command. It begins to give back what it is given when it records, and
 * ends when its standard input does, also when this program dies.
 */
final class Tracer {
  /** What newer versions of bpftrace say on their standard error, for {@code sed} and for Java. */
  static final String LOST = "Lost [0-9]* events";

  /** Added to such a line in the log. */
  static final String SOMEWHERE = ", in unknown places";

  private static final Pattern LOST_LINE = Pattern.compile(LOST);

  private final List<String> arguments;
  private final Path messages;
  private final Process process;

  private Tracer(List<String> arguments, Path messages, Process process) {
    this.arguments = arguments;
    this.messages = messages;
    this.process = process;
  }

  /**
   * Starts a tool and waits until it records.
   *
   * @throws IOException if it ends before
   */
  static Tracer start(List<String> arguments) throws IOException {
    Path messages = Files.createTempFile("mmureplay", ".err");
    boolean records = false;
    try {
      ProcessBuilder builder = new ProcessBuilder(arguments).redirectError(messages.toFile());
      Tracer tracer = new Tracer(arguments, messages, builder.start());
      records = tracer.answers();
      if (!records) {
        tracer.passOn(null);
        throw tracer.failed("did not begin to record");
      }
      return tracer;
    } finally {
      if (!records) {
        Files.deleteIfExists(messages);
      }
    }
  }

  private boolean answers() {
    try {
      OutputStream in = process.getOutputStream();
      in.write('\n');
      in.flush();
      InputStream out = process.getInputStream();
      return out.read() == '\n';
    } catch (IOException e) {
      return false; // It is gone, and the pipe with it.
    }
  }

  /**
   * Lets the tool finish its log.
   *
   * @param log where it says why it ended too early, if it did
   * @throws IOException if it had ended before, or fails
   */
  void end(Path log) throws IOException {
    boolean recording = process.isAlive();
    process.getOutputStream().close();
    int code = waitFor();
    try {
      passOn(log);
    } finally {
      Files.deleteIfExists(messages);
    }
    if (!recording || code != 0) {
      throw failed((recording ? "failed" : "ended before the command did") + " (see " + log + ")");
    }
  }

  /** Says what the tool has said; what of it is about losses goes into the log, too. */
  private void passOn(@Nullable Path log) throws IOException {
    waitFor();
    for (String line : Files.readAllLines(messages)) {
      System.err.println(line);
      if (log != null && Files.exists(log) && LOST_LINE.matcher(line).matches()) {
        Files.writeString(log, line + SOMEWHERE + "\n", StandardOpenOption.APPEND);
      }
    }
  }

  private IOException failed(String what) throws IOException {
    return new IOException(
        String.join(" ", arguments) + " " + what + "; its exit code is " + waitFor());
  }

  private int waitFor() throws IOException {
    return Recording.waitFor(process);
  }
}
