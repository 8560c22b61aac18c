package dev.mmureplay.importer.lackey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.event.Fidelity;
import dev.mmureplay.importer.lackey.LackeyLogs.Imported;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Guards against accesses on the wrong page, by the wrong thread, or in the wrong number. */
class LackeyAccessesTest {
  @Test
  void kindsStraddlesAndModifications() throws IOException {
    // Bytes 0x1ffe to 0x2001 lie on pages 1 and 2; 0x1ff8 to 0x1fff on page 1 alone.
    String log =
        """
        I  00001ffe,4
         L 00001ff8,8
         S 00001fff,2
         M 00003ffc,8
        """;
    assertThat(LackeyLogs.imported(log, LackeyLogs.UNFOLDED).events())
        .containsExactly(
            "FETCH 1/1 1ffe @1",
            "FETCH 1/1 2000 @1",
            "READ 1/1 1ff8 @2",
            "WRITE 1/1 1fff @3",
            "WRITE 1/1 2000 @3",
            "READ 1/1 3ffc @4",
            "WRITE 1/1 3ffc @4",
            "READ 1/1 4000 @4",
            "WRITE 1/1 4000 @4");
  }

  @Test
  void foldedAccessesKeepTheOrderOfTheFirstTouchAndTheirNumber() throws IOException {
    String log =
        """
        I  00001000,4
         L 00002000,8
        I  00001004,4
         S 00002008,8
         M 00002010,8
         L 00001000,8
        I  00001ffe,4
        """;
    assertThat(LackeyLogs.imported(log, LackeyLogs.FOLDED).events())
        .containsExactly(
            "FETCH 1/1 1000 x3 @1",
            "READ 1/1 2000 x2 @2",
            "WRITE 1/1 2000 x2 @4",
            "READ 1/1 1000 @6",
            "FETCH 1/1 2000 @7");
  }

  @Test
  void foldingStartsOverAtCallsAboutMemoryAndThreadSwitchesOnly() throws IOException {
    String log =
        """
        --7--   SCHED[1]:  acquired lock (x)
         L 00001000,8
        SYSCALL[7,1](3) sys_close ( 3 )[sync] --> Success(0x0)
        --7--   SCHED[1]: releasing lock (x) -> VgTs_WaitSys
        --7--   SCHED[1]:  acquired lock (x)
         L 00001000,8
        SYSCALL[7,1](10) sys_mprotect ( 0x1000, 4096, 1 )[sync] --> Success(0x0)
         L 00001000,8
        --7--   SCHED[2]:  acquired lock (x)
         L 00001000,8
        --7--   SCHED[1]:  acquired lock (x)
         L 00001000,8
        """;
    Imported folded = LackeyLogs.imported(log, LackeyLogs.FOLDED);
    assertThat(folded.events())
        .containsExactly(
            "READ 7/1 1000 x2 @2",
            "MPROTECT 7/1 1000 +1000 prot=1 = 0 @7",
            "READ 7/1 1000 @8",
            "READ 7/2 1000 @10",
            "READ 7/1 1000 @12");
    assertThat(folded.report().ledger().ignoredByRule())
        .isEqualTo(Map.of("scheduler-message", 3L, "syscall-not-about-memory", 1L));
  }

  @Test
  void withoutSchedulerLinesTheLastCallerOwnsTheAccesses() throws IOException {
    String log =
        """
        ==7== Lackey, an example Valgrind tool
         L 00001000,8
        SYSCALL[7,2](3) sys_close ( 3 )[sync] --> Success(0x0)
         L 00001000,8
        """;
    Imported imported = LackeyLogs.imported(log, LackeyLogs.FOLDED);
    assertThat(imported.events()).containsExactly("READ 7/1 1000 @2", "READ 7/2 1000 @4");
    assertThat(imported.report().fidelity().threads()).isFalse();
  }

  @Test
  void accessesBeforeAnyNameBelongToTheProcessNamedLater() throws IOException {
    String log = " L 00001000,8\nSYSCALL[7,1](12) sys_brk ( 0x0 ) --> Success(0x5000)\n";
    assertThat(LackeyLogs.imported(log, LackeyLogs.FOLDED).events())
        .containsExactly("READ 7/1 1000 @1", "BRK 7/1 0 = 5000 @2");
  }

