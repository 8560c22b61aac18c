package dev.mmureplay.event;

import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * The columns of the event file, and the constants that go into them.
 *
 * <pre>
 * column      type    null  meaning
 * seq         int64   no    position in the file, from 0
 * time        int64   yes   ns since the first event with a time; when a call began
 * duration    int64   yes   ns from the beginning of a call to its end
 * pid         int32   no    thread group; the owner of an address space
 * tid         int32   no    task
 * cpu         int32   yes   CPU on which the event (for a call: its beginning) was recorded
 * kind        int8    no    {@link EventKind#code()}
 * address     int64   yes   start address, unsigned; for an access any address inside the page
 * length      int64   yes   length in bytes as asked for by the call, unsigned
 * protection  int32   yes   PROT_READ 1, PROT_WRITE 2, PROT_EXEC 4, and what else the call passed; PROT_EXEC
 *                           is there, too, where the program's personality adds it (READ_IMPLIES_EXEC); for
 *                           brk that of new memory, null for the usual rw-
 * flags       int64   yes   per kind: MAP_*, MREMAP_*, advice, pkey, clone flags, signal, {@link #FROM_FAULT}
 * address2    int64   yes   mremap: the new address asked for
 * length2     int64   yes   mremap: the new length, bytes
 * file        int32   yes   mmap: identity of the mapped file within the trace (its fd where nothing better is
 *                           known); null for anonymous memory
 * offset      int64   yes   mmap: offset into the file, bytes; for anonymous memory of the loader and in an
 *                           observed VMA the address it was first mapped at
 * result      int64   yes   what the call returned, or -errno; null when the trace does not say; a PTE word; the
 *                           position of a marker's text
 * count       int32   no    how many source events were folded into this one, 1 if none
 * line        int64   yes   line of the source, from 1; for a call the line on which it began
 * </pre>
 *
 * <p>A null means that the capture cannot know the value. Readers see it as {@link #UNKNOWN}
 * (64-bit columns) or {@link #UNKNOWN_INT} (32-bit columns).
 */
public final class EventSchema {
  /**
   * The version of this schema; a reader refuses files of a newer one, and reads all older ones:
   *
   * <pre>
   * 1  the first
   * 2  the kinds CLEAN_RECORD and UFFD_WRITEPROTECT; the columns are the same
   * </pre>
   */
  public static final int VERSION = 2;

  /** Rows in a full record batch. */
  public static final int BATCH_ROWS = 65_536;

  /** Stands for null in the 64-bit columns of {@link EventRow} and {@link EventBatch}. */
  public static final long UNKNOWN = Long.MIN_VALUE;

  /** Stands for null in the 32-bit columns of {@link EventRow} and {@link EventBatch}. */
  public static final int UNKNOWN_INT = Integer.MIN_VALUE;

  /** The highest number of a CPU: NR_CPUS of arch/x86/Kconfig is 8192 at most. */
  public static final int MAX_CPU = 8_191;

  /**
   * In {@code flags} of an access: deduced from a page fault, whose x86 error code is in the low 16
   * bits.
   */
  public static final long FROM_FAULT = 1L << 16;

  /** In {@code flags} of an access deduced from a fault: the fault was taken in kernel mode. */
  public static final long KERNEL_MODE = 1L << 17;

  /**
   * In {@code flags} of an access: deduced from a SIGSEGV; whether it was a read or a write is not
   * known.
   */
  public static final long FROM_SIGNAL = 1L << 18;

  /**
   * In {@code flags} of an mmap, above the kernel's MAP_* bits: made by the ELF loader inside
   * execve.
   */
  public static final long BY_LOADER = 1L << 40;

  /** In {@code flags} of an mmap, above the kernel's MAP_* bits: the VMA is the initial stack. */
  public static final long INITIAL_STACK = 1L << 41;

  /** In {@code flags} of a set PTE: made while the address space was copied by a fork. */
  public static final long FROM_FORK = 1L << 19;

  /** In {@code flags} of a set PTE: made while execve built the address space. */
  public static final long FROM_EXEC = 1L << 20;

  /**
   * In {@code flags} of {@link EventKind#UFFD_WRITEPROTECT}: protect (UFFDIO_WRITEPROTECT_MODE_WP).
   */
  public static final long UFFD_PROTECT = 1;

  /**
   * In {@code flags} of {@link EventKind#UFFD_WRITEPROTECT}, above the kernel's mode bits: the
   * tracker asked for UFFD_FEATURE_WP_UNPOPULATED, so that absent pages are protected, too.
   */
  public static final long UFFD_UNPOPULATED = 1L << 40;

  /**
   * In {@code flags} of a set PTE: its slot is known and its page table is not; of the places that
   * the table can have in the range of its call, one was chosen.
   */
  public static final long PLACE_ASSUMED = 1L << 21;

  /** In {@code flags} of an observed PTE: as it was when a call began. */
  public static final long PTE_BEFORE = 0;

  /** In {@code flags} of an observed PTE: as it was when a call had ended. */
  public static final long PTE_AFTER = 1;

  /** In {@code flags} of an observed PTE: as it was when a fault was taken. */
  public static final long PTE_AT_FAULT = 2;

  /** Bytes in a page; the only size that the model knows. */
  public static final int PAGE_SIZE = 4096;

  /** The key of the schema's own metadata that holds {@link #VERSION}. */
  static final String VERSION_KEY = "mmureplay.schema.version";

  static final String SEQ = "seq";
  static final String TIME = "time";
  static final String DURATION = "duration";
  static final String PID = "pid";
  static final String TID = "tid";
  static final String CPU = "cpu";
  static final String KIND = "kind";
  static final String ADDRESS = "address";
  static final String LENGTH = "length";
  static final String PROTECTION = "protection";
  static final String FLAGS = "flags";
  static final String ADDRESS2 = "address2";
  static final String LENGTH2 = "length2";
  static final String FILE = "file";
  static final String OFFSET = "offset";
  static final String RESULT = "result";
  static final String COUNT = "count";
  static final String LINE = "line";

  private static final ArrowType INT8 = new ArrowType.Int(8, true);
  private static final ArrowType INT32 = new ArrowType.Int(32, true);
  private static final ArrowType INT64 = new ArrowType.Int(64, true);

  private EventSchema() {}

  /** Returns the Arrow schema, with {@link #VERSION} in its metadata. */
  public static Schema arrow() {
    return new Schema(
        List.of(
            required(SEQ, INT64),
            nullable(TIME, INT64),
            nullable(DURATION, INT64),
            required(PID, INT32),
            required(TID, INT32),
            nullable(CPU, INT32),
            required(KIND, INT8),
            nullable(ADDRESS, INT64),
            nullable(LENGTH, INT64),
            nullable(PROTECTION, INT32),
            nullable(FLAGS, INT64),
            nullable(ADDRESS2, INT64),
            nullable(LENGTH2, INT64),
            nullable(FILE, INT32),
            nullable(OFFSET, INT64),
            nullable(RESULT, INT64),
            required(COUNT, INT32),
            nullable(LINE, INT64)),
        Map.of(VERSION_KEY, Integer.toString(VERSION)));
  }

  private static Field required(String name, ArrowType type) {
    return new Field(name, FieldType.notNullable(type), null);
  }

  private static Field nullable(String name, ArrowType type) {
    return new Field(name, FieldType.nullable(type), null);
  }
}
