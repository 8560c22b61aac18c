package dev.mmureplay.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guards against events that come back from a file other than they went in. */
class EventFileTest {
  private static final Fidelity FIDELITY =
      new Fidelity(Fidelity.Accesses.EVERY, true, false, true, true, true, false, 0);

  @TempDir Path directory;

  @Test
  void everyColumnComesBack() throws IOException {
    EventRow row = new EventRow().reset(EventKind.MREMAP, 100, 101);
    row.time = 5_000;
    row.duration = 20;
    row.cpu = 3;
    row.address = 0xffff_ffff_ffff_f000L;
    row.length = 0x4000;
    row.protection = 7;
    row.flags = 1L << 40;
    row.address2 = 0x7fff_0000_0000L;
    row.length2 = 0x8000;
    row.file = 9;
    row.offset = 0x3000;
    row.result = -22;
    row.count = 12;
    row.line = 77;

    EventReader reader = EventReader.open(write(row));
    try (reader) {
      assertThat(reader.nextBatch()).isTrue();
      EventBatch batch = reader.batch();
      assertThat(batch.rows()).isEqualTo(1);
      assertThat(batch.seq(0)).isZero();
      assertThat(batch.kind(0)).isEqualTo(EventKind.MREMAP);
      assertThat(batch.kindCode(0)).isEqualTo(EventKind.MREMAP.code());
      assertThat(batch.pid(0)).isEqualTo(100);
      assertThat(batch.tid(0)).isEqualTo(101);
      assertThat(batch.time(0)).as("relative to the first time").isZero();
      assertThat(batch.duration(0)).isEqualTo(20);
      assertThat(batch.cpu(0)).isEqualTo(3);
      assertThat(batch.address(0)).isEqualTo(0xffff_ffff_ffff_f000L);
      assertThat(batch.length(0)).isEqualTo(0x4000);
      assertThat(batch.protection(0)).isEqualTo(7);
      assertThat(batch.flags(0)).isEqualTo(1L << 40);
      assertThat(batch.address2(0)).isEqualTo(0x7fff_0000_0000L);
      assertThat(batch.length2(0)).isEqualTo(0x8000);
      assertThat(batch.file(0)).isEqualTo(9);
      assertThat(batch.offset(0)).isEqualTo(0x3000);
      assertThat(batch.result(0)).isEqualTo(-22);
      assertThat(batch.count(0)).isEqualTo(12);
      assertThat(batch.line(0)).isEqualTo(77);
      assertThat(reader.nextBatch()).isFalse();
    }
  }

  @Test
  void whatIsNotKnownComesBackAsUnknown() throws IOException {
    try (EventReader reader = EventReader.open(write(new EventRow()))) {
      assertThat(reader.nextBatch()).isTrue();
      EventBatch batch = reader.batch();
      List<Long> longs =
          List.of(
              batch.time(0),
              batch.duration(0),
              batch.address(0),
              batch.length(0),
              batch.flags(0),
              batch.address2(0),
              batch.length2(0),
              batch.offset(0),
              batch.result(0),
              batch.line(0));
      assertThat(longs).containsOnly(EventSchema.UNKNOWN);
      assertThat(List.of(batch.cpu(0), batch.protection(0), batch.file(0)))
          .containsOnly(EventSchema.UNKNOWN_INT);
      assertThat(batch.count(0)).isEqualTo(1);
    }
  }

  @Test
  void valuesOfOneBatchDoNotShowThroughTheUnknownsOfTheNext() throws IOException {
    // The first batch and one row have every address and CPU; all later rows have none.
    int known = EventSchema.BATCH_ROWS + 1;
    int all = 2 * EventSchema.BATCH_ROWS + 10;
    Path path = directory.resolve("batches.events");
    try (EventWriter writer = new EventWriter(path)) {
      EventRow row = new EventRow();
      for (int i = 0; i < all; i++) {
        row.reset(EventKind.READ, 1, i);
        if (i < known) {
          row.address = i * 4096L;
          row.cpu = i & 7;
        }
        writer.append(row);
      }
      assertThat(writer.events()).isEqualTo(all);
      finish(writer);
    }

    int seen = 0;
    try (EventReader reader = EventReader.open(path)) {
      assertThat(reader.info().events()).isEqualTo(all);
      while (reader.nextBatch()) {
        EventBatch batch = reader.batch();
        for (int i = 0; i < batch.rows(); i++, seen++) {
          boolean isKnown = seen < known;
          if (batch.seq(i) != seen
              || batch.tid(i) != seen
              || batch.address(i) != (isKnown ? seen * 4096L : EventSchema.UNKNOWN)
              || batch.cpu(i) != (isKnown ? seen & 7 : EventSchema.UNKNOWN_INT)) {
            throw new AssertionError("row " + seen + " came back with another value");
          }
        }
      }
    }
    assertThat(seen).isEqualTo(all);
  }

