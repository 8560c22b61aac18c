package dev.mmureplay.cli.capture;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.List;

/**
 * A tool that runs beside the command. It begins to give back what it is given when it records, and
 * ends when its standard input does, also when this program dies.
 */
final class Tracer {
  private final List<String> arguments;
  private final Process process;

  private Tracer(List<String> arguments, Process process) {
    this.arguments = arguments;
    this.process = process;
  }

  /**
   * Starts a tool and waits until it records.
   *
   * @throws IOException if it ends before
   */
  static Tracer start(List<String> arguments) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(arguments);
    builder.redirectError(Redirect.INHERIT);
    Tracer tracer = new Tracer(arguments, builder.start());
    if (!tracer.answers()) {
      throw tracer.failed("did not begin to record");
    }
    return tracer;
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
    if (!recording || code != 0) {
      throw failed((recording ? "failed" : "ended before the command did") + " (see " + log + ")");
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
