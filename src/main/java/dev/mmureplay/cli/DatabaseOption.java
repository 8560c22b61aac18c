package dev.mmureplay.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The result file that a verb asks. */
final class DatabaseOption {
  @Option(
      names = "--db",
      paramLabel = "FILE",
      defaultValue = "results/results.duckdb",
      description = "The result file; ${DEFAULT-VALUE} if not given.")
  private Path path = Path.of("results", "results.duckdb");

  Path path() {
    return path;
  }

  /** Returns the path of a file that is there, so that asking does not create it. */
  Path existing() throws IOException {
    if (!Files.exists(path)) {
      throw new IOException(
          path + ": expected a result file but there is no such file; 'mmureplay run' makes one");
    }
    if (Files.isDirectory(path)) {
      throw new IOException(path + ": expected a result file but found a directory");
    }
    return path;
  }
}
