package dev.mmureplay.importer.xentrace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.importer.EventCsv;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.Importers;
import dev.mmureplay.importer.Mutations;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Hazard: a record is taken for another one, or for that of another CPU's vcpu. */
final class XentraceImporterTest {
  private static final int PAGE_FAULT_64 = 0x0020_1104;
  private static final int PAGE_FAULT_32 = 0x0020_1004;
  private static final int PTWR_64 = 0x0020_110b;
  private static final int PTWR_PAE = 0x0020_100c;
  private static final int HYPERCALL_64 = 0x0020_1101;
  private static final int HYPERCALL_V2 = 0x0020_100d;
  private static final int SUBCALL = 0x0020_200e;
  private static final int TRAP_64 = 0x0020_1103;
  private static final int SCHED_SWITCH = 0x0002_800a;
  private static final int LOST_RECORDS = 0x0001_f001;
  private static final int WRAP_BUFFER = 0x0001_f002;

  /** From runnable (1) to running (0): the old state in bits 8 and 9, the new one in 4 and 5. */
  private static final int RUNNABLE_TO_RUNNING = 0x0002_1101;

  private final XentraceImporter importer = new XentraceImporter();

  /** A record: header, TSC, words. */
  private static byte[] record(int event, long tsc, int... words) {
    ByteBuffer bytes = ByteBuffer.allocate(12 + 4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(event | (words.length << 28) | (1 << 31)).putLong(tsc);
    for (int word : words) {
      bytes.putInt(word);
    }
    return bytes.array();
  }

  /** The window of one CPU: a record of its own without a TSC, then the records. */
  private static byte[] window(int cpu, byte[]... records) {
    byte[] all = join(records);
    return join(
        ByteBuffer.allocate(12)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(0x2001_f003)
            .putInt(cpu)
            .putInt(all.length)
            .array(),
        all);
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private EventCsv.Imported imported(byte[] file) throws IOException {
    EventCsv.Imported imported = EventCsv.importOnly(importer, "test", file);
    imported.report().ledger().check("test");
    return imported;
  }

  /** Every record that matters, on one CPU. */
  private static byte[] everyRecord() {
    return window(
        0,
        // 2: before the scheduler said who runs: domain 32768, vcpu 0; tid 32768 * 32768.
        record(HYPERCALL_64, 100, 0x81000000, 0xffffffff, 14),
        // 3: from domain 0, vcpu 1 to domain 2, vcpu 1; tid 2 * 32768 + 1 = 65537.
        record(SCHED_SWITCH, 110, 0, 1, 2, 1),
        // 4: mmu_update (1); arguments 0 (64 bits: 2) and 1 (32 bits: 1): 31 requests.
        record(HYPERCALL_V2, 120, 1 | (2 << 20) | (1 << 22), 0x11, 0xffff8880, 31),
        // 5: multicall (13) of 3 entries, and 6: its mmuext_op (26) of 1 request, gone on with.
        record(HYPERCALL_V2, 130, 13 | (2 << 20) | (1 << 22), 0x22, 0, 3),
        record(SUBCALL, 131, 26 | (2 << 20) | (1 << 22), 0x33, 0, 0x80000001),
        // 7: stack_switch (3) without arguments in the record.
        record(HYPERCALL_V2, 140, 3),
        // 8: the new PTE, its address, the instruction.
        record(PTWR_64, 150, 0x1234_5067, 0x80000000, 0x3456_7008, 0xffff8880, 0x8100_0000, -1),
        record(PTWR_PAE, 151, 0x1234_5067, 0, 0xf567_8010, 0xc010_0000),
        // 10: instruction, address, error code: a write by the user.
        record(PAGE_FAULT_64, 160, 0x40_1000, 0, 0x4020_1008, 0x7f, 6),
        // 11: a read by the kernel, of a program's page; 12: of its own.
        record(PAGE_FAULT_64, 161, 0x8100_0000, -1, 0x4020_2000, 0x7f, 0),
        record(PAGE_FAULT_64, 162, 0x8100_0000, -1, 0x1000, 0xffff8880, 0),
        // 13: a fetch in a guest of 32 bits.
        record(PAGE_FAULT_32, 163, 0x804_8000, 0x804_9000, 0x14),
        // 14, 15: carry nothing for us.
        record(TRAP_64, 170, 0x40_1000, 0, 13),
        record(WRAP_BUFFER, 171),
        // 16: 77 records lost; by domain 2, vcpu 1; TSC of the first.
        record(LOST_RECORDS, 180, 77, 2 | (1 << 16), 175, 0),
        // 17: vcpu 0 of domain 3 runs, without a switch in the trace.
        record(RUNNABLE_TO_RUNNING, 190, 3 << 16),
        record(HYPERCALL_V2, 200, 1));
  }

  @Test
  void eachRecordBecomesWhatThePackageSays() throws IOException {
    EventCsv.Imported imported = imported(everyRecord());

    // line,kind,pid,tid,cpu,time,duration,address,length,protection,flags,…,result,count
    assertThat(imported.events())
        .containsExactly(
            "2,OBSERVED_XEN,32768,1073741824,0,,,,,,0xe09,,,,,,1",
            "3,SCHED_SWITCH,2,65537,0,,,,,,,,,,,,1",
            "4,OBSERVED_XEN,2,65537,0,,,,31,,0x109,,,,,,1",
            "5,OBSERVED_XEN,2,65537,0,,,,3,,0xd09,,,,,,1",
            "6,OBSERVED_XEN,2,65537,0,,,,1,,0x1a0a,,,,,,1",
            "7,OBSERVED_XEN,2,65537,0,,,,,,0x309,,,,,,1",
            "8,OBSERVED_XEN,2,65537,0,,,0xffff888034567008,,,0x8,,,,,-9223372036549357465,1",
            "9,OBSERVED_XEN,2,65537,0,,,0xf5678010,,,0x8,,,,,0x12345067,1",
            "10,WRITE,2,65537,0,,,0x7f40201008,,,0x10006,,,,,,1",
            "11,READ,2,65537,0,,,0x7f40202000,,,0x30000,,,,,,1",
            "13,FETCH,2,65537,0,,,0x8049000,,,0x10014,,,,,,1",
            "16,LOST,2,65537,0,,,,,,,,,,,,77",
            "18,OBSERVED_XEN,3,98304,0,,,,,,0x109,,,,,,1");
    ImportReport report = imported.report();
    assertThat(report.ledger().lines()).isEqualTo(18);
    assertThat(report.ledger().ignoredByRule())
        .containsOnly(
            Map.entry("cpu-change", 1L),
            Map.entry("fault-at-kernel-address", 1L),
            Map.entry("other-record", 1L),
            Map.entry("runstate-change", 1L),
            Map.entry("wrap-buffer", 1L));
    assertThat(report.fidelity().toMap())
        .containsEntry("fidelity.accesses", "first-touch")
        .containsEntry("fidelity.threads", "false")
        .containsEntry("fidelity.clock", "false")
        .containsEntry("fidelity.cpus", "true")
        .containsEntry("fidelity.from_start", "false")
        .containsEntry("fidelity.lost", "77");
  }

  /** Two rounds over two CPUs; each hypercall's number tells where it belongs. */
  @Test
  void windowsOfSeveralCpusAreInTheOrderOfTheirTimes() throws IOException {
    byte[] file =
        join(
            window(0, record(HYPERCALL_V2, 10, 1), record(HYPERCALL_V2, 30, 3)),
            window(1, record(HYPERCALL_V2, 20, 2), record(HYPERCALL_V2, 50, 5)),
            window(0, record(HYPERCALL_V2, 40, 4), record(HYPERCALL_V2, 70, 7)),
            window(1, record(HYPERCALL_V2, 60, 6)));

    assertThat(imported(file).events())
        .extracting(event -> Integer.decode(event.split(",", -1)[10]) >> 8)
        .containsExactly(1, 2, 3, 4, 5, 6, 7);
  }

  @Test
  void whatIsNoRecordIsRejectedUpToTheNextWindow() throws IOException {
    byte[] rubbish = record(0x0030_1001, 15, 9);
    byte[] file =
        join(
            window(0, record(HYPERCALL_V2, 10, 1), rubbish, record(HYPERCALL_V2, 20, 2)),
            window(1, record(PAGE_FAULT_64, 30, 1, 2), record(HYPERCALL_V2, 40, 3)));

    EventCsv.Imported imported = imported(file);

    assertThat(imported.events()).hasSize(2);
    assertThat(imported.report().ledger().rejections())
        .extracting(each -> each.line() + " " + each.reason() + ": " + each.text())
        .containsExactly(
            "3 unrecognised record: 00301001 00000009",
            "5 unreadable record: 00201104 00000001 00000002");
  }

  @Test
  void aFileThatStopsInARecordKeepsWhatIsBeforeIt() throws IOException {
    byte[] file = everyRecord();

    EventCsv.Imported imported = imported(Arrays.copyOf(file, file.length - 3));

    assertThat(imported.events()).hasSize(12);
    assertThat(imported.report().ledger().rejectedByReason()).containsOnlyKeys("truncated record");
  }

  @Test
  void isRecognisedByItsFirstWindowAndByNobodyElse() {
    assertThat(Importers.all().stream().filter(each -> each.recognises(everyRecord())))
        .extracting(each -> each.name())
        .containsExactly("xentrace");
    assertThat(importer.recognises(new byte[] {3, (byte) 0xf0, 1})).isFalse();
    assertThat(importer.recognises("# adplug 1".getBytes(StandardCharsets.UTF_8))).isFalse();
  }

  @Test
  void accountsForEveryRecordWhateverTheDamage() throws IOException {
    List<byte[]> damaged = Mutations.of(join(everyRecord(), everyRecord()), 42, 1_000);
    for (byte[] each : damaged) {
      imported(each);
    }
  }
}
