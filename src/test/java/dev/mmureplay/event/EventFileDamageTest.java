package dev.mmureplay.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guards against a damaged or foreign file being read as events, or failing without its name. */
class EventFileDamageTest {
  private static final Fidelity FIDELITY =
      new Fidelity(Fidelity.Accesses.NONE, true, true, true, true, true, true, 0);

  @TempDir Path directory;

  @Test
  void aDirectoryIsRefused() {
    assertRefused(directory, "expected an event file but found a directory");
  }

  @Test
  void aMissingFileIsRefused() {
    assertRefused(directory.resolve("none"), "expected an event file but there is no such file");
  }

  @Test
  void aFileThatIsNotArrowIsRefused() throws IOException {
    Path path = directory.resolve("trace.txt");
    Files.writeString(path, "mprotect(0x1000, 4096, PROT_READ) = 0\n");
    assertRefused(path, "expected an Arrow file");
    assertThat(EventReader.isArrow(path)).isFalse();
  }

  @Test
  void anEmptyFileIsRefused() throws IOException {
    assertRefused(Files.createFile(directory.resolve("empty")), "expected an Arrow file");
  }

  @Test
  void aFileOfANewerSchemaIsRefused() throws IOException {
    Schema newer =
        new Schema(
            EventSchema.arrow().getFields(),
            Map.of(EventSchema.VERSION_KEY, Integer.toString(EventSchema.VERSION + 1)));
    assertRefused(arrowFile(newer), "written with event schema 3", "use a newer mmureplay");
  }

  @Test
  void aFileOfTheFirstSchemaIsRead() throws IOException {
    Path path = eventFile();
    byte[] bytes = Files.readAllBytes(path);
    byte[] second = {1, 0, 0, 0, '2', 0, 0, 0};
    int replaced = 0;
    for (int at = 0; at <= bytes.length - second.length; at++) {
      if (Arrays.equals(bytes, at, at + second.length, second, 0, second.length)) {
        bytes[at + 4] = '1';
        replaced++;
      }
    }
    Files.write(path, bytes);
    assertThat(replaced).isPositive();
    try (RootAllocator allocator = new RootAllocator();
        ArrowFileReader raw = new ArrowFileReader(Files.newByteChannel(path), allocator)) {
      assertThat(raw.getVectorSchemaRoot().getSchema().getCustomMetadata())
          .containsEntry(EventSchema.VERSION_KEY, "1");
    }
    readAll(path);
  }

  @Test
  void aSchemaVersionThatIsNoNumberIsRefused() throws IOException {
    Schema odd =
        new Schema(EventSchema.arrow().getFields(), Map.of(EventSchema.VERSION_KEY, "one"));
    assertRefused(arrowFile(odd), "expected a schema version but found \"one\"");
  }

  @Test
  void anArrowFileOfSomethingElseIsRefused() throws IOException {
    Schema foreign = new Schema(EventSchema.arrow().getFields());
    assertRefused(arrowFile(foreign), "expected an mmureplay event file but found another");
  }

  @Test
  void anArrowFileWithOtherColumnsIsRefused() throws IOException {
    List<Field> fewer = EventSchema.arrow().getFields().subList(0, 3);
    Schema odd = new Schema(fewer, EventSchema.arrow().getCustomMetadata());
    assertRefused(arrowFile(odd), "expected the columns of event schema 2");
  }

  @Test
  void anEventFileWithoutItsOriginIsRefused() throws IOException {
    assertRefused(arrowFile(EventSchema.arrow()), "expected an intact footer");
  }

  @Test
  void aFileCutShortAnywhereIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(eventFile());
    for (int length = 6; length < whole.length; length += 97) {
      Path cut = directory.resolve("cut.events");
      Files.write(cut, java.util.Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> readAll(cut))
          .as("cut to " + length + " of " + whole.length + " bytes")
          .isInstanceOf(EventFileException.class)
          .hasMessageStartingWith(cut + ": expected");
    }
  }

  @Test
  void anEventOfNoKnownKindIsRefused() throws IOException {
    Path path = eventFile();
    byte[] bytes = Files.readAllBytes(path);
    // 40 rows of kind OBSERVED_XEN (43): the only place with eight such bytes in a row.
    byte[] codes = "++++++++".getBytes(StandardCharsets.US_ASCII);
    bytes[indexOf(bytes, codes)] = 99;
    Files.write(path, bytes);
    assertThatThrownBy(() -> readAll(path))
        .isInstanceOf(EventFileException.class)
        .hasMessageContaining("expected an intact record batch");
  }

  @Test
  void noDamageCausesMoreThanARefusal() throws IOException {
    byte[] whole = Files.readAllBytes(eventFile());
    for (long seed = 0; seed < 600; seed++) {
      Random random = new Random(seed);
      byte[] damaged = whole.clone();
      for (int i = 0; i < 4; i++) {
        damaged[random.nextInt(whole.length)] = (byte) random.nextInt();
      }
      Path path = directory.resolve("damaged.events");
      Files.write(path, damaged);
      try {
        readAll(path);
      } catch (EventFileException e) {
        assertThat(e).as("seed " + seed).hasMessageStartingWith(path.toString());
      } catch (RuntimeException | IOException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static void assertRefused(Path path, String... messages) {
    assertThatThrownBy(() -> readAll(path))
        .isInstanceOf(EventFileException.class)
        .hasMessageStartingWith(path + ": ")
        .hasMessageContainingAll(messages);
  }

  private static void readAll(Path path) throws IOException {
    try (EventReader reader = EventReader.open(path)) {
      while (reader.nextBatch()) {
        assertThat(reader.batch().rows()).isNotNegative();
      }
    }
  }

  private Path eventFile() throws IOException {
    Path path = directory.resolve("whole.events");
    try (EventWriter writer = new EventWriter(path)) {
      EventRow row = new EventRow();
      for (int i = 0; i < 40; i++) {
        writer.append(row.reset(EventKind.OBSERVED_XEN, 1, i));
      }
      writer.finish("t", "1", "in.txt", "00", null, "none", FIDELITY, new Ledger());
    }
    return path;
  }

  private Path arrowFile(Schema schema) throws IOException {
    Path path = directory.resolve("other.arrow");
    try (var allocator = new RootAllocator();
        var root = VectorSchemaRoot.create(schema, allocator);
        var channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var writer = new ArrowFileWriter(root, null, channel)) {
      writer.start();
      writer.end();
    }
    return path;
  }

  private static int indexOf(byte[] bytes, byte[] wanted) {
    for (int at = 0; at <= bytes.length - wanted.length; at++) {
      if (java.util.Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
        return at;
      }
    }
    throw new AssertionError("not in the file");
  }
}
