package dev.mmureplay.event;

import static dev.mmureplay.event.EventSchema.UNKNOWN;
import static dev.mmureplay.event.EventSchema.UNKNOWN_INT;

import java.nio.ByteOrder;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * The current record batch of an {@link EventReader}: one object, refilled for every batch.
 *
 * <p>The five columns that the access loop needs are copied into arrays, which is one bulk copy a
 * batch and lets the loop run without Arrow's checks ({@code ReplayBenchmark}); the others are read
 * in place.
 */
public final class EventBatch {
  private final BigIntVector seq;
  private final BigIntVector time;
  private final BigIntVector duration;
  private final IntVector tid;
  private final BigIntVector length;
  private final IntVector protection;
  private final BigIntVector flags;
  private final BigIntVector address2;
  private final BigIntVector length2;
  private final IntVector file;
  private final BigIntVector offset;
  private final BigIntVector result;
  private final BigIntVector line;

  private final TinyIntVector kindVector;
  private final IntVector pidVector;
  private final IntVector cpuVector;
  private final BigIntVector addressVector;
  private final IntVector countVector;

  private final byte[] kinds = new byte[EventSchema.BATCH_ROWS];
  private final int[] pids = new int[EventSchema.BATCH_ROWS];
  private final int[] cpus = new int[EventSchema.BATCH_ROWS];
  private final long[] addresses = new long[EventSchema.BATCH_ROWS];
  private final int[] counts = new int[EventSchema.BATCH_ROWS];
  private int rows;

  EventBatch(VectorSchemaRoot root) {
    seq = (BigIntVector) root.getVector(EventSchema.SEQ);
    time = (BigIntVector) root.getVector(EventSchema.TIME);
    duration = (BigIntVector) root.getVector(EventSchema.DURATION);
    pidVector = (IntVector) root.getVector(EventSchema.PID);
    tid = (IntVector) root.getVector(EventSchema.TID);
    cpuVector = (IntVector) root.getVector(EventSchema.CPU);
    kindVector = (TinyIntVector) root.getVector(EventSchema.KIND);
    addressVector = (BigIntVector) root.getVector(EventSchema.ADDRESS);
    length = (BigIntVector) root.getVector(EventSchema.LENGTH);
    protection = (IntVector) root.getVector(EventSchema.PROTECTION);
    flags = (BigIntVector) root.getVector(EventSchema.FLAGS);
    address2 = (BigIntVector) root.getVector(EventSchema.ADDRESS2);
    length2 = (BigIntVector) root.getVector(EventSchema.LENGTH2);
    file = (IntVector) root.getVector(EventSchema.FILE);
    offset = (BigIntVector) root.getVector(EventSchema.OFFSET);
    result = (BigIntVector) root.getVector(EventSchema.RESULT);
    countVector = (IntVector) root.getVector(EventSchema.COUNT);
    line = (BigIntVector) root.getVector(EventSchema.LINE);
  }

  /** Copies a row; its time is that of the file, relative to its first event. */
  public void copyTo(int row, EventRow into) {
    into.reset(kind(row), pid(row), tid(row));
    into.cpu = cpu(row);
    into.time = time(row);
    into.duration = duration(row);
    into.address = address(row);
    into.length = length(row);
    into.protection = protection(row);
    into.flags = flags(row);
    into.address2 = address2(row);
    into.length2 = length2(row);
    into.file = file(row);
    into.offset = offset(row);
    into.result = result(row);
    into.count = count(row);
    into.line = line(row);
  }

  void fill(int newRows) {
    rows = newRows;
    kindVector.getDataBuffer().getBytes(0, kinds, 0, rows);
    copy(pidVector, pids);
    copy(countVector, counts);
    copy(cpuVector, cpus);
    if (cpuVector.getNullCount() > 0) {
      for (int i = 0; i < rows; i++) {
        if (cpuVector.isNull(i)) {
          cpus[i] = UNKNOWN_INT;
        }
      }
    }
    bytes(addressVector, Long.BYTES).asLongBuffer().get(addresses, 0, rows);
    if (addressVector.getNullCount() > 0) {
      for (int i = 0; i < rows; i++) {
        if (addressVector.isNull(i)) {
          addresses[i] = UNKNOWN;
        }
      }
    }
  }

  private void copy(IntVector vector, int[] into) {
    bytes(vector, Integer.BYTES).asIntBuffer().get(into, 0, rows);
  }

  private java.nio.ByteBuffer bytes(BaseFixedWidthVector vector, int width) {
    return vector.getDataBuffer().nioBuffer(0, rows * width).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Returns the number of rows in this batch. */
  public int rows() {
    return rows;
  }

  /** Returns {@link EventKind#code()}. */
  public byte kindCode(int row) {
    return kinds[row];
  }

  /** Returns the row's kind. */
  public EventKind kind(int row) {
    return EventKind.ofCode(kinds[row]);
  }

  /** Returns the thread group. */
  public int pid(int row) {
    return pids[row];
  }

  /** Returns the task. */
  public int tid(int row) {
    return tid.get(row);
  }

  /** Returns the CPU or {@link EventSchema#UNKNOWN_INT}. */
  public int cpu(int row) {
    return cpus[row];
  }

  /** Returns the start address. */
  public long address(int row) {
    return addresses[row];
  }

  /** Returns how many source events this row stands for. */
  public int count(int row) {
    return counts[row];
  }

  /** Returns the position in the file. */
  public long seq(int row) {
    return seq.get(row);
  }

  /** Returns ns since the first time in the trace, or {@link EventSchema#UNKNOWN}. */
  public long time(int row) {
    return get(time, row);
  }

  /** Returns ns, or {@link EventSchema#UNKNOWN}. */
  public long duration(int row) {
    return get(duration, row);
  }

  /** Returns bytes, or {@link EventSchema#UNKNOWN}. */
  public long length(int row) {
    return get(length, row);
  }

  /** Returns the protection bits, or {@link EventSchema#UNKNOWN_INT}. */
  public int protection(int row) {
    return get(protection, row);
  }

  /** Returns the flags, or {@link EventSchema#UNKNOWN}. */
  public long flags(int row) {
    return get(flags, row);
  }

  /** Returns the second address, or {@link EventSchema#UNKNOWN}. */
  public long address2(int row) {
    return get(address2, row);
  }

  /** Returns the second length, or {@link EventSchema#UNKNOWN}. */
  public long length2(int row) {
    return get(length2, row);
  }

  /** Returns the identity of the file, or {@link EventSchema#UNKNOWN_INT}. */
  public int file(int row) {
    return get(file, row);
  }

  /** Returns the offset into the file in bytes, or {@link EventSchema#UNKNOWN}. */
  public long offset(int row) {
    return get(offset, row);
  }

  /** Returns what the call returned or -errno, or {@link EventSchema#UNKNOWN}. */
  public long result(int row) {
    return get(result, row);
  }

  /** Returns the line of the source, or {@link EventSchema#UNKNOWN}. */
  public long line(int row) {
    return get(line, row);
  }

  private static long get(BigIntVector vector, int row) {
    return vector.isNull(row) ? UNKNOWN : vector.get(row);
  }

  private static int get(IntVector vector, int row) {
    return vector.isNull(row) ? UNKNOWN_INT : vector.get(row);
  }
}
