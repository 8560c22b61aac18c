package dev.mmureplay.importer.perf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.event.CallSite;
import dev.mmureplay.event.Ledger;
import dev.mmureplay.importer.EventCsv;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.Importers;
import dev.mmureplay.importer.Mutations;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Guards against pairing or counting records of perf wrongly where some of them are missing. */
class PerfScriptImporterTest {
  private final PerfScriptImporter importer = new PerfScriptImporter();

  /** Each with its events beside it. */
  static List<String> logs() {
    return List.of(
        "attached",
        "calls",
        "exec",
        "faults",
        "lock-order",
        "lost",
        "odd-tasks",
        "plain",
        "read-implies-exec",
        "segments",
        "tasks",
        "read-implies-exec",
        "tasks",
        "tid-only");
  }

  @ParameterizedTest
  @MethodSource("logs")
  void makesTheEventsThatLieBesideTheLog(String name) throws IOException {
    assertThat(EventCsv.importAll(importer, name, EventCsv.resource("perf/" + name + ".log")))
        .containsExactlyElementsOf(EventCsv.resourceLines("perf/" + name + ".events.csv"));
  }

  @ParameterizedTest
  @MethodSource("logs")
  void recognisesItsOwnLogs(String name) throws IOException {
    byte[] text = EventCsv.resource("perf/" + name + ".log");
    assertThat(
            importer.recognises(Arrays.copyOf(text, Math.min(text.length, Importers.HEAD_BYTES))))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8738  1795359909.000144 brk(NULL)       = 0x56282301e000 <0.000009>\n",
        "     0.075 ( 0.024 ms): demo/25558 brk()  = 0x563b7bd4f000\n",
        "            demo-13920   (  13920) [000] .....  2589.367603: sys_mprotect -> 0x0\n",
        "            demo-11501   (  11501) [001] d....  1042.418881: page_fault_user: address=0x7\n",
        "cpus=2\ncapx:   demo-11910 [001]  1071.150567: page_fault_user: address=0x55 ip=0x7f\n",
        "# tracer: nop\n#\n",
        "==1== Lackey, an example Valgrind tool\nI  04025310,3\n",
        "P 1 2 3 0 7f00 1000 1\n",
        "\n",
        ""
      })
  void recognisesNoOtherTool(String head) {
    assertThat(importer.recognises(head.getBytes(StandardCharsets.UTF_8))).isFalse();
  }

  @Test
  void recognisesAHeaderThatFillsTheHead() {
    String head = "# ========\n# captured on    : today\n" + "# event : name = x\n".repeat(1_000);
    assertThat(importer.recognises(head.getBytes(StandardCharsets.UTF_8))).isTrue();
  }

  @Test
  void readsARealRecordingWithoutRejectingALine() throws IOException {
    EventCsv.Imported imported =
        EventCsv.importOnly(importer, "real", EventCsv.resource("perf/real.log"));
    assertThat(imported.report().ledger().rejections()).isEmpty();
    assertThat(imported.events().stream().filter(line -> line.contains(",MPROTECT,"))).hasSize(3);
  }

  @Test
  void rejectsALastLineThatWasCut() throws IOException {
    String text =
        """
        demo 100/100 [000] 1.000000100: syscalls:sys_enter_brk: brk: 0x00000000
        demo 100/100 [000] 1.000000110: syscalls:sys_exit_brk: 0x5612""";
    Ledger ledger = read(text.getBytes(StandardCharsets.UTF_8));
    assertThat(ledger.rejectedByReason()).containsOnlyKeys("truncated line");
    assertThat(ledger.ignoredByRule()).containsOnlyKeys("call-never-returned");
  }

  @ParameterizedTest
  @ValueSource(strings = {"attached", "calls", "exec", "faults", "lost", "plain", "tasks"})
  void accountsForEveryLineWhateverTheDamage(String name) throws IOException {
    byte[] text = EventCsv.resource("perf/" + name + ".log");
    for (byte[] damaged : Mutations.of(text, 42, 400)) {
      read(damaged);
      importer.recognises(damaged);
    }
  }

  private Ledger read(byte[] text) throws IOException {
    Ledger ledger = EventCsv.importOnly(importer, "test", text).report().ledger();
    ledger.check("test");
    return ledger;
  }

  /** perf record -g; the second call's chain ends in the C library, the last call has none. */
  @Test
  void countsFromWhereProtectionsAreChanged() throws IOException {
    String text =
        """
        demo 100/100 [000] 1.000000100: syscalls:sys_enter_mprotect: start: 0x7f0000000000, len: 0x00004001, prot: 0x00000001
        \t           20d07 mprotect+0x7 (/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2)
        \t           1de39 dl_main+0x1e79 (/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2)
        \t           1a34f [unknown] (/opt/my app/demo)

        demo 100/100 [000] 1.000000200: syscalls:sys_exit_mprotect: 0x0
        \t           99999 mprotect+0x7 (/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2)
        \t           99999 elsewhere+0x1 (/bin/demo)

        demo 100/100 [000] 1.000000300: syscalls:sys_enter_mprotect: start: 0x7f0000000000, len: 0x00001000, prot: 0x00000003
        \t          101a37 __mprotect+0x7 (/usr/lib/x86_64-linux-gnu/libc.so.6)

        demo 100/100 [000] 1.000000400: syscalls:sys_exit_mprotect: 0x0
        demo 100/100 [000] 1.000000500: syscalls:sys_enter_munmap: addr: 0x7f0000000000, len: 0x00001000
        \t           99999 munmap+0x7 (/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2)
        demo 100/100 [000] 1.000000600: syscalls:sys_enter_mprotect: start: 0x7f0000000000, len: 0x00001000, prot: 0x00000003
        """;

    ImportReport report =
        EventCsv.importOnly(importer, "test", text.getBytes(StandardCharsets.UTF_8)).report();

    assertThat(report.sites())
        .containsExactly(
            new CallSite("ld-linux-x86-64.so.2(dl_main+0x1e79) < demo() [0x1a34f]", 1, 5),
            new CallSite("libc.so.6(__mprotect+0x7)", 1, 1));
    assertThat(report.ledger().rejectedCount()).isZero();
  }
}
