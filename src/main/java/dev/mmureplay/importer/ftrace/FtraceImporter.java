package dev.mmureplay.importer.ftrace;

import dev.mmureplay.event.EventSink;
import dev.mmureplay.importer.ImportOptions;
import dev.mmureplay.importer.ImportReport;
import dev.mmureplay.importer.LineScanner;
import dev.mmureplay.importer.Looks;
import dev.mmureplay.importer.TraceImporter;
import dev.mmureplay.importer.TraceSource;
import java.io.IOException;

/** Reads the text of the kernel's own tracer, straight from tracefs or through trace-cmd. */
public final class FtraceImporter implements TraceImporter {
  private static final int LINES = 400;

  /** For {@link java.util.ServiceLoader}. */
  public FtraceImporter() {}

  @Override
  public String name() {
    return "ftrace";
  }

  @Override
  public String description() {
    return "tracefs trace or trace_pipe, or trace-cmd report, with record-tgid and without hash-ptr;"
        + " system calls, faults, TLB flushes, and under Xen every PTE set and hypercall queued";
  }

  @Override
  public boolean recognises(byte[] head) {
    FtraceLine columns = new FtraceLine();
    return Looks.first(
        head,
        LINES,
        line -> {
          if (line.looksAt("# tracer: ")) {
            return Looks.CERTAIN;
          }
          boolean passed =
              line.atEnd()
                  || line.peek() == '#'
                  || line.looksAt("cpus=")
                  || line.indexOf(" EVENTS DROPPED]") >= 0
                  || line.indexOf(" EVENTS]") >= 0;
          return passed ? Looks.NEUTRAL : columns.read(line) ? Looks.ALIKE : Looks.UNLIKE;
        });
  }

  @Override
  public ImportReport importTrace(TraceSource source, ImportOptions options, EventSink events)
      throws IOException {
    return new FtraceReader(new LineScanner(source.stream()), events).read();
  }
}