  @Test
  void aNameThatComesTooLateIsNotASecondProcess() throws IOException {
    String log = " L 00001000,8\n".repeat(10_000) + "--7--   SCHED[1]:  acquired lock (x)\n";
    Imported imported = LackeyLogs.imported(log, LackeyLogs.FOLDED);
    assertThat(imported.events()).containsExactly("READ 1/1 1000 x10000 @1");
    assertThat(imported.report().fidelity().threads()).isTrue();
  }

  @Test
  void theCaptureKnowsEveryAccessAndLittleElse() throws IOException {
    String log =
        """
        ==7== Lackey, an example Valgrind tool
        ==7== Command: prog -x "a b"
        ==7== Parent PID: 6
        ==7==\s
         L 00001000,8
        SCHEDSETJMP(line 1034) tid 1, jumped=1476725570
        ==7==   total:  3 Command: not this one
        """;
    Imported imported = LackeyLogs.imported(log, LackeyLogs.FOLDED);
    assertThat(imported.report().fidelity())
        .isEqualTo(
            new Fidelity(Fidelity.Accesses.EVERY, true, false, false, false, true, false, 0));
    assertThat(imported.report().command()).isEqualTo("prog -x \"a b\"");
    assertThat(imported.report().ledger().ignoredByRule())
        .isEqualTo(Map.of("valgrind-message", 5L, "scheduler-jump", 1L));
  }

  @Test
  void anExcerptDoesNotClaimToBeginAtTheStart() throws IOException {
    Imported imported = LackeyLogs.imported(" L 00001000,8\n", LackeyLogs.FOLDED);
    assertThat(imported.report().fidelity().fromStart()).isFalse();
    assertThat(imported.report().command()).isNull();
  }

  @Test
  void addressesUseAll64Bits() throws IOException {
    String log = " L ffffffffff600000,8\n L FFFFFFFFFF600008,8\n L 0,8\n L 1fff000ae8,8\n";
    assertThat(LackeyLogs.imported(log, LackeyLogs.FOLDED).events())
        .containsExactly(
            "READ 1/1 ffffffffff600000 x2 @1", "READ 1/1 0 @3", "READ 1/1 1fff000000 @4");
  }

  @Test
  void tornAndDamagedLinesAreRejectedWithTheirReason() throws IOException {
    List<String> damaged =
        List.of(
            "  L 00111353,8",
            " L 00111353",
            " L ,8",
            " L 00111353,",
            " L 00111353,8 ",
            " L 00111353,8 S 1000,8",
            " L 11112222333344445,8",
            "I  0401ab7I  0401ab70,3",
            " L 00001000,0",
            " L 00001000,4097",
            " L 00001000,99999999999999999999",
            " X 00001000,8",
            "I 00001000,8",
            "hello, world");
    for (boolean last : new boolean[] {true, false}) {
      for (String line : damaged) {
        // Behind the line enough text for the fast path, or nothing at all.
        String log = last ? line : line + "\n" + " S 00002000,4\n".repeat(4);
        Imported imported = LackeyLogs.imported(log, LackeyLogs.FOLDED);
        assertThat(imported.events()).as(line).hasSize(last ? 0 : 1);
        assertThat(imported.report().ledger().rejections()).as(line).hasSize(1);
        assertThat(imported.report().ledger().rejections().get(0).text()).isEqualTo(line);
      }
    }
    Imported all = LackeyLogs.imported(String.join("\n", damaged), LackeyLogs.FOLDED);
    assertThat(all.report().ledger().rejectedByReason())
        .isEqualTo(Map.of("not-lackey", 4L, "access-malformed", 8L, "access-size", 2L));
  }

  @Test
  void carriageReturnsChangeNothing() throws IOException {
    String log = "I  00001000,4\n L 00001ffe,8\nI  00001004,4\n\n";
    assertThat(LackeyLogs.imported(log.replace("\n", "\r\n"), LackeyLogs.FOLDED).events())
        .isEqualTo(LackeyLogs.imported(log, LackeyLogs.FOLDED).events());
  }
}
