package dev.mmureplay.event;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.jspecify.annotations.Nullable;

/**
 * Writes an event file, one record batch at a time.
 *
 * <p>Events go to a temporary file beside the target. {@link #finish} writes the footer and
 * renames; closing without it removes the temporary file, so that a failed import leaves nothing
 * behind.
 */
public final class EventWriter implements EventSink, AutoCloseable {
  private final Path target;
  private final Path temporary;
  private final BufferAllocator allocator;
  private final FileChannel channel;
  private final VectorSchemaRoot root;
  private final ArrowFileWriter writer;
  private final Map<String, String> footer = new HashMap<>();
  private final long[] kinds = new long[64];

  private final BigIntVector seq;
  private final BigIntVector time;
  private final BigIntVector duration;
  private final IntVector pid;
  private final IntVector tid;
  private final IntVector cpu;
  private final TinyIntVector kind;
  private final BigIntVector address;
  private final BigIntVector length;
  private final IntVector protection;
  private final BigIntVector flags;
  private final BigIntVector address2;
  private final BigIntVector length2;
  private final IntVector file;
  private final BigIntVector offset;
  private final BigIntVector result;
  private final IntVector count;
  private final BigIntVector line;

  private long events;
  private long origin = UNKNOWN;
  private int row;
  private boolean finished;

  /**
   * Begins an event file.
   *
   * @throws IOException if the file cannot be written
   */
  public EventWriter(Path target) throws IOException {
    this.target = target;
    this.temporary = temporaryBeside(target);
    this.channel =
        FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    this.allocator = new RootAllocator();
    this.root = VectorSchemaRoot.create(EventSchema.arrow(), allocator);
    this.writer = new ArrowFileWriter(root, null, channel, footer);
    seq = (BigIntVector) root.getVector(EventSchema.SEQ);
    time = (BigIntVector) root.getVector(EventSchema.TIME);
    duration = (BigIntVector) root.getVector(EventSchema.DURATION);
    pid = (IntVector) root.getVector(EventSchema.PID);
    tid = (IntVector) root.getVector(EventSchema.TID);
    cpu = (IntVector) root.getVector(EventSchema.CPU);
    kind = (TinyIntVector) root.getVector(EventSchema.KIND);
    address = (BigIntVector) root.getVector(EventSchema.ADDRESS);
    length = (BigIntVector) root.getVector(EventSchema.LENGTH);
    protection = (IntVector) root.getVector(EventSchema.PROTECTION);
    flags = (BigIntVector) root.getVector(EventSchema.FLAGS);
    address2 = (BigIntVector) root.getVector(EventSchema.ADDRESS2);
    length2 = (BigIntVector) root.getVector(EventSchema.LENGTH2);
    file = (IntVector) root.getVector(EventSchema.FILE);
    offset = (BigIntVector) root.getVector(EventSchema.OFFSET);
    result = (BigIntVector) root.getVector(EventSchema.RESULT);
    count = (IntVector) root.getVector(EventSchema.COUNT);
    line = (BigIntVector) root.getVector(EventSchema.LINE);
    root.getFieldVectors().forEach(vector -> vector.setInitialCapacity(EventSchema.BATCH_ROWS));
    root.allocateNew();
    writer.start();
  }

  /** Not {@code Files.createTempFile}: only its owner could read the event file. */
  private static Path temporaryBeside(Path target) throws IOException {
    Path directory = target.toAbsolutePath().getParent();
    if (directory == null || Files.isDirectory(target)) {
      throw new IOException(
          target + ": expected the name of an event file to write but found a directory");
    }
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      throw new IOException(
          target + ": expected a regular file to replace but found a device or a pipe");
    }
    if (!Files.isDirectory(directory)) {
      throw new IOException(
          target + ": expected a directory to write to but there is no " + directory);
    }
    return directory.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
  }

  @Override
  public void append(EventRow event) throws IOException {
    int at = row;
    if (event.time != UNKNOWN && origin == UNKNOWN) {
      origin = event.time;
    }
    seq.set(at, events);
    put(time, at, event.time == UNKNOWN ? UNKNOWN : event.time - origin);
    put(duration, at, event.duration);
    pid.set(at, event.pid);
    tid.set(at, event.tid);
    put(cpu, at, event.cpu);
    kind.set(at, event.kind.code());
    put(address, at, event.address);
    put(length, at, event.length);
    put(protection, at, event.protection);
    put(flags, at, event.flags);
    put(address2, at, event.address2);
    put(length2, at, event.length2);
    put(file, at, event.file);
    put(offset, at, event.offset);
    put(result, at, event.result);
    count.set(at, event.count);
    put(line, at, event.line);
    kinds[event.kind.code()]++;
    events++;
    row = at + 1;
    if (row == EventSchema.BATCH_ROWS) {
      writeBatch();
    }
  }

  /** Returns the number of events appended so far. */
  public long events() {
    return events;
  }

  /**
   * Writes the footer and gives the file its name; for a trace without markers and call stacks.
   *
   * @throws IOException if the file cannot be written or renamed
   */
  public TraceInfo finish(
      String importer,
      String importerVersion,
      String source,
      String sha256,
      @Nullable String command,
      String folding,
      Fidelity fidelity,
      Ledger ledger)
      throws IOException {
    return finish(
        importer,
        importerVersion,
        source,
        sha256,
        command,
        folding,
        fidelity,
        ledger,
        List.of(),
        List.of());
  }

  /**
   * Writes the footer and gives the file its name.
   *
   * @param markers the texts of the markers
   * @param sites the places that change protections
   * @return what the file now knows about itself
   * @throws IOException if the file cannot be written or renamed
   */
  public TraceInfo finish(
      String importer,
      String importerVersion,
      String source,
      String sha256,
      @Nullable String command,
      String folding,
      Fidelity fidelity,
      Ledger ledger,
      List<String> markers,
      List<CallSite> sites)
      throws IOException {
    ledger.check(source);
    Map<EventKind, Long> byKind = new TreeMap<>();
    for (EventKind each : EventKind.values()) {
      if (kinds[each.code()] > 0) {
        byKind.put(each, kinds[each.code()]);
      }
    }
    TraceInfo info =
        new TraceInfo(
            importer,
            importerVersion,
            source,
            sha256,
            command,
            folding,
            events,
            byKind,
            fidelity,
            ledger,
            markers,
            sites,
            origin);
    if (row > 0) {
      writeBatch();
    }
    footer.putAll(info.toMap());
    try {
      writer.end();
      writer.close();
      channel.close();
    } catch (IOException e) {
      throw unwritable(e);
    }
    Files.move(
        temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    finished = true;
    return info;
  }

  @Override
  public void close() throws IOException {
    try (allocator;
        root) {
      if (!finished) {
        writer.close();
        channel.close();
      }
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private void writeBatch() throws IOException {
    root.setRowCount(row);
    try {
      writer.writeBatch();
    } catch (IOException e) {
      throw unwritable(e);
    }
    root.getFieldVectors().forEach(vector -> vector.reset());
    row = 0;
  }

  private IOException unwritable(IOException e) {
    return new IOException(target + ": cannot be written: " + e.getMessage(), e);
  }

  /** A value that is not set is null: {@code reset} clears the validity bits of a whole batch. */
  private static void put(BigIntVector vector, int at, long value) {
    if (value != UNKNOWN) {
      vector.set(at, value);
    }
  }

  private static void put(IntVector vector, int at, int value) {
    if (value != UNKNOWN_INT) {
      vector.set(at, value);
    }
  }
}
