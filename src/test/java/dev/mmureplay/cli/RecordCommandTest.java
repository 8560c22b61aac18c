package dev.mmureplay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hazard: the recorded command is not the one that was typed, its exit code is swallowed, or an
 * interrupted recording is lost. The tools are scripts that write a small real log.
 */
@Timeout(120)
final class RecordCommandTest {
  private static final String STRACE_LOG =
      """
      9 1795359909.000144 execve("./demo", ["./demo"], 0x7ffd /* 3 vars */) = 0 <0.000026>
      9 1795359909.000244 mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f90769dd000 <0.000026>
      9 1795359909.001403 mprotect(0x7f90769dd000, 8192, PROT_READ) = 0 <0.000021>
      9 1795359909.001696 +++ exited with 0 +++
      """;

  private static final String PERF_LOG =
      """
                  demo  9816/9816  [000]   894.013229520:       exceptions:page_fault_user: address=0x7f20b50b8000 ip=0x5581d4434310 error_code=0x4
                  demo  9816/9816  [000]   894.013232406:      syscalls:sys_enter_mprotect: start: 0x7f20b50ad000, len: 0x00010000, prot: 0x00000001
                  demo  9816/9816  [000]   894.013242164:       syscalls:sys_exit_mprotect: 0x0
                  demo  9816/9816  [000]   894.013250000: PERF_RECORD_LOST lost 1222
      """;

  @TempDir private Path directory = Path.of("");
  private Path tools = Path.of("");

  private record Ended(int code, String out, String err) {}

  @BeforeEach
  void makeDirectoryForTools() throws IOException {
    tools = Files.createDirectory(directory.resolve("tools"));
  }

