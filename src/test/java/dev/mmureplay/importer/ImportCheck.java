package dev.mmureplay.importer;

import com.sun.management.ThreadMXBean;
import dev.mmureplay.event.EventKind;
import dev.mmureplay.event.EventRow;
import dev.mmureplay.event.EventSchema;
import dev.mmureplay.event.Ledger;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;

/**
 * What must hold of an import of whatever bytes: only an {@link IOException} that names the input,
 * memory and time in proportion, every line accounted for, and events that make sense.
 */
final class ImportCheck {
  /** CPU time of one import of {@link Mutator#MAX_BYTES}: a hundred times what it takes. */
  private static final long MAX_CPU_NANOS = 2_000_000_000;

  /** An importer's tables, and what a text of {@link Mutator#MAX_BYTES} can be made of. */
  private static final long MAX_ALLOCATED = 128L << 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private ImportCheck() {}

  private static ImportOptions options(long number) {
    return DeclaredOptions.of(number % 2 == 0, number % 4 < 2);
  }

  /**
   * Imports a text and looks at every event. What takes too much is measured once more, because the
   * first time classes may have been loaded.
   *
   * @param number picks options
   * @return what became of it, without numbers
   * @throws IllegalStateException if something is wrong
   */
  static String imported(TraceImporter importer, byte[] text, long number) throws IOException {
    String outcome = "";
    for (int turn = 0; turn < 2; turn++) {
      long allocatedBefore = THREADS.getCurrentThreadAllocatedBytes();
      long cpuBefore = THREADS.getCurrentThreadCpuTime();
      outcome = outcome(importer, text, number);
      long allocated = THREADS.getCurrentThreadAllocatedBytes() - allocatedBefore;
      long cpu = THREADS.getCurrentThreadCpuTime() - cpuBefore;
      if (allocated <= MAX_ALLOCATED && cpu <= MAX_CPU_NANOS) {
        return outcome;
      }
      require(
          turn == 0, text.length + " bytes of text took " + allocated + " bytes, " + cpu + " ns");
    }
    return outcome;
  }

  private static String outcome(TraceImporter importer, byte[] text, long number)
      throws IOException {
    Set<EventKind> kinds = EnumSet.noneOf(EventKind.class);
    long[] last = new long[2]; // line, marker
    ImportReport report;
    try (TraceSource source = TraceSource.of("fuzz", text)) {
      importer.recognises(source.head(Importers.HEAD_BYTES));
      report =
          importer.importTrace(
              source,
              options(number),
              row -> {
                check(importer, row);
                kinds.add(row.kind);
                last[0] = Math.max(last[0], row.line);
                if (row.kind == EventKind.MARKER) {
                  last[1] = Math.max(last[1], row.result + 1);
                }
              });
    } catch (IOException e) {
      require(String.valueOf(e.getMessage()).startsWith("fuzz:"), "a nameless error: " + e);
      return "import error"; // It looks packed and cannot be unpacked, or is no table.
    }
    Ledger ledger = report.ledger();
    ledger.check("fuzz");
    // What is lost may be the rejected lines themselves.
    boolean only = EnumSet.of(EventKind.LOST).containsAll(kinds);
    // A line torn into several records is rejected as a whole if one of them is.
    require(only || ledger.parsedCount() + ledger.rejectedCount() > 0, kinds + " of no line");
    require(
        isText(importer) || last[0] <= ledger.lines(), "line " + last[0] + " of " + ledger.lines());
    require(last[1] <= report.markers().size(), "marker " + last[1]);
    return kinds
        + " "
        + ledger.ignoredByRule().keySet()
        + " "
        + ledger.rejectedByReason().keySet()
        + " "
        + report.fidelity().fromStart();
  }

  private static void check(TraceImporter importer, EventRow row) {
    require(
        row.count >= (row.kind == EventKind.LOST ? 0 : 1) && row.line >= 1,
        row.kind + " with count " + row.count + ", line " + row.line);
    require(
        !row.kind.isAccess() || row.address != EventSchema.UNKNOWN || isText(importer),
        row.kind + " without address");
  }

  /** Text of events says whose lines it stands for, and whatever else its author wants. */
  private static boolean isText(TraceImporter importer) {
    return importer.name().equals("event-text");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }

  /**
   * Takes the way of a user: into an event file, and into a replay of that.
   *
   * @throws IllegalStateException if something is wrong
   */
  static Void replayed(TraceImporter importer, byte[] text, long number, Path directory)
      throws IOException {
    Path events = directory.resolve("fuzz.arrow");
    try (TraceSource source = TraceSource.of("fuzz", text)) {
      TraceImport.importTo(source, importer.name(), options(number), false, events);
    } catch (IOException e) {
      require(String.valueOf(e.getMessage()).startsWith("fuzz:"), "a nameless error: " + e);
      return null;
    }
    FuzzReplay.run(events);
    return null;
  }
}
