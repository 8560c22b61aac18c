package dev.mmureplay.importer.perf;

import dev.mmureplay.event.EventSink;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.TraceImporter;
import dev.mmureplay.importer.TraceSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

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
    LineScanner line = new LineScanner(new ByteArrayInputStream(head));
    PerfLine columns = new PerfLine();
    try {
      if (line.nextLine() && line.looksAt("# ========")) {
        return line.nextLine() && line.looksAt("# captured on");
      }
      line = new LineScanner(new ByteArrayInputStream(head));
      while (line.lineNumber() < LINES && line.nextLine() && line.terminated()) {
        if (line.atEnd() || line.peek() == '#' || line.peek() == '\t') {
          continue;
        }
        return columns.read(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory can always be read", e);
    }
    return false;
  }

  @Override
  public ImportReport importTrace(TraceSource source, ImportOptions options, EventSink events)
      throws IOException {
    return new PerfReader(new LineScanner(source.stream()), events).read();
  }
}
