package dev.mmureplay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventReader;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.TraceInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hazard: accesses are put where they never were, and results look certain that are not. */
final class MergeCommandTest {
  @TempDir private Path directory = Path.of("");

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private Path merged() {
    return directory.resolve("merged.arrow");
  }

  private List<String> events() throws IOException {
    List<String> events = new ArrayList<>();
    try (EventReader reader = EventReader.open(merged())) {
      EventRow row = new EventRow();
      while (reader.nextBatch()) {
        for (int i = 0; i < reader.batch().rows(); i++) {
          reader.batch().copyTo(i, row);
          events.add(
              row.kind == EventKind.MARKER
                  ? reader.info().markers().get((int) row.result)
                  : row.pid + "/" + row.tid + " " + row.kind + " " + Long.toHexString(row.address));
        }
      }
    }
    return events;
  }

  private TraceInfo info() throws IOException {
    try (EventReader reader = EventReader.open(merged())) {
      return reader.info();
    }
  }

  private static final String CALLS =
      """
      9 1795359909.000000 execve("./d", ["./d"], 0x7ffd /* 3 vars */) = 0 <0.000026>
      9 1795359909.000100 mprotect(0x55550010b000, 4096, PROT_READ) = 0 <0.000021>
      9 1795359909.000200 mmap(NULL, 16384, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f9000000000 <0.000026>
      9 1795359909.000300 mprotect(0x7f9000000000, 16384, PROT_READ) = 0 <0.000021>
      9 1795359909.000400 munmap(0x7f9000000000, 16384) = 0 <0.000021>
      9 1795359909.000500 +++ exited with 0 +++
      """;

  /** The same program: the mapping of the program at 10b000, the other one at 4a00000. */
  private static final String ACCESSES =
      """
      ==7== Lackey, an example Valgrind tool
       S 0010b010,8
       L 1ffe000000,8
      SYSCALL[7,1](10) sys_mprotect ( 0x10b000, 4096, 1 )[sync] --> Success(0x0)
      SYSCALL[7,1](9) sys_mmap ( 0x0, 16384, 3, 34, 4294967295, 0 ) --> [pre-success] Success(0x4a00000)
       S 04a01008,8
      SYSCALL[7,1](10) sys_mprotect ( 0x4a00000, 16384, 1 )[sync] --> Success(0x0)
       L 04a01008,8
      SYSCALL[7,1](11) sys_munmap ( 0x4a00000, 16384 )[sync] --> Success(0x0)
      """;

  @Test
  void accessesOfOneRunGoBetweenTheCallsOfAnother() throws IOException {
    Cli cli =
        Cli.launch(
            "merge",
            "--by",
            "calls",
            file("a.log", CALLS),
            file("b.log", ACCESSES),
            "-o",
            merged());

    assertThat(cli.code()).as(cli.toString()).isZero();
    assertThat(cli.err())
        .contains(
            "4 calls match, 0 only in the first, 0 only in the second; 3 accesses placed, 1 left"
                + " out that no call can matter to, 0 lost");
    String interval = "merge: accesses of the second capture up to the next call";
    assertThat(events())
        .containsExactly(
            "9/9 EXECVE 8000000000000000",
            interval,
            "9/9 WRITE 55550010b000",
            "9/9 MPROTECT 55550010b000",
            "9/9 MMAP 0",
            interval,
            "9/9 WRITE 7f9000001000",
            "9/9 MPROTECT 7f9000000000",
            interval,
            "9/9 READ 7f9000001000",
            "9/9 MUNMAP 7f9000000000",
            "9/9 EXIT 8000000000000000");
    assertThat(info().fidelity().toMap())
        .containsEntry("fidelity.accesses", "every")
        .containsEntry("fidelity.lost", "0")
        .containsEntry("fidelity.clock", "true");
    assertThat(info().source()).isEqualTo("a.log + b.log");
    assertThat(info().ledger().lines()).isEqualTo(6 + 9);
    assertThat(Cli.launch("stats", merged(), "--format", "csv").out())
        .contains("pages_per_call,4.total,2\n");
  }

