package dev.mmureplay.importer.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventReader;
import dev.mmureplay.event.EventText;
import dev.mmureplay.event.Ledger;
import dev.mmureplay.importer.EventCsv;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.Importers;
import dev.mmureplay.importer.Mutations;
import dev.mmureplay.importer.TraceImport;
import dev.mmureplay.importer.TraceSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventTextImporterTest {
  private static final String HEADER = "# mmureplay-events 1\n";

  @TempDir private Path directory;

  private static EventCsv.Imported imported(String text) throws IOException {
    return EventCsv.importOnly(
        new EventTextImporter(), "events.txt", text.getBytes(StandardCharsets.UTF_8));
  }

  private String exported(String text) throws IOException {
    Path file = directory.resolve("events.arrow");
    try (TraceSource source = TraceSource.of("events.txt", text.getBytes(StandardCharsets.UTF_8))) {
      TraceImport.importTo(source, null, ImportOptions.DEFAULT, true, file);
    }
    StringBuilder out = new StringBuilder();
    try (EventReader reader = EventReader.open(file)) {
      EventText.write(reader, out);
    }
    return out.toString();
  }

  @Test
  void readsWhatAPersonWouldWrite() throws IOException {
    EventCsv.Imported imported =
        imported(
            HEADER
                + "# fidelity accesses=first-touch concurrent=false\n"
                + "# command ./demo\n"
                + "\n"
                + "# two threads\n"
                + "@0 10/10 cpu0 mmap 0x10000 length=8192 protection=rw- flags=0x22 = 0x10000\n"
                + "@300+200 10/10 cpu0 mprotect 0x10000 length=4096 protection=r-- = -12\n"
                + "10/11 write 0x10000 count=3\n"
                + "10/11 marker : the end\n");
    // line,kind,pid,tid,cpu,time,duration,address,length,protection,flags,…,result,count
    assertThat(imported.events())
        .containsExactly(
            "6,MMAP,10,10,0,0,,0x10000,8192,3,0x22,,,,,0x10000,1",
            "7,MPROTECT,10,10,0,300,200,0x10000,4096,1,,,,,,-12,1",
            "8,WRITE,10,11,,,,0x10000,,,,,,,,,3",
            "9,MARKER,10,11,,,,,,,,,,,,0,1");
    assertThat(imported.report().markers()).containsExactly("the end");
    assertThat(imported.report().command()).isEqualTo("./demo");
    assertThat(imported.report().fidelity().toMap())
        .containsEntry("fidelity.accesses", "first-touch")
        .containsEntry("fidelity.concurrent", "false")
        .containsEntry("fidelity.threads", "true");
    Ledger ledger = imported.report().ledger();
    assertThat(ledger.ignoredByRule()).containsEntry("comment", 4L).containsEntry("blank", 1L);
  }

  @Test
  void aLineWithAMistakeIsRejectedWithWhatWasExpected() throws IOException {
    Ledger ledger =
        imported(
                HEADER
                    + "@x 1/1 read 0x1000\n"
                    + "1 read 0x1000\n"
                    + "1/1 cpux read 0x1000\n"
                    + "1/1 touch 0x1000\n"
                    + "1/1 read 0xg\n"
                    + "1/1 mmap 0x1000 size=4096\n"
                    + "1/1 mmap 0x1000 protection=wr-\n"
                    + "1/1 mmap 0x1000 = four\n"
                    + "1/1 read : text\n"
                    + "1/1 read count=99999999999\n")
            .report()
            .ledger();
    assertThat(ledger.rejections().stream().map(r -> r.line() + ": " + r.reason()))
        .containsExactly(
            "2: expected a time in ns after @",
            "3: expected pid/tid",
            "4: expected the number of a CPU after cpu",
            "5: expected a kind of event",
            "6: expected a hex address",
            "7: expected name=value with the name of a column",
            "8: expected name=value with the name of a column",
            "9: expected a number behind =",
            "10: expected text behind : only for a marker",
            "11: expected name=value with the name of a column");
  }

  @Test
  void isRecognisedByItsFirstLine() throws IOException {
    try (TraceSource source = TraceSource.of("x", HEADER.getBytes(StandardCharsets.UTF_8))) {
      assertThat(Importers.recognise(source).name()).isEqualTo("event-text");
    }
  }

  @Test
  void whatIsExportedAndImportedAgainIsTheSame() throws IOException {
    StringBuilder text = new StringBuilder(HEADER);
    text.append("@0 1/1 read 0x1000\n");
    Random random = new Random(7);
    String[] columns = {
      "length", "flags", "address2", "length2", "offset", "file", "count", "duration"
    };
    for (int i = 0; i < 500; i++) {
      EventKind kind = EventKind.values()[random.nextInt(EventKind.values().length)];
      if (kind == EventKind.MARKER) {
        text.append("3/4 marker : text ").append(i).append('\n');
        continue;
      }
      if (random.nextBoolean()) {
        text.append('@').append(random.nextInt(1_000_000)).append(' ');
      }
      text.append(random.nextInt(9)).append('/').append(random.nextInt(9));
      if (random.nextBoolean()) {
        text.append(" cpu").append(random.nextInt(4));
      }
      text.append(' ').append(kind.name().toLowerCase(java.util.Locale.ROOT));
      if (random.nextBoolean()) {
        text.append(" 0x").append(Long.toHexString(random.nextLong()));
      }
      for (String column : columns) {
        if (random.nextInt(4) == 0) {
          text.append(' ').append(column).append('=').append(random.nextInt(1 << 30));
        }
      }
      if (random.nextBoolean()) {
        text.append(" protection=").append(random.nextInt(20));
      }
      if (random.nextBoolean()) {
        text.append(" = ").append(random.nextInt(1 << 20) - 100);
      }
      text.append('\n');
    }
    String once = exported(text.toString());
    assertThat(once.lines().count()).isEqualTo(503);
    assertThat(exported(once)).isEqualTo(once);
    assertThat(imported(once).events().stream().map(EventTextImporterTest::withoutTime))
        .containsExactlyElementsOf(
            imported(text.toString()).events().stream()
                .map(EventTextImporterTest::withoutTime)
                .toList());
  }

  @Test
  void everyLineOfADamagedTextIsAccountedFor() throws IOException {
    byte[] text =
        (HEADER + "@300+200 10/10 cpu0 mprotect 0x10000 length=4096 protection=r-- = -12\n")
            .repeat(20)
            .getBytes(StandardCharsets.UTF_8);
    for (byte[] damaged : Mutations.of(text, 3, 300)) {
      Ledger ledger =
          EventCsv.importOnly(new EventTextImporter(), "events.txt", damaged).report().ledger();
      assertThat(ledger.parsedCount() + ledger.ignoredCount() + ledger.rejectedCount())
          .isEqualTo(ledger.lines());
    }
  }

  /** The event file makes times relative to the first; everything else stays. */
  private static String withoutTime(String csv) {
    String[] cells = csv.split(",", -1);
    cells[5] = "";
    return String.join(",", cells);
  }
}
