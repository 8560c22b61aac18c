package dev.mmureplay.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Hazard: a full disk passes for success, or a closed pipe for a failure. */
final class StreamsTest {
  private static final class Failing extends OutputStream {
    private final String message;

    Failing(String message) {
      this.message = message;
    }

    @Override
    public void write(int b) throws IOException {
      throw new IOException(message);
    }
  }

  @Test
  void aClosedPipeIsQuiet() {
    StringWriter err = new StringWriter();
    PrintWriter out =
        new PrintWriter(new StandardStream("standard output", new Failing("Broken pipe")));

    int code = Main.run(new String[] {"list", "operations"}, out, new PrintWriter(err));

    assertThat(code).isZero();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void aFullDiskIsAFailure() {
    StringWriter err = new StringWriter();
    PrintWriter out =
        new PrintWriter(
            new StandardStream("standard output", new Failing("No space left on device")));

    int code = Main.run(new String[] {"--help"}, out, new PrintWriter(err));

    assertThat(code).isEqualTo(1);
    assertThat(err.toString())
        .isEqualTo("mmureplay: standard output: cannot be written: no space left on device\n");
  }

  @Test
  void failuresOfFilesAreSentences() {
    assertThat(ErrorHandler.message(new NoSuchFileException("a")))
        .isEqualTo("a: no such file or directory");
    assertThat(ErrorHandler.message(new AccessDeniedException("a")))
        .isEqualTo("a: permission denied");
    assertThat(ErrorHandler.message(new FileSystemException("a", null, "Read-only file system")))
        .isEqualTo("a: Read-only file system");
    assertThat(ErrorHandler.message(new IllegalStateException("x")))
        .contains("this is a mistake in mmureplay");
  }

  @Test
  void sqlMessagesKeepTheirPosition() {
    assertThat(
            SqlMessage.of(
                """
                Parser Error: syntax error at or near "selec"

                LINE 2: x selec 1
                          ^"""))
        .isEqualTo("Parser Error: syntax error at or near \"selec\" (line 2, column 3)");
    assertThat(SqlMessage.of("IO Error: no")).isEqualTo("IO Error: no");
    assertThat(SqlMessage.of(null)).isNotBlank();
  }

  @Test
  void statementsEndAtTheirSemicolonAndNoOther() {
    assertThat(Statements.split("a;b; ;-- x;\nc;")).containsExactly("a", "b", "-- x;\nc");
    assertThat(Statements.split("SELECT ';', \";\", $$;$$, $t$;$$;$t$ /* ; */;x"))
        .containsExactly("SELECT ';', \";\", $$;$$, $t$;$$;$t$ /* ; */", "x");
    assertThat(Statements.split("SELECT 'open ; x")).isEqualTo(List.of("SELECT 'open ; x"));
    assertThat(Statements.complete("SELECT 1")).isFalse();
    assertThat(Statements.complete("SELECT ';")).isFalse();
    assertThat(Statements.complete("SELECT 1; -- done")).isTrue();
  }

  @Test
  void progressHasPercentRateAndTimeLeft() {
    assertThat(
            Progress.line(
                "replaying a", Progress.Unit.EVENTS, 2_500_000, 10_000_000, 5_000_000_000L))
        .isEqualTo("replaying a   25%  500 kevents/s  0:15 left");
    assertThat(Progress.line("importing -", Progress.Unit.BYTES, 3_000_000, -1, 2_000_000_000L))
        .isEqualTo("importing -  1.5 MB/s");
  }

  @Test
  void anOutputFileAppearsWholeOrNotAtAll(
      @org.junit.jupiter.api.io.TempDir java.nio.file.Path directory) throws Exception {
    java.nio.file.Path target = directory.resolve("r.md");
    OutputFile.write(
        target.toString(), new PrintWriter(new StringWriter()), out -> out.write("old"));

    assertThatThrownBy(
            () ->
                OutputFile.write(
                    target.toString(),
                    new PrintWriter(new StringWriter()),
                    out -> {
                      out.write("new");
                      throw new IllegalStateException("half way");
                    }))
        .hasMessage("half way");

    assertThat(target).hasContent("old");
    assertThat(Cli.filesIn(directory)).containsExactly("r.md");
  }
}