  private void tool(String name, String script) throws IOException {
    Path file = Files.writeString(tools.resolve(name), "#!/bin/sh\n" + script);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  /** Like strace: writes the log, then runs the command as its child. */
  private void fakeStrace() throws IOException {
    Path sample = Files.writeString(directory.resolve("sample"), STRACE_LOG);
    tool(
        "strace",
        """
        while [ "$1" != -- ]; do [ "$1" = -o ] && log=$2; shift; done; shift
        cat %s >"$log"
        "$@"
        """
            .formatted(sample));
  }

  private Process start(Object... args) throws IOException {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.add("--add-opens=java.base/java.nio=ALL-UNNAMED"); // As in the jar's manifest.
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    for (Object arg : args) {
      words.add(arg.toString());
    }
    ProcessBuilder builder = new ProcessBuilder(words).directory(directory.toFile());
    builder.environment().put("PATH", tools + ":/usr/bin:/bin");
    builder.redirectError(directory.resolve("err").toFile());
    return builder.start();
  }

  private Ended ended(Process process) throws IOException, InterruptedException {
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), out, Files.readString(directory.resolve("err")));
  }

  @Test
  void theCommandKeepsItsWordsItsOutputAndItsExitCode() throws Exception {
    fakeStrace();
    Path command = directory.resolve("com mand");
    Files.writeString(command, "#!/bin/sh\nprintf '<%s>' \"$@\"; exit 7\n");
    assertThat(command.toFile().setExecutable(true)).isTrue();

    Ended ended =
        ended(
            start(
                "record",
                "--with",
                "strace",
                "-o",
                "app.arrow",
                "--",
                command,
                "a b",
                "$HOME",
                "@file",
                "--help",
                "--",
                "'"));

    assertThat(ended.code()).as(ended.toString()).isEqualTo(7);
    assertThat(ended.out()).isEqualTo("<a b><$HOME><@file><--help><--><'>");
    assertThat(ended.err())
        .isEqualTo(
            "app.arrow: 4 events from 4 lines of strace (0 ignored, 0 rejected); raw log:"
                + " app.strace.txt\n");
    assertThat(directory.resolve("app.strace.txt")).hasContent(STRACE_LOG);
    assertThat(Cli.launch("info", directory.resolve("app.arrow")).out())
        .containsPattern("calls +1\n");
  }

  @Test
  void perfIsRecordedThenWrittenOutAndSaysWhatItLost() throws Exception {
    Path sample = Files.writeString(directory.resolve("sample"), PERF_LOG);
    tool(
        "perf",
        """
        if [ "$1" = script ]; then cat %s; exit; fi
        while [ "$1" != -- ]; do [ "$1" = -o ] && data=$2; shift; done; shift
        echo data >"$data"
        "$@"
        """
            .formatted(sample));
    tool("demo", "exit 0");

    // Any other name than NAME.arrow is that of the raw log.
    Ended ended = ended(start("record", "--with", "perf", "-o", "app.log", "demo"));

    assertThat(ended.code()).as(ended.toString()).isZero();
    assertThat(ended.err())
        .contains("perf lost 1,222 events: results of this trace are not certain; try --buffer 64");
    assertThat(directory.resolve("app.log")).hasContent(PERF_LOG);
    assertThat(Cli.filesIn(directory)).containsExactly("app.log", "err", "sample", "tools");
  }

  @Test
  void theLogOfLackeyGetsItsNameAndThoseOfItsChildrenAreNamed() throws Exception {
    Path sample = Files.writeString(directory.resolve("sample"), Cli.TRACE);
    tool(
        "valgrind",
        """
        for word; do case $word in --log-file=*) log=${word#--log-file=};; esac; done
        cat %s >"${log%%.%%p}.$$"
        echo child >"${log%%.%%p}.1"
        """
            .formatted(sample));
    tool("demo", "exit 0");

    Ended ended = ended(start("record", "--with", "lackey", "-q", "demo"));

    assertThat(ended.code()).as(ended.toString()).isZero();
    assertThat(ended.err()).isEmpty();
    assertThat(directory.resolve("demo.lackey.txt")).hasContent(Cli.TRACE);
    assertThat(ended(start("record", "--with", "lackey", "demo")).err())
        .contains("forked children have logs of their own, not imported: demo.lackey.txt.1");
  }

  @Test
  void aSignalEndsTheCommandAndItsLogIsImported() throws Exception {
    fakeStrace();
    tool("waits", "trap 'exit 9' TERM; echo ready; for i in 1 2 3 4 5 6 7 8 9; do sleep 1; done");

    Process process = start("record", "--with", "strace", "waits");
    assertThat(process.getInputStream().read()).isEqualTo('r');
    process.toHandle().destroy(); // Unlike Process.destroy, leaves the streams open.
    Ended ended = ended(process);

    assertThat(ended.code()).as(ended.toString()).isEqualTo(9);
    assertThat(ended.err()).startsWith("waits.arrow: 4 events");
  }

  @Test
  void aToolThatWritesNothingIsAFailureAndALogThatIsNotUnderstoodStays() throws Exception {
    tool("demo", "exit 3");
    tool("strace", "exit 1");

    Ended nothing = ended(start("record", "--with", "strace", "demo"));
    assertThat(nothing.code()).isEqualTo(1);
    assertThat(nothing.err())
        .isEqualTo(
            "mmureplay: demo.strace.txt: expected a log but strace wrote none (its exit code is"
                + " 1)\n");

    tool("strace", "echo what is this >demo.strace.txt");
    Ended foreign = ended(start("record", "--with", "strace", "demo"));
    assertThat(foreign.code()).isEqualTo(1);
    assertThat(foreign.err()).endsWith("; the raw log is kept in demo.strace.txt\n");
    assertThat(directory.resolve("demo.strace.txt")).exists();
    assertThat(directory.resolve("demo.arrow")).doesNotExist();
  }

  @Test
  void wrongUsageAndAMissingProgramAreOneSentence() throws Exception {
    fakeStrace();

    for (Object[] wrong :
        new Object[][] {
          {"record"},
          {"record", "--with", "gdb", "--", "true"},
          {"record", "--buffer", "3", "--", "true"}
        }) {
      Cli cli = Cli.launch(wrong);
      assertThat(cli.code()).as(cli.toString()).isEqualTo(2);
      assertThat(cli.err().lines()).hasSize(1);
    }
    Ended absent = ended(start("record", "--with", "strace", "--", "no-such-program"));
    assertThat(absent.code()).isEqualTo(1);
    assertThat(absent.err())
        .isEqualTo("mmureplay: expected a program to record but found no no-such-program\n");
  }
}
