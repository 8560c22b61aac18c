package dev.mmureplay.event;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.InvalidArrowFileException;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Reads an event file, one record batch at a time.
 *
 * <pre>
 * try (EventReader reader = EventReader.open(path)) {
 *   while (reader.nextBatch()) {
 *     EventBatch batch = reader.batch();
 *     for (int row = 0; row &lt; batch.rows(); row++) { … }
 *   }
 * }
 * </pre>
 */
public final class EventReader implements AutoCloseable {
  private static final byte[] MAGIC = {'A', 'R', 'R', 'O', 'W', '1'};

  private static final long SPARE_MEMORY = 1 << 24;

  private final Path path;
  private final BufferAllocator allocator;
  private final FileChannel channel;
  private final ArrowFileReader reader;
  private final TraceInfo info;
  private final EventBatch batch;

  private EventReader(Path path) throws IOException {
    this.path = path;
    if (!Files.exists(path)) {
      throw new EventFileException(path + ": expected an event file but there is no such file");
    }
    if (Files.isDirectory(path)) {
      throw new EventFileException(path + ": expected an event file but found a directory");
    }
    if (!isArrow(path)) {
      throw new EventFileException(
          path + ": expected an Arrow file (\"ARROW1\" at its start) but found something else");
    }
    channel = FileChannel.open(path, StandardOpenOption.READ);
    // A damaged length must not make us ask for more than the file can hold; buffers are rounded
    // up.
    allocator = new RootAllocator(2 * channel.size() + SPARE_MEMORY);
    reader = new ArrowFileReader(channel, allocator);
    boolean opened = false;
    try {
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      checkSchema(root.getSchema());
      info = TraceInfo.ofMap(reader.getMetaData());
      batch = new EventBatch(root);
      opened = true;
    } catch (InvalidArrowFileException e) {
      throw new EventFileException(
          path + ": expected a complete event file but it is cut short (no footer)", e);
    } catch (EventFileException e) {
      throw e;
    } catch (RuntimeException | IOException e) {
      throw new EventFileException(
          path + ": expected an intact footer but found a damaged one (" + e.getMessage() + ")", e);
    } finally {
      if (!opened) {
        close();
      }
    }
  }

  /**
   * Opens an event file and checks its schema.
   *
   * @throws EventFileException if it is no event file, is cut short, or is of a newer version
   * @throws IOException if it cannot be read
   */
  public static EventReader open(Path path) throws IOException {
    return new EventReader(path);
  }

  /** Returns whether the file begins as an Arrow file does. */
  public static boolean isArrow(Path path) throws IOException {
    try (var in = Files.newInputStream(path)) {
      return Arrays.equals(in.readNBytes(MAGIC.length), MAGIC);
    }
  }

  /** Returns what the file knows about its origin. */
  public TraceInfo info() {
    return info;
  }

  /** Returns the current batch: one object, refilled by {@link #nextBatch}. */
  public EventBatch batch() {
    return batch;
  }

  /**
   * Loads the next batch.
   *
   * @return false at the end of the file
   * @throws EventFileException if the file is damaged
   * @throws IOException if it cannot be read
   */
  public boolean nextBatch() throws IOException {
    try {
      if (!reader.loadNextBatch()) {
        return false;
      }
      int rows = reader.getVectorSchemaRoot().getRowCount();
      if (rows > EventSchema.BATCH_ROWS) {
        throw new EventFileException(
            path
                + ": expected at most "
                + EventSchema.BATCH_ROWS
                + " rows in a batch but found "
                + rows);
      }
      batch.fill(rows);
      for (int row = 0; row < rows; row++) {
        EventKind.ofCode(batch.kindCode(row));
      }
      return true;
    } catch (EventFileException e) {
      throw e;
    } catch (RuntimeException | IOException e) {
      throw new EventFileException(
          path
              + ": expected an intact record batch but found a damaged one ("
              + e.getMessage()
              + ")",
          e);
    }
  }

  @Override
  public void close() throws IOException {
    try (allocator;
        channel) {
      reader.close();
    }
  }

  private void checkSchema(Schema schema) throws EventFileException {
    String version = schema.getCustomMetadata().get(EventSchema.VERSION_KEY);
    if (version == null) {
      throw new EventFileException(
          path + ": expected an mmureplay event file but found another Arrow file");
    }
    int number;
    try {
      number = Integer.parseInt(version);
    } catch (NumberFormatException e) {
      throw new EventFileException(
          path + ": expected a schema version but found \"" + version + "\"", e);
    }
    if (number > EventSchema.VERSION) {
      throw new EventFileException(
          path
              + ": written with event schema "
              + number
              + ", but this mmureplay reads up to "
              + EventSchema.VERSION
              + "; use a newer mmureplay");
    }
    if (!schema.getFields().equals(EventSchema.arrow().getFields())) {
      throw new EventFileException(
          path
              + ": expected the columns of event schema "
              + number
              + " but found "
              + schema.getFields());
    }
  }
}
