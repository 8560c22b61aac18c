package dev.mmureplay.importer.xentrace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.importer.EventCsv;
import dev.mmureplay.importer.Importers;
import dev.mmureplay.importer.Mutations;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Hazard: the text of a record is read as something else than the record was. */
final class XenalyzeImporterTest {
  private static final String TEXT =
      """
                      x d?v? hypercall  e (update_va_mapping) eip ffffffff81000000
         0.000000110 x| d2v1 sched_switch prev d0v1 next d2v1
         0.000000120 x| d2v1 hypercall  1 (mmu_update) 31 updates
         0.000000130 x| d2v1 hypercall  d (multicall) 3 calls
         0.000000131 x| d2v1  hypercall 1a (mmuext_op) 1 ops
         0.000000140 x| d2v1 hypercall  3 (stack_switch) ?? ??
         0.000000150 |x d2v0 ptwr l1e 8000000012345067 eip ffffffff81000000 addr ffff888034567008
         0.000000160 x| d2v1 page_fault[ 401000 0 40201008 7f 6 ]
         0.000000161 x| d2v1 page_fault[ 81000000 ffffffff 1000 ffff8880 0 ]
         0.000000163 x| d2v1 page_fault[ 8048000 8049000 14 ]
         0.000000170 x| d2v1 trap d eip 401000
      ]  0.000000175 x| d2v1   28006(2:8:6) 2 [ 2 1 ]
         0.000000180 x| d2v1 lost_records count 77 d2v1 (cur d2v1) first_tsc 175
      = Total time: 1.23 seconds
         0.000000190 x| d2v1 page_fault[ 1 ]
      """;

  private final XenalyzeImporter importer = new XenalyzeImporter();

  @Test
  void eachLineBecomesWhatItsRecordDoes() throws IOException {
    EventCsv.Imported imported =
        EventCsv.importOnly(importer, "test", TEXT.getBytes(StandardCharsets.UTF_8));

    assertThat(imported.events())
        .containsExactly(
            "1,OBSERVED_XEN,32768,1073741824,0,,,,,,0xe09,,,,,,1",
            "2,SCHED_SWITCH,2,65537,0,110,,,,,,,,,,,1",
            "3,OBSERVED_XEN,2,65537,0,120,,,31,,0x109,,,,,,1",
            "4,OBSERVED_XEN,2,65537,0,130,,,3,,0xd09,,,,,,1",
            "5,OBSERVED_XEN,2,65537,0,131,,,1,,0x1a0a,,,,,,1",
            "6,OBSERVED_XEN,2,65537,0,140,,,,,0x309,,,,,,1",
            "7,OBSERVED_XEN,2,65536,1,150,,0xffff888034567008,,,0x8,,,,,-9223372036549357465,1",
            "8,WRITE,2,65537,0,160,,0x7f40201008,,,0x10006,,,,,,1",
            "10,FETCH,2,65537,0,163,,0x8049000,,,0x10014,,,,,,1",
            "13,LOST,2,65537,0,180,,,,,,,,,,,77");
    assertThat(imported.report().ledger().ignoredByRule())
        .containsEntry("fault-at-kernel-address", 1L)
        .containsEntry("other-record", 2L);
    assertThat(imported.report().ledger().rejections())
        .extracting(each -> each.line() + " " + each.reason())
        .containsExactly("14 unrecognised line", "15 unreadable record");
    assertThat(imported.report().fidelity().clock()).isTrue();
  }

  /**
   * xenalyze of Xen 4.23 made the text of the file; it says more than the file, in its own words.
   */
  @Test
  void theTextThatXenalyzeMakesOfAFileGivesTheSameEventsAsTheFile() throws IOException {
    EventCsv.Imported text =
        EventCsv.importOnly(importer, "text", EventCsv.resource("xenalyze/records.log"));
    EventCsv.Imported file =
        EventCsv.importOnly(
            new XentraceImporter(), "file", EventCsv.resource("xentrace/records.bin"));

    assertThat(text.events())
        .hasSize(12)
        .extracting(XenalyzeImporterTest::withoutLineAndTime)
        .containsExactlyElementsOf(
            file.events().stream().map(XenalyzeImporterTest::withoutLineAndTime).toList());
    assertThat(text.report().ledger().ignoredByRule())
        .containsEntry("message", 14L)
        .containsEntry("sched-switch-times", 2L)
        .containsEntry("lost-records-end", 2L);
    assertThat(text.report().ledger().rejectedCount()).isZero();
  }

  private static String withoutLineAndTime(String event) {
    String[] columns = event.split(",", -1);
    columns[0] = "";
    columns[5] = "";
    return String.join(",", columns);
  }

  /** xenalyze forgets to end the line; a record that lost its beginning is no message. */
  @Test
  void aRecordBehindAMessageIsReadAndADamagedOneIsNoMessage() throws IOException {
    String text =
        """
        d2v1 RUNSTATE_RUNNING detected, leaving INIT   0.000000120 x| d2v1 hypercall  1 (mmu_update) 3 updates
        x| d2v1 hypercall  1 (mmu_update) 4 updates
          Not updating.
        0.000000130 x| d2v1 runstate_change d2v1 runnable->running
        """;
    EventCsv.Imported imported =
        EventCsv.importOnly(importer, "test", text.getBytes(StandardCharsets.UTF_8));

    assertThat(imported.events()).containsExactly("1,OBSERVED_XEN,2,65537,0,120,,,3,,0x109,,,,,,1");
    assertThat(imported.report().ledger().ignoredByRule()).containsOnlyKeys("message");
    assertThat(imported.report().ledger().rejections())
        .extracting(each -> each.line() + " " + each.reason())
        .containsExactly("2 unrecognised line", "4 unrecognised line");
  }

  @Test
  void isRecognisedByItsRecordsAndByNobodyElse() {
    byte[] head = TEXT.getBytes(StandardCharsets.UTF_8);

    assertThat(Importers.all().stream().filter(each -> each.recognises(head)))
        .extracting(each -> each.name())
        .containsExactly("xenalyze");
  }

  @Test
  void leavesTheLogsOfOthersToThem() throws IOException {
    for (String name : new String[] {"perf/calls.log", "strace/calls.log", "ftrace/calls.log"}) {
      assertThat(importer.recognises(EventCsv.resource(name))).as(name).isFalse();
    }
  }

  @Test
  void accountsForEveryLineWhateverTheDamage() throws IOException {
    for (byte[] damaged : Mutations.of(TEXT.getBytes(StandardCharsets.UTF_8), 42, 1_000)) {
      EventCsv.importOnly(importer, "test", damaged).report().ledger().check("test");
      importer.recognises(damaged);
    }
  }
}