  @Test
  void timesAreRelativeToTheFirstOneKnownAndMayGoBack() throws IOException {
    EventRow untimed = new EventRow();
    EventRow first = new EventRow();
    first.time = 1_000;
    EventRow earlier = new EventRow();
    earlier.time = 400;
    try (EventReader reader = EventReader.open(write(untimed, first, earlier))) {
      assertThat(reader.nextBatch()).isTrue();
      assertThat(reader.batch().time(0)).isEqualTo(EventSchema.UNKNOWN);
      assertThat(reader.batch().time(1)).isZero();
      assertThat(reader.batch().time(2)).isEqualTo(-600);
    }
  }

  @Test
  void aFileWithoutEventsIsAnEventFile() throws IOException {
    try (EventReader reader = EventReader.open(write())) {
      assertThat(reader.info().events()).isZero();
      assertThat(reader.info().kinds()).isEmpty();
      assertThat(reader.nextBatch()).isFalse();
    }
  }

  @Test
  void theFooterKnowsTheOriginAndTheKinds() throws IOException {
    EventRow read = new EventRow().reset(EventKind.READ, 1, 1);
    EventRow brk = new EventRow().reset(EventKind.BRK, 1, 1);
    try (EventReader reader = EventReader.open(write(read, brk, read))) {
      TraceInfo info = reader.info();
      assertThat(info.importer()).isEqualTo("tool");
      assertThat(info.command()).isEqualTo("prog --flag");
      assertThat(info.kinds()).isEqualTo(Map.of(EventKind.READ, 2L, EventKind.BRK, 1L));
      assertThat(info.fidelity()).isEqualTo(FIDELITY);
    }
  }

  @Test
  void closingWithoutFinishingLeavesNothingBehind() throws IOException {
    Path target = directory.resolve("never.events");
    try (EventWriter writer = new EventWriter(target)) {
      writer.append(new EventRow());
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void anUnbalancedLedgerFailsAndLeavesTheOldFile() throws IOException {
    Path target = write(new EventRow());
    byte[] before = Files.readAllBytes(target);
    Ledger unbalanced = new Ledger();
    unbalanced.line();
    try (EventWriter writer = new EventWriter(target)) {
      assertThatThrownBy(
              () -> writer.finish("t", "1", "in.txt", "00", null, "none", FIDELITY, unbalanced))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("in.txt");
    }
    assertThat(files()).containsExactly(target);
    assertThat(Files.readAllBytes(target)).isEqualTo(before);
  }

  @Test
  void finishingReplacesAnOlderFile() throws IOException {
    Path target = write(new EventRow());
    write(new EventRow(), new EventRow());
    assertThat(files()).containsExactly(target);
    try (EventReader reader = EventReader.open(target)) {
      assertThat(reader.info().events()).isEqualTo(2);
    }
  }

  @Test
  void othersMayReadTheFileAsTheyMayReadAnyNewFile() throws IOException {
    Path ordinary = Files.createFile(directory.resolve("ordinary"));
    assertThat(Files.getPosixFilePermissions(write(new EventRow())))
        .isEqualTo(Files.getPosixFilePermissions(ordinary));
  }

  @Test
  void aTargetThatCannotBeAFileIsNamed() {
    assertThatThrownBy(() -> new EventWriter(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(directory + ": expected the name of an event file");
    assertThatThrownBy(() -> new EventWriter(directory.resolve("no/such/a.events")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("expected a directory to write to");
  }

  private Path write(EventRow... rows) throws IOException {
    Path path = directory.resolve("some.events");
    try (EventWriter writer = new EventWriter(path)) {
      for (EventRow row : rows) {
        writer.append(row);
      }
      finish(writer);
    }
    return path;
  }

  private static TraceInfo finish(EventWriter writer) throws IOException {
    return writer.finish(
        "tool", "1.0", "in.txt", "00ff", "prog --flag", "none", FIDELITY, new Ledger());
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }
}
