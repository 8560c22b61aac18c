package dev.mmureplay.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.sql.SQLException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns whatever went wrong into one sentence on standard error and an exit code. */
final class ErrorHandler
    implements CommandLine.IExecutionExceptionHandler, CommandLine.IParameterExceptionHandler {
  static final int FAILURE = 1;
  static final int USAGE = 2;

  @Override
  public int handleParseException(ParameterException e, String[] args) {
    CommandLine line = e.getCommandLine();
    complain(
        line, usageMessage(e) + "; see '" + line.getCommandSpec().qualifiedName() + " --help'");
    return USAGE;
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine line, ParseResult parsed) {
    return e instanceof ParameterException usage
        ? handleParseException(usage, new String[0])
        : handle(e, line);
  }

  /** Complains about anything but wrong usage. */
  int handle(Throwable thrown, CommandLine line) {
    Throwable e = unwrap(thrown);
    if (e instanceof StandardStream.ClosedException) {
      return CommandLine.ExitCode.OK;
    }
    try {
      line.getOut().flush();
    } catch (RuntimeException unwritable) {
      e = unwrap(unwritable);
    }
    complain(line, message(e));
    if (verbose(line)) {
      e.printStackTrace(line.getErr());
    }
    return FAILURE;
  }

  private static Throwable unwrap(Throwable e) {
    Throwable cause = e.getCause();
    boolean wrapper =
        e instanceof UncheckedIOException
            || e instanceof ExecutionException
            || e instanceof CommandLine.ExecutionException;
    return wrapper && cause != null ? unwrap(cause) : e;
  }

  private static boolean verbose(CommandLine line) {
    return line.getCommand() instanceof Verb verb && verb.verbose();
  }

  private static void complain(CommandLine line, String sentence) {
    try {
      line.getErr().println(Main.NAME + ": " + oneLine(sentence));
    } catch (RuntimeException e) {
      return; // There is no other place to complain.
    }
  }

  private static String usageMessage(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched
        && e.getCommandLine().getCommand() instanceof Main) {
      return "expected a verb ("
          + Main.verbs(e.getCommandLine())
          + ") but found \""
          + unmatched.getUnmatched().get(0)
          + "\"";
    }
    String message = String.valueOf(e.getMessage());
    return message.isEmpty()
        ? message
        : Character.toLowerCase(message.charAt(0)) + message.substring(1);
  }

  /** Returns one sentence about a failure. */
  static String message(Throwable e) {
    if (e instanceof NoSuchFileException missing) {
      return missing.getFile() + ": no such file or directory";
    }
    if (e instanceof AccessDeniedException denied) {
      return denied.getFile() + ": permission denied";
    }
    if (e instanceof FileAlreadyExistsException || e instanceof NotDirectoryException) {
      return ((FileSystemException) e).getFile() + ": expected a directory but found a file";
    }
    if (e instanceof FileSystemException file && file.getReason() != null) {
      return file.getFile() + ": " + file.getReason();
    }
    if (e instanceof SQLException) {
      return SqlMessage.of(e.getMessage());
    }
    if (e instanceof OutOfMemoryError) {
      return "out of memory; MMUREPLAY_JAVA_OPTS=-Xmx8g, for example, gives it more";
    }
    if (e instanceof LinkageError) {
      return "a library cannot be loaded: " + rootOf(e).getMessage();
    }
    boolean ours =
        e instanceof IOException
            || e instanceof IllegalArgumentException
            || (!(e instanceof RuntimeException) && e instanceof Exception);
    @Nullable String said = e.getMessage();
    if (ours && said != null) {
      return said;
    }
    return "unexpected " + e + "; this is a mistake in " + Main.NAME + ", --verbose shows where";
  }

  /** A native library that cannot be unpacked fails far from where the reason is known. */
  private static Throwable rootOf(Throwable e) {
    Throwable cause = e.getCause();
    return cause == null ? e : rootOf(cause);
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s*\\R\\s*", "; ");
  }
}
