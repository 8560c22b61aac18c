package dev.mmureplay.importer.adsnap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.event.Ledger;
import dev.mmureplay.importer.EventCsv;
import dev.mmureplay.importer.Importers;
import dev.mmureplay.importer.Mutations;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A PTE that is given to the wrong call, or to the wrong side of it, makes a right model wrong. */
class AdsnapImporterTest {
  private final AdsnapImporter importer = new AdsnapImporter();

  private static byte[] log(String name) throws IOException {
    return EventCsv.resource("adsnap/" + name + ".log");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "calls",
        "endless",
        "exec",
        "execve",
        "read-implies-exec",
        "unsorted",
        "moved",
        "damaged",
        "no-ptes"
      })
  void makesTheEventsThatLieBesideTheLog(String name) throws IOException {
    assertThat(EventCsv.importAll(importer, name, log(name)))
        .containsExactlyElementsOf(EventCsv.resourceLines("adsnap/" + name + ".events.csv"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"calls", "unsorted", "damaged", "no-ptes", "exec"})
  void recognisesItsOwnLogs(String name) throws IOException {
    byte[] text = log(name);
    assertThat(
            importer.recognises(Arrays.copyOf(text, Math.min(text.length, Importers.HEAD_BYTES))))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Attaching 1 probe...\nhello 5\n",
        "8738  1795359909.000144 brk(NULL)       = 0x56282301e000 <0.000009>\n",
        "demo 100/100 [000] 1.000000100: syscalls:sys_enter_brk: brk: 0x00000000\n",
        "577 6511549890153 0 27457 S 10 4002a2f000 4000 0 400285fa20 ffffffff 0\n",
        "P 1 2 3\n",
        "\n",
        ""
      })
  void recognisesNoOtherTool(String head) {
    assertThat(importer.recognises(head.getBytes(StandardCharsets.UTF_8))).isFalse();
  }

  @Test
  void aBitOfTheByteIsABitOfThePte() {
    assertThat(PteByte.word(0x00)).isZero();
    assertThat(PteByte.word(0x1f)).isEqualTo(0x8000_0000_0000_0063L);
    assertThat(PteByte.word(0x95)).isEqualTo(0x8400_0000_0000_0021L);
    assertThat(PteByte.word(0xc4)).isEqualTo(0x0400_0000_0000_0120L);
    assertThat(PteByte.word(0x27)).isEqualTo(0xa3L);
  }

  @Test
  void linesThatWaitAreBoundedInNumber() throws IOException {
    StringBuilder text = new StringBuilder("Attaching 1 probe...\n");
    int lines = TimeWindow.LINES + 3;
    for (int i = 0; i < lines; i++) {
      text.append("Q ").append(1_000_000 + i).append(" 5 5\n");
    }
    // The first has left by now, and with it everything that is earlier.
    text.append("Q 1000001 5 5\nQ 1000003 5 5\n");
    Ledger ledger = read(text.toString().getBytes(StandardCharsets.UTF_8));
    assertThat(ledger.rejectedByReason()).containsEntry("too late to be sorted", 1L).hasSize(1);
    assertThat(ledger.parsedCount()).isEqualTo(lines + 1);
  }

  @Test
  void aTraceIsFromTheStartIfEveryProcessIsSeenToBegin() throws IOException {
    String exec = new String(log("exec"), StandardCharsets.UTF_8);

    assertThat(fromStart(exec)).isTrue();
    assertThat(fromStart(exec.replaceFirst("X .*\n", ""))).isFalse();
    assertThat(fromStart(exec + "Lost 3 events\n")).isFalse();
    assertThat(fromStart(exec + "B 783174923680 77 77 0 0\nb 783174923690 77 77 0 5570dd010000\n"))
        .isFalse();
    assertThat(fromStart(new String(log("calls"), StandardCharsets.UTF_8))).isFalse();
  }

  @Test
  void aLossWithoutAPlaceIsLostAndMarksNone() throws IOException {
    String exec = new String(log("exec"), StandardCharsets.UTF_8);
    byte[] text =
        (exec.replace("Attaching 20 probes...", "Attached 20 probes")
                + "Lost 7 events, in unknown places\n")
            .getBytes(StandardCharsets.UTF_8);

    EventCsv.Imported imported = EventCsv.importOnly(importer, "test", text);
    assertThat(importer.recognises(text)).isTrue();
    assertThat(imported.report().fidelity().lost()).isEqualTo(7);
    assertThat(imported.report().fidelity().fromStart()).isFalse();
    assertThat(imported.events()).noneMatch(row -> row.contains("LOST"));
    imported.report().ledger().check("test");
  }

  private boolean fromStart(String log) throws IOException {
    byte[] text = log.getBytes(StandardCharsets.UTF_8);
    return EventCsv.importOnly(importer, "test", text).report().fidelity().fromStart();
  }

  @ParameterizedTest
  @ValueSource(strings = {"calls", "unsorted", "damaged", "exec"})
  void accountsForEveryLineWhateverTheDamage(String name) throws IOException {
    for (byte[] damaged : Mutations.of(log(name), 42, 400)) {
      read(damaged);
      importer.recognises(damaged);
    }
  }

  private Ledger read(byte[] text) throws IOException {
    Ledger ledger = EventCsv.importOnly(importer, "test", text).report().ledger();
    ledger.check("test");
    return ledger;
  }
}
