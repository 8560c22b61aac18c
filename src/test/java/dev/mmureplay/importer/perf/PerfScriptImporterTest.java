package dev.mmureplay.importer.perf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.event.CallSite;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.Ledger;
import dev.mmureplay.importer.EventCsv;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.Importers;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.Mutations;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
        "fields-default",
        "lock-order",
        "lost",
        "odd-tasks",
        "plain",
        "read-implies-exec",
        "segments",
        "tasks",
        "tid-only",
        "untimed-records");
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

  /** The same recording, printed by {@code perf script} with other options. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "addr",
        "deltatime",
        "misc",
        "ns",
        "period",
        "pid",
        "reltime",
        "srcline",
        "symbols",
        "tod",
        "untimed",
        "untimed-period"
      })
  void otherFieldsMakeTheSameEvents(String fields) throws IOException {
    EventCsv.Imported expected = fields("default");
    EventCsv.Imported found = fields(fields);
    boolean timed = !List.of("deltatime", "untimed", "untimed-period").contains(fields);
    boolean cpus = !fields.equals("untimed-period");

    assertThat(found.report().ledger().rejections()).isEmpty();
    assertThat(columns(found, false, cpus)).isEqualTo(columns(expected, false, cpus));
    assertThat(found.report().fidelity())
        .isEqualTo(expected.report().fidelity().withClock(timed).withCpus(cpus));
    if (!timed) {
      assertThat(columns(found, true, cpus)).allMatch(row -> row.endsWith(";;"));
    } else if (!List.of("ns", "reltime").contains(fields)) {
      assertThat(columns(found, true, cpus)).isEqualTo(columns(expected, true, cpus));
    }
    long more = fields.equals("srcline") ? 64 : 0;
    assertThat(found.report().ledger().ignoredByRule().getOrDefault("source-line", 0L))
        .isEqualTo(more);
  }

  private EventCsv.Imported fields(String name) throws IOException {
    byte[] text = EventCsv.resource("perf/fields-" + name + ".log");
    assertThat(importer.recognises(text)).isTrue();
    return EventCsv.importOnly(importer, name, text);
  }

  /** Returns the events without their lines, with or without time, duration and CPU. */
  private static List<String> columns(EventCsv.Imported imported, boolean times, boolean cpus) {
    return imported.events().stream()
        .map(row -> row.split(",", -1))
        .map(
            row ->
                row[1]
                    + row[2]
                    + row[3]
                    + (cpus ? row[4] : "")
                    + String.join(",", Arrays.asList(row).subList(7, row.length))
                    + (times ? ";" + row[5] + ";" + row[6] : ""))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "no-task, event without its task (-F tid)",
    "no-values, event without its values (-F trace)"
  })
  void whatPerfWasNotAskedToPrintIsNamed(String fields, String reason) throws IOException {
    assertThat(fields(fields).report().ledger().rejectedByReason()).containsOnlyKeys(reason);
  }

  /** A name may look like columns that perf prints between the task and the time. */
  @ParameterizedTest
  @CsvSource({
    "'wl 2 77 [000] K 2026-11-26 05:39:31.366534 5.000000001: 1 syscalls:sys_exit_brk: 0x7', 77, 0",
    "'wl 2 77 KSp 5.000000001: syscalls:sys_exit_brk: 0x7', 77,",
    "'K 77 5.000000001: syscalls:sys_exit_brk: 0x7', 77,",
    "'a:b: c 77          3 syscalls:sys_exit_brk: 0x7', 77,",
    "'a 3 77 syscalls:sys_exit_brk: 0x7', 77,",
    "'a 77 1234567890 syscalls:sys_exit_brk: 0x7', 77,",
    "'77 [003] syscalls:sys_exit_brk: 0x7', 77, 3",
    "'           77 syscalls:sys_exit_brk: 0x7', 77,"
  })
  void tellsTheTaskFromWhatStandsAroundIt(String text, int tid, @Nullable Integer cpu)
      throws IOException {
    LineScanner line =
        new LineScanner(new ByteArrayInputStream((text + "\n").getBytes(StandardCharsets.UTF_8)));
    PerfLine columns = new PerfLine();

    assertThat(line.nextLine()).isTrue();
    assertThat(columns.read(line)).isTrue();
    assertThat(columns.tid()).isEqualTo(tid);
    assertThat(columns.cpu()).isEqualTo(cpu == null ? EventSchema.UNKNOWN_INT : cpu);
    assertThat(columns.hasClock()).isEqualTo(text.contains(" 5."));
    assertThat(line.rest()).isEqualTo(" 0x7");
  }

  @Test
  void aLineWithoutATimeAmongLinesWithOneIsRejected() throws IOException {
    String text =
        """
        a 7 5.000000001: exceptions:page_fault_user: address=0x7000 ip=0x5 error_code=0x4
        a 7 exceptions:page_fault_user: address=0x8000 ip=0x5 error_code=0x4
        """;
    ImportReport report =
        EventCsv.importOnly(importer, "mixed", text.getBytes(StandardCharsets.UTF_8)).report();

    assertThat(report.ledger().rejectedByReason()).containsOnlyKeys("unrecognised line");
    assertThat(report.fidelity().clock()).isTrue();
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
