package dev.mmureplay.importer.perftrace;

import dev.mmureplay.event.EventSink;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.Looks;
import dev.mmureplay.importer.TraceImporter;
import dev.mmureplay.importer.TraceSource;
import java.io.IOException;

/** Reads the text of {@code perf trace}. */
public final class PerfTraceImporter implements TraceImporter {
  private static final int LINES = 20;

  /** For {@link java.util.ServiceLoader}. */
  public PerfTraceImporter() {}

  @Override
  public String name() {
    return "perf-trace";
  }

  @Override
  public String description() {
    return "perf trace -o FILE COMMAND; system calls with durations, no page accesses";
  }

  /** Most of the first lines have the columns, down to the name of a call, a fault or an event. */
  @Override
  public boolean recognises(byte[] head) {
    PerfTraceLine columns = new PerfTraceLine();
    return Looks.most(
        head,
        LINES,
        line ->
            line.length() == 0 || PerfTraceLine.isStackFrame(line)
                ? Looks.NEUTRAL
                : columns.read(line) ? Looks.ALIKE : Looks.UNLIKE);
  }

  @Override
  public ImportReport importTrace(TraceSource source, ImportOptions options, EventSink events)
      throws IOException {
    return new PerfTraceReader(new LineScanner(source.stream()), events).read();
  }
}
