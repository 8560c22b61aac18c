package dev.mmureplay.importer.strace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.event.Ledger;
import dev.mmureplay.importer.EventCsv;
import dev.mmureplay.importer.Importers;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.Mutations;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guards against reading a layout of strace wrongly, which no later part could notice. */
class StraceImporterTest {
  private final StraceImporter importer = new StraceImporter();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "aside",
        "attached",
        "calls",
        "descriptors",
        "marks",
        "midnight",
        "nanoseconds",
        "notime",
        "relative",
        "seconds",
        "status",
        "stderr",
        "successful",
        "threads",
        "values"
      })
  void makesTheEventsThatLieBesideTheLog(String name) throws IOException {
    assertThat(EventCsv.importAll(importer, name, EventCsv.resource("strace/" + name + ".log")))
        .containsExactlyElementsOf(EventCsv.resourceLines("strace/" + name + ".events.csv"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "aside",
        "attached",
        "calls",
        "descriptors",
        "marks",
        "midnight",
        "nanoseconds",
        "notime",
        "relative",
        "seconds",
        "status",
        "stderr",
        "successful",
        "threads",
        "values"
      })
  void recognisesItsOwnLogs(String name) throws IOException {
    byte[] text = EventCsv.resource("strace/" + name + ".log");
    assertThat(
            importer.recognises(Arrays.copyOf(text, Math.min(text.length, Importers.HEAD_BYTES))))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "25791 brk(NULL) = 0x0000004000005000\n25791 mmap(NULL,45771,PROT_READ,MAP_PRIVATE,3,0) ="
            + " 0x000000400283d000\n25791 openat(-100,\"/x\",O_RDONLY) = -1 errno=2 (No such"
            + " file)\n25791 Unknown syscall 334\n",
        "     0.075 ( 0.024 ms): demo/25558 brk()  = 0x563b7bd4f000\n",
        "            demo-13920   (  13920) [000] .....  2589.367603: sys_mprotect -> 0x0\n",
        "  demo  9883/9883  [000]  2199.116816551: syscalls:sys_exit_execve: 0x0\n",
        "==1== Lackey, an example Valgrind tool\nI  04025310,3\n S 1ffefffd38,8\n",
        "Catchpoint 1 (call to syscall mprotect), 0x00007ffff7fead07 in __GI_mprotect ()\n",
        "P 1 2 3 0 7f00 1000 1\n",
        "hello (world)\n",
        "\n",
        ""
      })
  void recognisesNoOtherTool(String head) {
    assertThat(importer.recognises(head.getBytes(StandardCharsets.UTF_8))).isFalse();
  }

  @Test
  void readsARealRecordingWithoutRejectingALine() throws IOException {
    EventCsv.Imported imported =
        EventCsv.importOnly(importer, "real", EventCsv.resource("strace/real.log"));
    Ledger ledger = imported.report().ledger();
    assertThat(ledger.rejections()).isEmpty();
    // As many lines hold "mprotect(" without "pkey_", which the second halves of torn calls do not.
    assertThat(imported.events().stream().filter(line -> line.contains(",MPROTECT,"))).hasSize(77);
  }

  @Test
  void rejectsALastLineThatWasCut() throws IOException {
    String text = "100 1700000000.000001 brk(NULL) = 0x5000 <0.000001>\n100 1700000000.000002 mpro";
    Ledger ledger = read(text.getBytes(StandardCharsets.UTF_8));
    assertThat(ledger.parsedCount()).isEqualTo(1);
    assertThat(ledger.rejectedByReason()).containsOnlyKeys("truncated line");
  }

  @Test
  void doesNotTrustAResultThatTheFileEndsIn() throws IOException {
    String text = "100 1700000000.000001 mmap(NULL, 4096, PROT_READ, MAP_SHARED, 3, 0) = 0x7fcc";
    assertThat(read(text.getBytes(StandardCharsets.UTF_8)).rejectedByReason())
        .containsOnlyKeys("truncated line");
  }

  @Test
  void acceptsAWholeLastLineWithoutNewline() throws IOException {
    String text = "100 1700000000.000001 brk(NULL) = 0x5000 <0.000001>";
    assertThat(read(text.getBytes(StandardCharsets.UTF_8)).parsedCount()).isEqualTo(1);
  }

  @Test
  void rejectsALineThatIsTooLongAndReadsOn() throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    text.writeBytes("write(1, \"".getBytes(StandardCharsets.UTF_8));
    text.writeBytes(new byte[3 * LineScanner.MAX_LINE]);
    text.writeBytes("\nbrk(NULL) = 0x5000\n".getBytes(StandardCharsets.UTF_8));
    Ledger ledger = read(text.toByteArray());
    assertThat(ledger.lines()).isEqualTo(2);
    assertThat(ledger.parsedCount()).isEqualTo(1);
    assertThat(ledger.rejectedByReason()).containsOnlyKeys("line too long");
  }

  @Test
  void endsACallThatAnotherOneOfTheSameTaskFollows() throws IOException {
    String text =
        """
        100 munmap(0x1000, 4096 <unfinished ...>
        100 brk(NULL) = 0x5000
        100 <... munmap resumed>) = 0
        """;
    Ledger ledger = read(text.getBytes(StandardCharsets.UTF_8));
    assertThat(ledger.parsedCount()).isEqualTo(1);
    assertThat(ledger.ignoredByRule())
        .containsOnlyKeys("call-never-returned", "resumed-without-beginning");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"calls", "threads", "stderr", "descriptors", "values", "marks", "relative"})
  void accountsForEveryLineWhateverTheDamage(String name) throws IOException {
    byte[] text = EventCsv.resource("strace/" + name + ".log");
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
}
