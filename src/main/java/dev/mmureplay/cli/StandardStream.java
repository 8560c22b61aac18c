package dev.mmureplay.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/**
 * Standard output or error as UTF-8 that stops the program when it cannot be written. {@link
 * PrintWriter} would swallow the failure, and a query would go on printing into a closed pipe.
 */
final class StandardStream extends Writer {
  /** The reader of a pipe has gone: no failure of ours. */
  static final class ClosedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClosedException(IOException cause) {
      super(cause);
    }
  }

  private final String name;
  private final Writer out;

  StandardStream(String name, OutputStream out) {
    this.name = name;
    this.out = new OutputStreamWriter(out, StandardCharsets.UTF_8);
  }

  static PrintWriter out() {
    return new PrintWriter(
        new java.io.BufferedWriter(
            new StandardStream("standard output", new FileOutputStream(FileDescriptor.out)),
            1 << 16));
  }

  static PrintWriter err() {
    return new PrintWriter(
        new StandardStream("standard error", new FileOutputStream(FileDescriptor.err)), true);
  }

  @Override
  public void write(char[] text, int offset, int length) {
    try {
      out.write(text, offset, length);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  public void flush() {
    try {
      out.flush();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  public void close() {
    flush();
  }

  private RuntimeException failure(IOException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("Broken pipe")
        ? new ClosedException(e)
        : new UncheckedIOException(
            new IOException(
                name + ": cannot be written: " + message.toLowerCase(java.util.Locale.ROOT), e));
  }
}
