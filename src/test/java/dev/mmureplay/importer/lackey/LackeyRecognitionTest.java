package dev.mmureplay.importer.lackey;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guards against claiming the trace of another tool, or not knowing one's own. */
class LackeyRecognitionTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "==7== Lackey, an example Valgrind tool\n",
        "the program's own words\n==7== Lackey, an example Valgrind tool\n",
        "I  0401ab70,3\n",
        "I  0401ab70,3",
        " L 1fff000ae8,8\n S 1fff000d28,8\n M 04033e06,1\n",
        "I  0401ab70,3\nI  0401ab73,5\n S 1fff0",
        "--7--   SCHED[1]:  acquired lock (x)\n\nI  0401ab70,3\n",
        "SYSCALL[7,1](3) sys_close ( 3 )[sync] --> Success(0x0) \nI  0401ab70,3\n",
      })
  void isALackeyLog(String head) {
    assertThat(recognises(head)).isTrue();
  }

  @Test
  void anExcerptThatBeginsInMidLineIsALackeyLog() throws IOException {
    byte[] log = LackeyLogs.real();
    assertThat(new LackeyImporter().recognises(Arrays.copyOfRange(log, 20_003, 30_011))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n\n",
        "==7== Memcheck, a memory error detector\n==7== Command: ls\n",
        "SYSCALL[7,1](3) sys_close ( 3 )[sync] --> Success(0x0) \n",
        "write(2, \"==7== Lackey, an example Valgrind tool\\n\", 39) = 39\n",
        "7 mprotect(0x7f0000001000, 4096, PROT_READ) = 0\n",
        "demo 13787/13787 [000]  2572.446989078: syscalls:sys_enter_mprotect: start: 0x7f, len: 1\n",
        "# adplug 1 pages=1 code=1 pid=4802 clock=CLOCK_MONOTONIC ns\n580 651 0 27457 r 4002805000\n",
        "I  0401ab70,3\nsomething else\nand more of it\n",
        "I 0401ab70,3\n",
        " L 0401ab70 8\n",
        "2 0401ab70\n0 1fff000d28\n",
      })
  void isNoLackeyLog(String head) {
    assertThat(recognises(head)).isFalse();
  }

  private static boolean recognises(String head) {
    return new LackeyImporter().recognises(LackeyLogs.bytes(head));
  }
}
