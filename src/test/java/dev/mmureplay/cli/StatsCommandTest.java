package dev.mmureplay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hazard: a workload is characterised by what its ranges span, not by what its calls change. */
final class StatsCommandTest {
  @TempDir private Path directory = Path.of("");

  private String stats(String log, String... more) throws IOException {
    Path trace = Files.writeString(directory.resolve("trace.log"), log);
    Object[] args = new Object[2 + more.length];
    args[0] = "stats";
    args[1] = trace;
    System.arraycopy(more, 0, args, 2, more.length);
    Cli cli = Cli.launch(args);
    assertThat(cli.code()).as(cli.toString()).isZero();
    return cli.out();
  }

  /**
   * Eight pages. Call 0 makes all of them read-only (8 flips, 2 of touched pages), 1 says so again,
   * 2 opens one page, 3 closes all (1 flip), 4 opens that page again.
   */
  private static final String LACKEY =
      """
      ==7== Lackey, an example Valgrind tool
      SYSCALL[7,1](9) sys_mmap ( 0x0, 32768, 3, 34, 4294967295, 0 ) --> [pre-success] Success(0x4000000)
       S 04000000,8
       S 04003000,8
      SYSCALL[7,1](10) sys_mprotect ( 0x4000000, 32768, 1 )[sync] --> Success(0x0)
      SYSCALL[7,1](10) sys_mprotect ( 0x4000000, 32768, 1 )[sync] --> Success(0x0)
      SYSCALL[7,1](10) sys_mprotect ( 0x4003000, 4096, 3 )[sync] --> Success(0x0)
      SYSCALL[7,1](10) sys_mprotect ( 0x4000000, 32768, 1 )[sync] --> Success(0x0)
      SYSCALL[7,1](10) sys_mprotect ( 0x4003000, 4096, 3 )[sync] --> Success(0x0)
      SYSCALL[7,1](10) sys_mprotect ( 0x4003001, 4096, 3 )[sync] --> Failure(0x16)
      """;

  @Test
  void countsWhatChangesNotWhatIsSpanned() throws IOException {
    String csv = stats(LACKEY, "--format", "csv");

    assertThat(csv)
        .contains("calls,calls,6\n", "calls,failed,1\n", "calls,change_nothing,1\n")
        // 8 + 8 + 1 + 8 + 1 + 1 in the ranges; 8 + 0 + 1 + 1 + 1 change.
        .contains("pages_per_call,1.total,27\n", "pages_per_call,2.total,11\n")
        .contains("pages_per_call,2.median,1\n", "pages_per_call,2.max,8\n")
        // 2 + 2 + 1 + 2 + 1 resident in the ranges; 2 + 0 + 1 + 1 + 1 of them change.
        .contains("pages_per_call,3.total,8\n", "pages_per_call,4.total,5\n")
        .contains("flips,page_flips,11\n", "flips,of_untouched_pages,6\n")
        .contains("failed_calls,1.errno,EINVAL\n", "failed_calls,1.calls,1\n");
  }

  @Test
  void showsWhichPagesGoBackAndForthAndAfterHowLong() throws IOException {
    String csv = stats(LACKEY, "--format", "csv");

    assertThat(csv)
        // The page was closed by call 0, opened by 2, closed by 3, opened by 4.
        .contains("flips,that_take_the_one_before_back,3\n")
        .contains("between_two_flips_of_a_page,1.min,1\n", "between_two_flips_of_a_page,1.max,2\n")
        .contains("between_two_flips_of_a_page,2.median,\n") // lackey has no clock
        .contains("ranges_that_go_back_and_forth,1.address,0x4003000\n")
        .contains("ranges_that_go_back_and_forth,1.pages,1\n")
        .contains("ranges_that_go_back_and_forth,1.flips,4\n")
        .contains("ranges_that_go_back_and_forth,1.back,3\n")
        .contains("ranges_that_go_back_and_forth,1.between,r-- rw-\n")
        .doesNotContain("ranges_that_go_back_and_forth,2.");
  }

  @Test
  void countsVmasAgainstTheLimit() throws IOException {
    assertThat(stats(LACKEY, "--format", "csv"))
        .contains("vmas,most_in_one_process,3\n", "vmas,left_below_max_map_count,65527\n")
        .contains("most_vmas_in_the_course_of_the_trace,3.vmas,3\n")
        .contains("most_vmas_in_the_course_of_the_trace,4.vmas,1\n");
  }

  private static final String STRACE =
      """
      9 1795359909.000000 execve("./d", ["./d"], 0x7ffd /* 3 vars */) = 0 <0.000026>
       > /usr/lib/ld.so.2(_start+0x0) [0x1ab70]
      9 1795359909.000100 mprotect(0x7f90767fb000, 8192, PROT_READ) = 0 <0.000021>
       > /usr/lib/libc.so.6(__mprotect+0x7) [0x1000]
       > /opt/my dir/d(close_heap+0x10) [0x1100]
       > /opt/my dir/d(main+0x20) [0x1200]
       > /usr/lib/libc.so.6(__libc_start_main+0x85) [0x2000]
       > /opt/my dir/d(_start+0x20) [0x1300]
      9 1795359909.000300 mprotect(0x7f90767fb000, 4096, PROT_READ|PROT_WRITE) = 0 <0.000020>
       > /usr/lib/libc.so.6(__mprotect+0x7) [0x1000]
       > /opt/my dir/d() [0x1400]
      9 1795359909.000600 mprotect(0x7f90767fb000, 8192, PROT_READ) = 0 <0.000021>
       > /usr/lib/libc.so.6(__mprotect+0x7) [0x1000]
       > /opt/my dir/d(close_heap+0x10) [0x1100]
       > /opt/my dir/d(main+0x20) [0x1200]
       > /usr/lib/libc.so.6(__libc_start_main+0x85) [0x2000]
      9 1795359909.000700 +++ exited with 0 +++
      """;

  @Test
  void whatACallsOnlyTraceCannotKnowIsUnknown() throws IOException {
    String text = stats(STRACE);

    assertThat(text)
        .containsPattern("of_untouched_pages +unknown\n")
        .containsPattern("resident +- +- +- +-\n")
        .containsPattern("on_mappings_not_in_the_trace +3\n")
        // The first page is changed at 100, 300 and 600 us.
        .containsPattern("ns +200,000 +200,000 +300,000 +300,000\n");
    assertThat(stats(STRACE, "--format", "json")).contains("\"of_untouched_pages\": null");
  }

  @Test
  void namesTheCallersWhereThereAreStacks() throws IOException {
    Path events = directory.resolve("trace.arrow");
    String text = stats(STRACE);
    Cli.launch("import", directory.resolve("trace.log"), "-o", events);

    assertThat(text)
        .containsPattern(
            "    2 +4  d\\(close_heap\\+0x10\\) < d\\(main\\+0x20\\) <"
                + " libc.so.6\\(__libc_start_main\\+0x85\\)\n")
        .containsPattern("    1 +1  d\\(\\) \\[0x1400\\]\n");
    assertThat(Cli.launch("stats", events).out()).isEqualTo(text);
  }

  @Test
  void aTraceWithoutCallsHasFactsToo() throws IOException {
    assertThat(stats("9 1795359909.000000 brk(NULL) = 0x1000 <0.000026>\n"))
        .containsPattern("calls +0\n")
        .containsPattern("in the range +- +- +- +0\n");
  }
}
