package dev.mmureplay.importer.perf;

import static dev.mmureplay.event.EventSchema.UNKNOWN;

import dev.mmureplay.event.EventSink;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.Importers;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.Looks;
import dev.mmureplay.importer.TraceImporter;
import dev.mmureplay.importer.TraceSource;
import java.io.IOException;

/** Reads the text that {@code perf script} makes of a recording. */
public final class PerfScriptImporter implements TraceImporter {
  private static final int LINES = 400;

  /** For {@link java.util.ServiceLoader}. */
  public PerfScriptImporter() {}

  @Override
  public String name() {
    return "perf";
  }

  @Override
  public String description() {
    return "perf script --ns -F comm,pid,tid,cpu,time,event,trace --show-mmap-events"
        + " --show-task-events --show-lost-events; system calls, faults, TLB flushes";
  }

  @Override
  public boolean recognises(byte[] head) {
    PerfLine columns = new PerfLine();
    return Looks.first(head, LINES, line -> look(line, columns));
  }

  private static Looks look(LineScanner line, PerfLine columns) {
    if (line.lineNumber() == 2 && line.looksAt("# captured on")) {
      return Looks.CERTAIN;
    }
    if (line.atEnd() || line.peek() == '#' || line.peek() == '\t') {
      return Looks.NEUTRAL;
    }
    boolean event = columns.read(line);
    return event || PerfEvent.isOfNoTask(columns) ? Looks.ALIKE : Looks.UNLIKE;
  }

  /**
   * Returns whether times count from the event before, as with {@code --deltatime}: from 0, and not
   * always forward.
   */
  static boolean areDifferences(byte[] head) {
    PerfLine columns = new PerfLine();
    long[] latest = {UNKNOWN};
    return Looks.first(
        head,
        Integer.MAX_VALUE,
        line -> {
          if (!columns.read(line) || columns.isInitial()) {
            return Looks.NEUTRAL;
          }
          long before = latest[0];
          latest[0] = columns.time();
          boolean fromZero = before != UNKNOWN || columns.time() == 0;
          return !fromZero ? Looks.UNLIKE : columns.time() < before ? Looks.CERTAIN : Looks.NEUTRAL;
        });
  }

  @Override
  public ImportReport importTrace(TraceSource source, ImportOptions options, EventSink events)
      throws IOException {
    boolean differences = areDifferences(source.head(Importers.HEAD_BYTES));
    return new PerfReader(new LineScanner(source.stream()), differences, events).read();
  }
}