  @Test
  void disagreementsAreNamedMarkedAndMakeTheTraceUncertain() throws IOException {
    String longer =
        CALLS.replace(
            "9 1795359909.000400",
            "9 1795359909.000350 mprotect(0x7f9000000000, 8192, PROT_NONE) = 0 <0.1>\n"
                + "9 1795359909.000400");
    String other =
        ACCESSES.replace(
            " S 04a01008",
            "SYSCALL[7,1](9) sys_mmap ( 0x0, 4096, 3, 34, 4294967295, 0 ) --> [pre-success]"
                + " Success(0x5000000)\n S 05000000,8\n S 04a01008");

    Cli cli =
        Cli.launch(
            "merge", "--by", "calls", file("a.log", longer), file("b.log", other), "-o", merged());

    assertThat(cli.code()).as(cli.toString()).isZero();
    assertThat(cli.err())
        .contains(
            "4 calls match, 1 only in the first, 1 only in the second",
            " 1 lost",
            "only the first capture has mprotect of 8192 bytes (line 5)",
            // Behind the seven lines of the first capture.
            "only the second capture has mmap of 4096 bytes (line 13)");
    assertThat(events())
        .contains(
            "merge: only the first capture has mprotect of 8192 bytes (line 5)",
            "merge: only the second capture has mmap of 4096 bytes (line 13)");
    assertThat(info().fidelity().lost()).isEqualTo(-1);
  }

  @Test
  void capturesOfDifferentProgramsAreRefused() throws IOException {
    String other =
        """
        ==7== Lackey, an example Valgrind tool
        SYSCALL[7,1](10) sys_mprotect ( 0x10b000, 999424, 1 )[sync] --> Success(0x0)
        """;

    Cli cli =
        Cli.launch(
            "merge", "--by", "calls", file("a.log", CALLS), file("b.log", other), "-o", merged());

    assertThat(cli.code()).isEqualTo(1);
    assertThat(cli.err()).contains("a.log and b.log: expected captures of the same program");
    assertThat(merged()).doesNotExist();
    assertThat(Cli.launch("merge", "--by", "calls", "a", "b", "c", "-o", merged()).code())
        .isEqualTo(2);
  }

  @Test
  void tasksInFilesOfTheirOwnAreMergedByTime() throws IOException {
    Path parent =
        file(
            "ff.9",
            """
            1795359909.000000 execve("./d", ["./d"], 0x7ffd /* 3 vars */) = 0 <0.000026>
            1795359909.000200 clone(child_stack=0x7f10, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM) = 10 <0.000081>
             > /opt/d(main+0x20) [0x1200]
            1795359909.000400 mprotect(0x2000, 4096, PROT_READ) = 0 <0.000021>
            1795359909.000900 +++ exited with 0 +++
            """);
    Path thread =
        file(
            "ff.10",
            """
            1795359909.000300 mprotect(0x1000, 4096, PROT_READ) = 0 <0.000021>
            1795359909.000500 mprotect(0x3000, 4096, PROT_READ) = 0 <0.000021>
            1795359909.000600 +++ exited with 0 +++
            """);

    Cli cli = Cli.launch("merge", "--by", "time", thread, parent, "-o", merged());

    assertThat(cli.code()).as(cli.toString()).isZero();
    assertThat(cli.err()).contains("7 events from 8 lines of strace (1 ignored, 0 rejected)");
    assertThat(events())
        .containsExactly(
            "9/9 EXECVE 8000000000000000",
            "9/9 CLONE 8000000000000000",
            "9/10 MPROTECT 1000",
            "9/9 MPROTECT 2000",
            "9/10 MPROTECT 3000",
            "9/10 EXIT 8000000000000000",
            "9/9 EXIT 8000000000000000");
  }

  @Test
  void eventFilesOfOneClockAreMergedByTimeAndTheSameTaskOnlyOnce() throws IOException {
    Path one =
        file(
            "one.log",
            """
            9 1795359909.000100 mprotect(0x1000, 4096, PROT_READ) = 0 <0.000021>
            9 1795359909.000300 mprotect(0x3000, 4096, PROT_READ) = 0 <0.000021>
            """);
    Path two =
        file("two.log", "11 1795359909.000200 mprotect(0x2000, 4096, PROT_READ) = 0 <0.1>\n");
    Path events = directory.resolve("two.arrow");
    Cli.launch("import", two, "-o", events);

    assertThat(Cli.launch("merge", "--by", "time", one, events, "-o", merged()).code()).isZero();
    assertThat(events())
        .containsExactly("9/9 MPROTECT 1000", "11/11 MPROTECT 2000", "9/9 MPROTECT 3000");

    Cli same = Cli.launch("merge", "--by", "time", one, one, "-o", merged());
    assertThat(same.code()).isEqualTo(1);
    assertThat(same.err()).contains("both show calls of task 9");
    Cli clockless =
        Cli.launch(
            "merge", "--by", "time", one, file("b.log", ACCESSES), "-o", directory.resolve("x"));
    assertThat(clockless.err()).contains("b.log: expected a trace with a clock");
  }
}
