package dev.mmureplay.importer.ftrace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.event.Ledger;
import dev.mmureplay.importer.EventCsv;
import dev.mmureplay.importer.Importers;
import dev.mmureplay.importer.Mutations;
import dev.mmureplay.importer.TraceImporter;
import dev.mmureplay.importer.TraceSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guards against a dialect of the kernel's tracer being read wrongly or not at all. */
class FtraceImporterTest {
  private final FtraceImporter importer = new FtraceImporter();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "calls",
        "latency",
        "lost",
        "names",
        "odd-tasks",
        "raw",
        "tracecmd",
        "unknown-lost",
        "xen-fork-exec",
        "xen-mprotect",
        "xen-traps"
      })
  void makesTheEventsThatLieBesideTheLog(String name) throws IOException {
    assertThat(EventCsv.importAll(importer, name, resource(name)))
        .containsExactlyElementsOf(EventCsv.resourceLines("ftrace/" + name + ".events.csv"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "calls",
        "latency",
        "lost",
        "names",
        "odd-tasks",
        "raw",
        "tracecmd",
        "unknown-lost",
        "xen-fork-exec",
        "xen-mprotect",
        "xen-traps"
      })
  void isTheOnlyOneThatRecognisesItsLogs(String name) throws IOException {
    try (TraceSource source = TraceSource.of(name, resource(name))) {
      assertThat(Importers.recognise(source)).isInstanceOf(FtraceImporter.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8738  1795359909.000144 brk(NULL)       = 0x56282301e000 <0.000009>\n",
        "[pid  9609] 1795359909.000144 brk(NULL) = 0x56282301e000\n",
        "     0.075 ( 0.024 ms): demo/25558 brk()  = 0x563b7bd4f000\n",
        "            demo  9816/9816  [000]   894.013229520:   exceptions:page_fault_user: a\n",
        "            demo  9816 [000]   894.013232:      syscalls:sys_enter_mprotect: start: 0x7f\n",
        "            demo -1 [000]   894.013232:      syscalls:sys_enter_mprotect: start: 0x7f\n",
        "# ========\n# captured on    : today\n",
        "==1== Lackey, an example Valgrind tool\nI  04025310,3\n",
        "# adplug 1 pages=1 code=1 pid=4802 clock=CLOCK_MONOTONIC ns\n577 65 0 27457 S 10 40\n",
        "P 1 2 3 0 7f00 1000 1\n",
        "cpus=2\nno columns here\n",
        "\n",
        ""
      })
  void recognisesNoOtherTool(String head) {
    assertThat(importer.recognises(head.getBytes(StandardCharsets.UTF_8))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"perf/calls.log", "perf/plain.log", "perf/tid-only.log", "strace/calls.log"})
  void leavesTheLogsOfOthersToThem(String name) throws IOException {
    byte[] text = EventCsv.resource(name);
    byte[] head = Arrays.copyOf(text, Math.min(text.length, Importers.HEAD_BYTES));
    assertThat(Importers.all().stream().filter(each -> each.recognises(head)))
        .extracting(TraceImporter::name)
        .containsExactly(name.substring(0, name.indexOf('/')));
  }

  @Test
  void keepsEachMarkersTextOnce() throws IOException {
    assertThat(EventCsv.importOnly(importer, "names", resource("names")).report().markers())
        .containsExactly("CASE 3 aligned-N1-w2r BEGIN", "CASE 3 aligned-N1-w2r END ret=0");
  }

  @Test
  void isFromStartOnlyIfEachProcessWasSeenToBegin() throws IOException {
    String exec = "demo-10 [000] 1.000001: sched_process_exec: filename=demo pid=10 old_pid=10\n";
    String fork = "demo-10 [000] 1.000002: task_newtask: pid=11 comm=demo clone_flags=1200011\n";
    String fault = "-11 [000] 1.000003: page_fault_user: address=0x1000 ip=0x1 error_code=0x4\n";
    assertThat(fromStart(exec + fork + "demo" + fault)).isTrue();
    assertThat(fromStart(fork + "demo" + fault)).isFalse();
    assertThat(fromStart(exec + "demo" + fault)).isFalse();
    assertThat(fromStart(exec)).isFalse();
    assertThat(fromStart(exec + fork + "CPU:1 [LOST 9 EVENTS]\n" + "demo" + fault)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"calls", "lost", "names", "raw", "tracecmd", "xen-fork-exec", "xen-traps"})
  void accountsForEveryLineWhateverTheDamage(String name) throws IOException {
    for (byte[] damaged : Mutations.of(resource(name), 42, 400)) {
      Ledger ledger = EventCsv.importOnly(importer, "test", damaged).report().ledger();
      ledger.check("test");
      importer.recognises(damaged);
    }
  }

  private boolean fromStart(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return EventCsv.importOnly(importer, "test", bytes).report().fidelity().fromStart();
  }

  private static byte[] resource(String name) throws IOException {
    return EventCsv.resource("ftrace/" + name + ".log");
  }
}
