package dev.mmureplay.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The real program, run in process. */
record Cli(int code, String out, String err, String commandLine) {
  /** A trace with three calls, the last of which fails, and one line that nobody understands. */
  static final String TRACE =
      """
      ==7== Lackey, an example Valgrind tool
       S 04001000,8
       S 04002000,8
      SYSCALL[7,1](10) sys_mprotect ( 0x4001000, 8192, 1 )[sync] --> Success(0x0)
       L 04001000,8
      SYSCALL[7,1](10) sys_mprotect ( 0x4001000, 4096, 3 )[sync] --> Success(0x0)
       S 04001000,8
      SYSCALL[7,1](10) sys_mprotect ( 0x4001001, 4096, 3 )[sync] --> Failure(0x16)
       S zzz,8
      """;

  /** Runs the program; paths may be given as such. */
  static Cli launch(Object... args) {
    String[] words = Arrays.stream(args).map(Object::toString).toArray(String[]::new);
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Main.run(words, new PrintWriter(out), new PrintWriter(err));
    return new Cli(code, out.toString(), err.toString(), String.join(" ", words));
  }

  /** Runs the program with something on its standard input. */
  static Cli fed(String input, Object... args) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
    try {
      return launch(args);
    } finally {
      System.setIn(before);
    }
  }

  /** Writes the sample trace. */
  static Path trace(Path directory) throws IOException {
    return Files.writeString(directory.resolve("sample.log"), TRACE);
  }

  /** Makes a result file of the sample trace and returns its path. */
  static Path results(Path directory) throws IOException {
    Cli run = launch("run", trace(directory), "-o", directory.resolve("results"), "--quiet");
    if (run.code != 0) {
      throw new AssertionError(run);
    }
    return directory.resolve("results").resolve("results.duckdb");
  }

  static List<String> filesIn(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }
}
